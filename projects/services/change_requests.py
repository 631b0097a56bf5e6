"""What clients ask of an object, and how it is checked against the image before it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from projects.errors import Conflict, InvalidInput, TooLarge
from projects.masks.rle import area, parse
from projects.models import AnnotationState, Label, Source
from projects.services.effort import Effort
from projects.services.label_attributes import check_values
from projects.services.revisions import ObjectState

MAX_ATTRIBUTES_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a client wants an object to be; ``segmentation`` is not checked yet.

    Attributes:
        state: None means confirmed with a label, suggested without.
        origin: Any of source, score, the model's doubts and model; what is left out stays as
            it was.
    """

    segmentation: object
    label_id: int | None = None
    state: str | None = None
    z: int = 0
    iscrowd: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change to one object.

    Attributes:
        uuid: The object, named by whoever made it.
        base_revision: The revision that the client saw; None if the object must be new.
        wanted: What it should be; None deletes it.
        change_id: Made by the client; a repeat is recognised by it.
        cause: Why an object that is there changes, in one word: edit or restore.
        effort: What it cost; no part of the content by which a repeat is recognised.
    """

    uuid: UUID
    base_revision: int | None
    wanted: Wanted | None
    change_id: UUID | None = None
    cause: str = "edit"
    effort: Effort | None = None

    def sha256(self) -> str:
        """Name the change by its content, so that another one under the same id is noticed."""
        # Not asdict: it would copy a list of a million run lengths one by one.
        names = [one.name for one in fields(Wanted)]
        wanted = self.wanted and {name: getattr(self.wanted, name) for name in names}
        return content_sha256(self.base_revision, wanted)


def content_sha256(*content: object) -> str:
    """Hash what is JSON-ready, in any order of keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def checked_state(
    *,
    wanted: Wanted,
    size_hw: tuple[int, int],
    labels: Mapping[int, Label],
    before: ObjectState | None,
) -> ObjectState:
    """Give the state that is wanted of an object, ready to be written.

    Args:
        wanted: What the client asks.
        size_hw: Of the image.
        labels: Of the image's project, by id.
        before: What the object is now; None for a new one.

    Raises:
        InvalidMask: The segmentation is malformed or of another size.
        InvalidInput: The mask is empty, the label foreign or missing, or an attribute not one that
            the label's schema allows.
        Conflict: The label is archived.
        TooLarge: The attributes are.
    """
    rle = parse(wanted.segmentation, size_hw)
    if area(rle) == 0:
        raise InvalidInput("The mask has no pixel; delete the object instead.", code="mask_empty")
    _check_label(wanted.label_id, labels, before.label_id if before else None)
    _check_size(wanted.attributes)
    check_values(
        label=labels.get(wanted.label_id) if wanted.label_id is not None else None,
        wanted=wanted.attributes,
        before=before.attributes if before else {},
    )
    state = wanted.state or (
        AnnotationState.SUGGESTED if wanted.label_id is None else AnnotationState.CONFIRMED
    )
    if state == AnnotationState.CONFIRMED and wanted.label_id is None:
        raise InvalidInput("A confirmed object needs a label.", code="label_required")
    base = before or ObjectState(rle=rle, label_id=None, state=state, source=Source.MANUAL)
    return replace(
        base,
        rle=rle,
        label_id=wanted.label_id,
        state=state,
        z=wanted.z,
        iscrowd=wanted.iscrowd,
        attributes=dict(wanted.attributes),
        **wanted.origin,
    )


def _check_label(label_id: int | None, labels: Mapping[int, Label], earlier: int | None) -> None:
    if label_id is None:
        return
    label = labels.get(label_id)
    if label is None:
        raise InvalidInput(
            f"The project has no label {label_id}.", code="label_unknown", label=label_id
        )
    # What carries an archived label keeps it; only new uses are refused.
    if label.archived and label_id != earlier:
        raise Conflict(
            f"The label {label.name} is archived; choose another.",
            code="label_archived",
            label=label_id,
        )


def _check_size(attributes: Mapping[str, Any]) -> None:
    size = len(json.dumps(attributes, ensure_ascii=False).encode())
    if size > MAX_ATTRIBUTES_BYTES:
        raise TooLarge(
            f"The attributes have {size} bytes; at most {MAX_ATTRIBUTES_BYTES} are kept.",
            code="attributes_too_large",
            limit=MAX_ATTRIBUTES_BYTES,
        )
