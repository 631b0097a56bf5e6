"""The ways of pre-labelling: outline everything, find what a model knows or words say, fill boxes.

A mode says what a segmenter must be able to do, which settings a job keeps, and what it finds in
an image. Settings are kept with the job, so that a run means the same from start to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from inference.segmenters import class_masks
from inference.segmenters.prompts import MAX_TEXT
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Prompt, Segmenter
from inference.services.class_mappings import Unmapped, mapping_of
from projects.errors import InvalidInput, Unprocessable
from projects.models import Label, Project, User

EVERYTHING, MODEL, TEXT, BOXES = "everything", "model", "text", "boxes"
KIND_OF_MODE = {EVERYTHING: "everything", MODEL: "classes", TEXT: "text", BOXES: "box"}
MAX_TEXTS = 200  # labels in words: each is a run of the model on each image

Settings = dict[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a mode found, and the id of the label that it is."""

    candidate: Candidate
    label: int | None


def kind_of(mode: str) -> str:
    """What a segmenter must be able to do for this mode.

    Raises:
        Unprocessable: If there is no such mode.
    """
    if mode not in KIND_OF_MODE:
        known = ", ".join(map(repr, KIND_OF_MODE))
        raise Unprocessable(f"mode is {mode[:40]!r}; expected {known}.", "unsupported_mode")
    return KIND_OF_MODE[mode]


def settings_of(
    *,
    user: User,
    project: Project,
    segmenter: str,
    mode: str,
    texts: Mapping[int, str] | None = None,
) -> Settings:
    """What a job of this mode has to keep beside segmenter and mode.

    Args:
        user: Who starts it.
        project: Whose labels.
        segmenter: By name.
        mode: A mode that the segmenter can do.
        texts: For "text": what to look for by id of a label; None takes the labels' names.

    Raises:
        InvalidInput: If texts name no label of the project's, or say nothing.
    """
    if mode == MODEL:
        mapping = mapping_of(user=user, project=project, segmenter=segmenter)
        if not mapping.labels and mapping.unmapped == Unmapped.SKIP:
            raise InvalidInput(
                f"No class of {segmenter} is mapped to a label, and those without are skipped: "
                "nothing would be suggested.",
                "nothing_mapped",
            )
        return {"labels": mapping.labels, "unmapped": mapping.unmapped}
    if mode == TEXT:
        return {"texts": _texts(project, texts)}
    return {}


def labels_in_use(project: Project) -> list[Label]:
    """The labels that something can become."""
    live = Label.objects.filter(project=project, archived=False)
    return list(live.order_by("order", "number"))


def found_in(
    *,
    segmenter: Segmenter,
    pixels: ImageRgb,
    embedding: Embedding,
    project: Project,
    params: Mapping[str, object],
    beat: Callable[[], None],
) -> list[Found]:
    """What the job's mode finds in an image, best first.

    Args:
        segmenter: Loaded.
        pixels: The image's, uint8, HxWx3.
        embedding: The image's.
        project: Whose labels are meant; those that are gone by now are none.
        params: The job's.
        beat: Called between the runs of the model.
    """
    things = {label.pk: label.is_thing for label in labels_in_use(project)}
    if params["mode"] == TEXT:
        found = list(_of_texts(segmenter, embedding, params, beat))
    else:
        proposed = segmenter.propose(pixels, embedding)
        found = [Found(one, _label_of(one, params)) for one in proposed]
        if params["mode"] == MODEL and params["unmapped"] == Unmapped.SKIP:
            found = [one for one in found if one.label is not None]
    known = [one if one.label in things else replace(one, label=None) for one in found]
    split = [
        Found(part, one.label)
        for one in known
        for part in _objects_of(one.candidate, is_thing=things.get(one.label or 0, False))
    ]
    return sorted(split, key=lambda one: -one.candidate.score)


def _objects_of(candidate: Candidate, *, is_thing: bool) -> list[Candidate]:
    """A region of a class whose label is counted falls into its connected parts."""
    return list(class_masks.parts(candidate)) if candidate.is_region and is_thing else [candidate]


def _label_of(candidate: Candidate, params: Mapping[str, object]) -> int | None:
    labels = params.get("labels", {})
    return labels.get(candidate.class_name) if isinstance(labels, dict) else None


def _of_texts(
    segmenter: Segmenter,
    embedding: Embedding,
    params: Mapping[str, object],
    beat: Callable[[], None],
) -> Iterator[Found]:
    texts = params.get("texts", {})
    for label, text in texts.items() if isinstance(texts, dict) else ():
        for candidate in segmenter.predict(embedding, Prompt(text=str(text), multimask=True)):
            yield Found(candidate, int(label))
        beat()


def _texts(project: Project, came: Mapping[int, str] | None) -> dict[str, str]:
    labels = {label.pk: label.name for label in labels_in_use(project)}
    wanted = labels if came is None else dict(came)
    unknown = sorted(set(wanted) - set(labels))
    if unknown:
        raise InvalidInput(f"This project has no label {unknown[0]} in use.", "unknown_label")
    said = {str(label): " ".join(text.split()) for label, text in wanted.items() if text.strip()}
    if not said:
        raise InvalidInput(
            "There is nothing to look for: say in words what a label looks like.", "no_texts"
        )
    if len(said) > MAX_TEXTS:
        raise InvalidInput(
            f"{len(said)} texts are too many; at most {MAX_TEXTS} at once.", "too_many_texts"
        )
    for text in said.values():
        if len(text) > MAX_TEXT:
            raise InvalidInput(f"A text has at most {MAX_TEXT} letters.", "long_text")
    return said
