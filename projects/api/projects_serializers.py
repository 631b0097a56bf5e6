"""Shapes of projects, labels, people and tokens on the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.models import Invitation, Label, Membership, Role, Tag, Token
from projects.services.label_attributes import KINDS
from projects.services.labels import HOTKEYS, MAX_LABELS


class AttributeSerializer(serializers.Serializer[Any]):
    """One attribute of a label's schema; ``choices`` only where the kind is choice."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    choices = serializers.ListField(child=serializers.CharField(), required=False)


@extend_schema_field(AttributeSerializer(many=True))
class AttributesField(serializers.JSONField):
    """A label's schema; services check it."""


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A word of the project for images."""

    project = serializers.IntegerField(source="project_id", read_only=True)

    class Meta:
        model = Tag
        fields = ("id", "project", "name", "archived")
        read_only_fields = fields


class TagInput(serializers.Serializer[Any]):
    """A new word for images."""

    name = serializers.CharField(max_length=1000)


class TagChanges(serializers.Serializer[Any]):
    """What a client changes of a tag."""

    name = serializers.CharField(required=False, max_length=1000)
    archived = serializers.BooleanField(required=False)


class LabelInput(serializers.Serializer[Any]):
    """What a client says of a label; services hold the rules."""

    name = serializers.CharField(max_length=1000)
    color = serializers.CharField(required=False, allow_null=True, max_length=100)
    is_thing = serializers.BooleanField(default=True)
    supercategory = serializers.CharField(
        default="", allow_blank=True, allow_null=True, max_length=1000
    )
    hotkey = serializers.ChoiceField(
        choices=["", *HOTKEYS], required=False, allow_null=True, allow_blank=True
    )
    attributes = AttributesField(required=False)


class LabelChanges(serializers.Serializer[Any]):
    """What a client changes of a label."""

    name = serializers.CharField(required=False, max_length=1000)
    color = serializers.CharField(required=False, max_length=100)
    is_thing = serializers.BooleanField(required=False)
    supercategory = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=1000
    )
    hotkey = serializers.ChoiceField(choices=["", *HOTKEYS], required=False, allow_blank=True)
    order = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    archived = serializers.BooleanField(required=False)
    attributes = AttributesField(required=False)


class LabelSerializer(serializers.ModelSerializer[Label]):
    """A label as it is."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    attributes = AttributeSerializer(many=True, read_only=True)

    class Meta:
        model = Label
        fields = (
            "id", "number", "project", "name", "color", "is_thing", "supercategory", "hotkey",
            "order", "archived", "attributes",
        )  # fmt: skip
        read_only_fields = fields


class ProjectInput(serializers.Serializer[Any]):
    """What a client says of a new project."""

    name = serializers.CharField(max_length=1000)
    description = serializers.CharField(default="", allow_blank=True, max_length=20_000)
    panoptic = serializers.BooleanField(default=False)
    segmenter = serializers.CharField(default="", allow_blank=True, max_length=100)
    # DRF hands max_length to the list; the stubs know only the single serializer.
    labels = LabelInput(many=True, default=list, max_length=MAX_LABELS)  # type: ignore[call-arg]


class ProjectChanges(serializers.Serializer[Any]):
    """What a client changes of a project."""

    name = serializers.CharField(required=False, max_length=1000)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    panoptic = serializers.BooleanField(required=False)
    segmenter = serializers.CharField(required=False, max_length=100)


class CountsSerializer(serializers.Serializer[Any]):
    """How much there is in a project."""

    images = serializers.IntegerField(read_only=True)
    new = serializers.IntegerField(read_only=True)
    prelabelled = serializers.IntegerField(read_only=True)
    in_progress = serializers.IntegerField(read_only=True)
    submitted = serializers.IntegerField(read_only=True)
    accepted = serializers.IntegerField(read_only=True)
    sent_back = serializers.IntegerField(read_only=True)
    annotations = serializers.IntegerField(read_only=True)
    suggestions = serializers.IntegerField(read_only=True)


class ProjectSerializer(serializers.Serializer[Any]):
    """A project as the caller sees it; made of ProjectFacts."""

    id = serializers.IntegerField(source="project.id", read_only=True)
    name = serializers.CharField(source="project.name", read_only=True)
    description = serializers.CharField(source="project.description", read_only=True)
    panoptic = serializers.BooleanField(source="project.panoptic", read_only=True)
    segmenter = serializers.CharField(source="project.segmenter", read_only=True)
    is_demo = serializers.BooleanField(source="project.is_demo", read_only=True)
    role = serializers.ChoiceField(choices=Role.choices, read_only=True)
    can = serializers.ListField(child=serializers.CharField(), read_only=True)
    labels = LabelSerializer(many=True, read_only=True)
    tags = TagSerializer(many=True, read_only=True)
    counts = CountsSerializer(read_only=True)
    created_at = serializers.DateTimeField(source="project.created_at", read_only=True)
    deleted_at = serializers.DateTimeField(
        source="project.deleted_at", read_only=True, allow_null=True
    )


class MemberInput(serializers.Serializer[Any]):
    """Whom to make a member, and as what."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)


class RoleInput(serializers.Serializer[Any]):
    """A role to give."""

    role = serializers.ChoiceField(choices=Role.choices)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member as it is."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "project", "username", "role", "created_at")
        read_only_fields = fields


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An open invitation; its link is not kept."""

    project = serializers.IntegerField(source="project_id", read_only=True)
    created_by = serializers.CharField(
        source="created_by.username", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = Invitation
        fields = ("id", "project", "role", "created_by", "created_at", "expires_at")
        read_only_fields = fields


class MadeInvitationSerializer(InvitationSerializer):
    """An invitation at the one moment at which its link is known."""

    url = serializers.CharField(read_only=True)

    class Meta(InvitationSerializer.Meta):
        fields = (*InvitationSerializer.Meta.fields, "url")  # type: ignore[assignment]


class TokenInput(serializers.Serializer[Any]):
    """What a new token should be."""

    name = serializers.CharField(max_length=1000)
    scope = serializers.ChoiceField(choices=Token.Scope.choices, default=Token.Scope.READ)
    days = serializers.IntegerField(required=False, allow_null=True, default=None)


class TokenSerializer(serializers.ModelSerializer[Token]):
    """A token as it is; its secret is not kept."""

    class Meta:
        model = Token
        fields = ("id", "name", "scope", "expires_at", "last_used_at", "created_at")
        read_only_fields = fields


class MadeTokenSerializer(TokenSerializer):
    """A token at the one moment at which its secret is known."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")  # type: ignore[assignment]


class PreferencesInput(serializers.Serializer[Any]):
    """Preferences to set; null takes one back to its default."""

    preferences = serializers.DictField()


class MeSerializer(serializers.Serializer[Any]):
    """The caller's own account."""

    id = serializers.IntegerField(read_only=True)
    username = serializers.CharField(read_only=True)
    preferences = serializers.DictField(read_only=True)
