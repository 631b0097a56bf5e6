"""Which of a project's labels a model's classes are: proposed by name, saved by a lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from inference.models import ClassMapping
from inference.scoring.class_names import Named, Proposal, propose
from inference.segmenters.protocol import ModelClass
from inference.segmenters.registry import SegmenterInfo
from inference.services import segmenters
from projects.errors import InvalidInput, Unprocessable
from projects.models import Label, Project, User
from projects.policy import Action, require

Unmapped = ClassMapping.Unmapped


@dataclass(frozen=True, slots=True)
class Choice:
    """A class of a model, and the label that it is.

    Attributes:
        known: The class.
        label: The id of a label, as saved; as proposed where nothing was saved.
        proposal: What its name suggests, and why.
    """

    known: ModelClass
    label: int | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class ClassChoices:
    """How a model's classes become a project's labels.

    Attributes:
        info: The model.
        choices: Its classes in its order, without those that it ignores.
        unmapped: What becomes of objects of classes without a label.
        is_saved: Whether somebody saved it; it is only proposed otherwise.
    """

    info: SegmenterInfo
    choices: list[Choice]
    unmapped: str
    is_saved: bool

    @property
    def labels(self) -> dict[str, int]:
        """The id of a label by the name of each class that has one."""
        return {one.known.name: one.label for one in self.choices if one.label is not None}


def mapping_of(*, user: User, project: Project, segmenter: str) -> ClassChoices:
    """The saved mapping of a model in a project, or the proposed one.

    A label that was archived or deleted since is none.

    Raises:
        NotFound: If the user is no member, or there is no such model.
        Unprocessable: If the model knows no classes.
    """
    require(user=user, project=project, action=Action.VIEW)
    info = _knowing(segmenter)
    labels = _labels(project)
    kept = [one for one in info.classes if not one.is_ignored]
    proposals = propose(
        [Named(place, one.name, one.supercategory) for place, one in enumerate(kept)],
        [Named(label.pk, label.name, label.supercategory) for label in labels.values()],
    )
    saved = ClassMapping.objects.filter(project=project, segmenter=segmenter).first()
    choices = [
        Choice(one, _label(one, saved, proposals.get(place), labels), proposals.get(place))
        for place, one in enumerate(kept)
    ]
    unmapped = saved.unmapped if saved else Unmapped.SUGGEST.value
    return ClassChoices(info, choices, unmapped, saved is not None)


@transaction.atomic
def save_mapping(
    *,
    user: User,
    project: Project,
    segmenter: str,
    labels: Mapping[str, int | None],
    unmapped: str,
) -> ClassChoices:
    """Keep which label each class is; classes that are not named have none.

    Args:
        user: A lead.
        project: Whose labels.
        segmenter: A model that knows classes.
        labels: The id of a label, or None, by the name of a class.
        unmapped: A word of ``Unmapped``.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If a class is none of the model's, or a label none of the project's.
        ApplicationError: As ``mapping_of``.
    """
    require(user=user, project=project, action=Action.RUN_JOBS)
    info = _knowing(segmenter)
    _check_names(labels, info)
    _check_labels(labels, project)
    if unmapped not in Unmapped.values:
        raise InvalidInput(
            f"unmapped is {unmapped[:40]!r}; expected {' or '.join(Unmapped.values)}.",
            "bad_unmapped",
        )
    chosen = {name: labels.get(name) for name in _names(info)}
    ClassMapping.objects.update_or_create(
        project=project,
        segmenter=segmenter,
        defaults={"labels": chosen, "unmapped": unmapped, "saved_by": user},
    )
    return mapping_of(user=user, project=project, segmenter=segmenter)


def _knowing(segmenter: str) -> SegmenterInfo:
    info = segmenters.info_of(name=segmenter)
    if "classes" not in info.kinds:
        raise Unprocessable(
            f"{segmenter} knows no classes; it does {', '.join(sorted(info.kinds))}.",
            "no_classes",
        )
    return info


def _labels(project: Project) -> dict[int, Label]:
    live = Label.objects.filter(project=project, archived=False)
    return {label.pk: label for label in live.order_by("order", "number")}


def _label(
    known: ModelClass,
    saved: ClassMapping | None,
    proposal: Proposal | None,
    labels: Mapping[int, Label],
) -> int | None:
    if saved is not None and known.name in saved.labels:
        chosen = saved.labels[known.name]
        return chosen if chosen in labels else None
    return proposal.label if proposal else None


def _names(info: SegmenterInfo) -> list[str]:
    return [one.name for one in info.classes if not one.is_ignored]


def _check_names(labels: Mapping[str, int | None], info: SegmenterInfo) -> None:
    unknown = sorted(set(labels) - set(_names(info)))
    if unknown:
        raise InvalidInput(
            f"{info.name} has no class {unknown[0][:60]!r}; it has {', '.join(_names(info)[:20])}.",
            "unknown_class",
        )


def _check_labels(labels: Mapping[str, int | None], project: Project) -> None:
    wanted = {label for label in labels.values() if label is not None}
    unknown = sorted(wanted - set(_labels(project)))
    if unknown:
        raise InvalidInput(f"This project has no label {unknown[0]} in use.", "unknown_label")
