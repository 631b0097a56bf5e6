"""Checks of prompts and embeddings before any model or C library sees them.

Refused: no prompt at all, clicks outside the image, numbers that are not finite, reversed or empty
boxes, masks of another size. Put right: a box that reaches over the border is cut at the border.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inference.segmenters.protocol import (
    BACKGROUND,
    FOREGROUND,
    Box,
    Embedding,
    ImageRgb,
    Labels,
    Logits,
    Mask,
    Points,
    Prompt,
)
from projects.errors import InvalidInput, Unprocessable

MAX_POINTS = 256  # more clicks than a hand makes on one object; bounds the work of one call
MAX_EXEMPLARS = 32
MAX_TEXT = 500
MAX_LOGITS_SIDE = 1024  # four times the side of SAM's low-resolution masks


def validate_prompt(prompt: Prompt, size_hw: tuple[int, int]) -> Prompt:
    """Return the prompt with exact dtypes and its box cut at the border of the image.

    Args:
        prompt: Untrusted in every field.
        size_hw: Height and width of the image in pixels.

    Raises:
        InvalidInput: if a field is malformed, not finite, outside of the image or contradictory,
            or if nothing in the prompt says what to segment.
    """
    points, labels = _checked_points(prompt.points_xy, prompt.point_labels, size_hw)
    checked = replace(
        prompt,
        points_xy=points,
        point_labels=labels,
        box_xyxy=None if prompt.box_xyxy is None else checked_box(prompt.box_xyxy, size_hw),
        mask=None if prompt.mask is None else _checked_mask(prompt.mask, size_hw),
        logits=None if prompt.logits is None else _checked_logits(prompt.logits),
        text=_checked_text(prompt.text),
        exemplars=_checked_exemplars(prompt.exemplars, size_hw),
    )
    _refuse_aimless(checked)
    return checked


def checked_box(box_xyxy: Box, size_hw: tuple[int, int]) -> Box:
    """Return a box as floats, cut at the border of the image.

    Args:
        box_xyxy: Untrusted: x0, y0, x1, y1 in image pixels.
        size_hw: Height and width of the image in pixels.

    Raises:
        InvalidInput: if it is not four finite numbers, reversed, empty or outside of the image.
    """
    corners = np.asarray(box_xyxy, np.float64)
    if corners.shape != (4,):
        raise InvalidInput("a box is four numbers: x0, y0, x1, y1", code="box_shape")
    if not np.isfinite(corners).all():
        raise InvalidInput("the corners of a box must be finite numbers", code="box_not_finite")
    x0, y0, x1, y1 = (float(corner) for corner in corners)
    if x1 <= x0 or y1 <= y0:
        raise InvalidInput(
            "a box goes from its top left to its bottom right corner, "
            f"got {x0:g},{y0:g} to {x1:g},{y1:g}",
            code="box_reversed",
        )
    height, width = size_hw
    cut = (max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height)))
    if cut[2] <= cut[0] or cut[3] <= cut[1]:
        raise InvalidInput(
            f"the box lies outside of the image of {width}x{height}", code="box_outside"
        )
    return cut


def prompt_kinds(prompt: Prompt) -> frozenset[str]:
    """Say which kinds of prompt this one uses, in the words of ``Segmenter.kinds``."""
    found = {
        "points": len(prompt.points_xy) > 0,
        "box": prompt.box_xyxy is not None,
        "mask": prompt.mask is not None,
        "text": bool(prompt.text),
        "exemplars": bool(prompt.exemplars),
    }
    return frozenset(kind for kind, is_used in found.items() if is_used)


def refuse_unknown_kinds(prompt: Prompt, kinds: frozenset[str], segmenter: str) -> None:
    """Refuse a prompt of a kind that a segmenter cannot answer.

    Raises:
        Unprocessable: naming the kinds that it lacks and those that it has.
    """
    missing = sorted(prompt_kinds(prompt) - kinds)
    if missing:
        raise Unprocessable(
            f"{segmenter} cannot answer {', '.join(missing)} prompts; "
            f"it knows {', '.join(sorted(kinds))}.",
            code="unsupported_prompt",
            kinds=sorted(kinds),
        )


def validate_image(image_rgb: ImageRgb) -> ImageRgb:
    """Return the image as a contiguous array.

    Raises:
        InvalidInput: unless it is uint8, HxWx3, with at least one pixel.
    """
    if image_rgb.dtype != np.uint8 or image_rgb.ndim != 3 or image_rgb.shape[2] != 3:  # noqa: PLR2004 HxWx3
        raise InvalidInput(
            f"expected an image of uint8 HxWx3, got {image_rgb.dtype} {image_rgb.shape}",
            code="image_shape",
        )
    if image_rgb.size == 0:
        raise InvalidInput(f"the image has no pixels: {image_rgb.shape}", code="image_shape")
    return np.ascontiguousarray(image_rgb)


def validate_embedding(embedding: Embedding, segmenter: str, version: str) -> None:
    """Refuse an embedding that another segmenter, or another version of this one, has made.

    Raises:
        InvalidInput: naming both.
    """
    if (embedding.segmenter, embedding.version) != (segmenter, version):
        raise InvalidInput(
            f"the embedding is of {embedding.segmenter} {embedding.version}, "
            f"not of {segmenter} {version}",
            code="foreign_embedding",
        )


def validate_own_image(
    image_rgb: ImageRgb, embedding: Embedding, segmenter: str, version: str
) -> ImageRgb:
    """Return an image (as ``validate_image`` does) that an embedding of this segmenter is of.

    Raises:
        InvalidInput: if either is unfit, the embedding another's, or the sizes differ.
    """
    validate_embedding(embedding, segmenter, version)
    image = validate_image(image_rgb)
    if image.shape[:2] != embedding.size_hw:
        raise InvalidInput(
            f"the image is {image.shape[:2]}, its embedding {embedding.size_hw}",
            code="foreign_embedding",
        )
    return image


def _checked_points(
    points_xy: Points, point_labels: Labels, size_hw: tuple[int, int]
) -> tuple[Points, Labels]:
    points = np.asarray(points_xy, np.float32)
    labels = np.asarray(point_labels, np.int64)
    if points.size == 0 and labels.size == 0:
        return np.zeros((0, 2), np.float32), np.zeros(0, np.int64)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != (len(points),):  # noqa: PLR2004 (x, y)
        raise InvalidInput(
            f"expected N points (x, y) and N labels, got {points.shape} and {labels.shape}",
            code="points_shape",
        )
    if len(points) > MAX_POINTS:
        raise InvalidInput(
            f"at most {MAX_POINTS} points are allowed, got {len(points)}",
            code="too_many_points",
            limit=MAX_POINTS,
        )
    if not np.isin(labels, (BACKGROUND, FOREGROUND)).all():
        raise InvalidInput("labels of points are 1 (inside) or 0 (outside)", code="point_labels")
    if not np.isfinite(points).all():
        raise InvalidInput("points must be finite numbers", code="points_not_finite")
    height, width = size_hw
    inside = (points >= 0).all() and (points[:, 0] < width).all() and (points[:, 1] < height).all()
    if not inside:
        raise InvalidInput(
            f"a point lies outside of the image of {width}x{height}", code="point_outside"
        )
    return points, labels


def _checked_text(text: str) -> str:
    words = " ".join(text.split())
    if len(words) > MAX_TEXT:
        raise InvalidInput(
            f"the text has {len(words)} letters, at most {MAX_TEXT} are allowed", code="long_text"
        )
    return words


def _checked_exemplars(
    exemplars: tuple[tuple[Box, bool], ...], size_hw: tuple[int, int]
) -> tuple[tuple[Box, bool], ...]:
    if len(exemplars) > MAX_EXEMPLARS:
        raise InvalidInput(
            f"at most {MAX_EXEMPLARS} exemplars are allowed, got {len(exemplars)}",
            code="too_many_exemplars",
            limit=MAX_EXEMPLARS,
        )
    return tuple((checked_box(box, size_hw), bool(is_alike)) for box, is_alike in exemplars)


def _checked_mask(mask: Mask, size_hw: tuple[int, int]) -> Mask:
    if mask.dtype != np.bool_ or mask.shape != size_hw:
        raise InvalidInput(
            f"the mask is {mask.dtype} {mask.shape}, the image is bool {size_hw}", code="mask_size"
        )
    return mask


def _checked_logits(logits: Logits) -> Logits:
    answer = np.asarray(logits, np.float32)
    is_square = answer.ndim == 3 and answer.shape[0] == 1 and answer.shape[1] == answer.shape[2]  # noqa: PLR2004
    if not is_square or not 0 < answer.shape[1] <= MAX_LOGITS_SIDE or not np.isfinite(answer).all():
        raise InvalidInput(
            f"logits must be the last answer's, finite and 1 x n x n, got {answer.shape}",
            code="logits_shape",
        )
    return answer


def _refuse_aimless(prompt: Prompt) -> None:
    has_aim = (
        bool((prompt.point_labels == FOREGROUND).any())
        or prompt.box_xyxy is not None
        or (prompt.mask is not None and bool(prompt.mask.any()))
        or prompt.logits is not None
        or bool(prompt.text)
        or any(is_alike for _, is_alike in prompt.exemplars)
    )
    if not has_aim:
        raise InvalidInput(
            "a prompt needs a point inside of the object, a box, a mask to refine or words",
            code="empty_prompt",
        )
