"""Tidying as a setting of a pre-labelling job: checked when it starts, applied to what was found.

A job keeps it under "tidying": what ``segmenters.tidying.parse`` reads, and ``rest_label``, the id
of the label that the region of all gaps gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inference.segmenters.tidying import Cover, parse, tidy
from inference.services.prelabel_modes import Found, labels_in_use
from projects.errors import InvalidInput
from projects.models import Project

TIDYING, REST_LABEL = "tidying", "rest_label"


def kept_tidying(*, project: Project, came: Mapping[str, object] | None) -> dict[str, object]:
    """What a job has to keep; nothing if nothing is to be tidied.

    Raises:
        InvalidInput: If a setting is unknown or out of range, or the label is not the project's.
    """
    settings = dict(came or {})
    rest = settings.pop(REST_LABEL, None)
    wish = parse(settings)
    kept = wish.settings()
    if rest is not None and wish.cover is Cover.NAME:
        if rest not in {label.pk for label in labels_in_use(project)}:
            raise InvalidInput(f"This project has no label {rest} in use.", "unknown_label")
        kept[REST_LABEL] = rest
    return {TIDYING: kept} if kept else {}


def tidied(
    *, found: Sequence[Found], params: Mapping[str, object], size_hw: tuple[int, int]
) -> list[Found]:
    """What is left of what was found in an image, as the job's settings say."""
    kept = params.get(TIDYING)
    if not isinstance(kept, dict):
        return list(found)
    rest = kept.get(REST_LABEL)
    wish = parse({name: value for name, value in kept.items() if name != REST_LABEL})
    return [
        Found(one.candidate, rest if one.origin is None else found[one.origin].label)
        for one in tidy([one.candidate for one in found], wish, size_hw)
    ]
