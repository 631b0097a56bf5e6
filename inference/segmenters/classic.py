"""The segmenter without weights to download: colours, edges, regions. The floor under all others.

A prompt is answered on a small image of the part that it is about; superpixels get a belief, the
beliefs a threshold of greatest expected IoU, and the boundary is found again at full resolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import classic_boundary, classic_everything
from inference.segmenters.classic_belief import Weigh, believe, best_cut, settle, weigh
from inference.segmenters.classic_evidence import Scene, logit
from inference.segmenters.classic_superpixels import Floats
from inference.segmenters.classic_window import Window, box_of, look
from inference.segmenters.prompts import (
    refuse_unknown_kinds,
    validate_embedding,
    validate_image,
    validate_prompt,
)
from inference.segmenters.protocol import (
    FOREGROUND,
    Box,
    Candidate,
    Embedding,
    ImageRgb,
    Labels,
    Mask,
    Points,
    Prompt,
)
from projects.errors import InvalidInput

NAME = "classic"
VERSION = "1"
BOX_SURROUNDINGS = 0.3  # of its sides: enough to learn the background's colours
MASK_SURROUNDINGS = 0.4
ZOOM_SURROUNDINGS = 0.6
ZOOM_BELOW = 0.5  # an object smaller than this share of the window is looked at again, closer
BOX_SLACK = 0.04  # of its sides; boxes are drawn a little too tight as often as too wide
MAX_CANDIDATES = 3
DISTINCT_BELOW = 0.7  # IoU from which on two candidates are the same one to a person
LARGEST_CANDIDATE = 0.9  # of the window; a click means something in the picture, not the picture


def load(
    name: str,
    models_dir: Path,  # noqa: ARG001 a loader gets it; nothing is loaded
    *,
    threads: int,
    options: Mapping[str, object],
) -> ClassicSegmenter:
    """Return the segmenter; it needs no files and has no options.

    Raises:
        InvalidInput: if options are given.
    """
    if options:
        raise InvalidInput(f"{name} has no options, got {', '.join(sorted(options))}")
    return ClassicSegmenter(threads=threads)


@dataclass(frozen=True, eq=False)
class _Aim:
    """What is believed about a window, and the clicks in its small pixels."""

    scene: Scene
    belief: Floats
    points: list[tuple[float, float]]
    labels: list[int]


class ClassicSegmenter:
    """Colours, edges and regions; the embedding is the image itself."""

    name = NAME
    version = VERSION
    kinds = frozenset({"points", "box", "mask", "everything"})
    stores_embedding = False
    needs_worker = False

    def __init__(self, threads: int = 1, weigh: Weigh = weigh) -> None:
        cv2.setNumThreads(threads)
        self._weigh = weigh

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Return the image (uint8, HxWx3, RGB) as its own embedding."""
        image = validate_image(image_rgb)
        return Embedding(NAME, VERSION, (image.shape[0], image.shape[1]), image)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Answer with one candidate, or up to three for ``multimask`` with clicks; best first.

        A click is always on its own side of the mask. The answer to a box stays in the box grown by
        a tenth of its sides, clicks excepted. With a mask to refine, only what the clicks stand for
        changes; without clicks its boundary is found anew.

        Raises:
            InvalidInput: as ``validate_prompt`` and ``validate_embedding``, and for logits alone,
                which this segmenter never gives.
        """
        validate_embedding(embedding, NAME, VERSION)
        prompt = validate_prompt(prompt, embedding.size_hw)
        refuse_unknown_kinds(prompt, self.kinds, NAME)
        image = np.asarray(embedding.array, np.uint8)
        aim = self._aim(image, prompt)
        answers = [
            self._candidate(image, aim, prompt, soft, score)
            for soft, score in self._cuts(aim, prompt)
        ]
        return sorted(answers, key=lambda answer: -answer.score)

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return the regions that stand out, best first, none like another (IoU at most 0.7)."""
        validate_embedding(embedding, NAME, VERSION)
        return classic_everything.regions(validate_image(image_rgb))

    def decoder_onnx(self) -> Path | None:
        """Return None: there is nothing to decode."""
        return None

    def _aim(self, image: ImageRgb, prompt: Prompt) -> _Aim:
        if prompt.mask is not None and prompt.mask.any():
            return self._look(image, _around(prompt.mask, prompt), MASK_SURROUNDINGS, prompt)
        if prompt.box_xyxy is not None:
            return self._look(image, prompt.box_xyxy, BOX_SURROUNDINGS, prompt)
        if FOREGROUND not in prompt.point_labels:
            raise InvalidInput("a prompt needs a point inside of the object", code="empty_prompt")
        return self._closer(image, self._look(image, None, 0.0, prompt), prompt)

    def _look(self, image: ImageRgb, box: Box | None, grow: float, prompt: Prompt) -> _Aim:
        window = look(image, box, grow)
        scene = Scene(window)
        points, labels = _clicks(window, prompt)
        prior = None
        if prompt.mask is not None and prompt.mask.any():
            prior = scene.mean_in_leaves(window.small_share(prompt.mask))
            if not labels:
                belief = settle(scene, np.clip(prior, 0.03, 0.97), points, labels, self._weigh)
                return _Aim(scene, belief, points, labels)
        small_box = None if prompt.box_xyxy is None else window.small_box(prompt.box_xyxy)
        belief = believe(scene, points, labels, box=small_box, prior=prior, weigh=self._weigh)
        return _Aim(scene, belief, points, labels)

    def _closer(self, image: ImageRgb, aim: _Aim, prompt: Prompt) -> _Aim:
        """Look again at a small object, through a window of its own."""
        wide = aim.scene.window
        threshold, _ = best_cut(aim.belief, aim.scene.area)
        rough = (aim.belief >= threshold)[aim.scene.tree.leaf_of]
        x0, y0, x1, y1 = box_of(rough)
        height, width = rough.shape
        if max((x1 - x0) / width, (y1 - y0) / height) >= ZOOM_BELOW:
            return aim
        across, down = image.shape[1] / width, image.shape[0] / height
        box = _joined((x0 * across, y0 * down, x1 * across, y1 * down), prompt)
        scene = Scene(look(image, box, ZOOM_SURROUNDINGS))
        points, labels = _clicks(scene.window, prompt)
        believed = aim.belief[aim.scene.tree.leaf_of].astype(np.float32)
        prior = scene.mean_in_leaves(wide.seen_in(scene.window, believed))
        if len(labels) > 1:  # a lone click is told best from afar, several say more from near
            anew = believe(scene, points, labels, weigh=self._weigh)
            prior = 1 / (1 + np.exp(-(logit(anew) + logit(prior)) / 2))
        return _Aim(scene, settle(scene, prior, points, labels, self._weigh), points, labels)

    def _cuts(self, aim: _Aim, prompt: Prompt) -> list[tuple[Floats, float]]:
        """Return what to draw of the small image, 0..1 with the boundary at 0.5, and scores."""
        scene = aim.scene
        threshold, score = best_cut(aim.belief, scene.area)
        chosen = [aim.belief >= threshold]
        cuts = [(np.clip(aim.belief - threshold + 0.5, 0, 1)[scene.tree.leaf_of], score)]
        is_ambiguous = prompt.multimask and prompt.box_xyxy is None and prompt.mask is None
        if not is_ambiguous or not aim.points:
            return cuts
        for expected, members in _regions_around_click(aim):
            if all(_iou(members, other, scene.area) < DISTINCT_BELOW for other in chosen):
                chosen.append(members)
                cuts.append((members[scene.tree.leaf_of].astype(np.float64), expected))
            if len(cuts) == MAX_CANDIDATES:
                break
        return cuts

    def _candidate(
        self, image: ImageRgb, aim: _Aim, prompt: Prompt, small: Floats, score: float
    ) -> Candidate:
        window = aim.scene.window
        soft = classic_boundary.soft_mask(image, window, small)
        part = soft > classic_boundary.BOUNDARY
        seen = np.s_[window.y0 : window.y1, window.x0 : window.x1]
        mask = np.zeros(image.shape[:2], np.bool_)
        if prompt.box_xyxy is not None:
            part &= _slack(prompt.box_xyxy, mask.shape)[seen]
        points, labels = _clicks_in(window, prompt)
        part = classic_boundary.clean(part, points, labels)
        if prompt.mask is not None and prompt.mask.any() and len(points):
            part = classic_boundary.changed_at_clicks(prompt.mask[seen], part, points, labels)
            if prompt.box_xyxy is not None:  # the mask to refine may reach out of it
                part &= _slack(prompt.box_xyxy, mask.shape)[seen]
        mask[seen] = part
        if not part.any() and prompt.box_xyxy is not None:
            mask = _slack(prompt.box_xyxy, mask.shape)
        radius = max(1, round(max(window.x1 - window.x0, window.y1 - window.y0) / 100))
        mask = classic_boundary.stick(mask, prompt.points_xy, prompt.point_labels, radius)
        return Candidate(mask, float(np.clip(score, 0, 1)), classic_boundary.stability(soft))


def _clicks(window: Window, prompt: Prompt) -> tuple[list[tuple[float, float]], list[int]]:
    points = [window.small_point(float(x), float(y)) for x, y in prompt.points_xy]
    return points, [int(label) for label in prompt.point_labels]


def _clicks_in(window: Window, prompt: Prompt) -> tuple[Points, Labels]:
    """Return the clicks that lie in the window, in pixels of its part of the image."""
    moved = prompt.points_xy - np.array([window.x0, window.y0], np.float32)
    size_wh = (window.x1 - window.x0, window.y1 - window.y0)
    inside = ((moved >= 0) & (moved < size_wh)).all(axis=1)
    return moved[inside], prompt.point_labels[inside]


def _around(mask: Mask, prompt: Prompt) -> Box:
    return _joined(box_of(mask), prompt)


def _joined(box: Box, prompt: Prompt) -> Box:
    """Return the box grown so far that it holds all clicks."""
    if not len(prompt.points_xy):
        return box
    low, high = prompt.points_xy.min(axis=0), prompt.points_xy.max(axis=0) + 1
    return (
        min(box[0], float(low[0])),
        min(box[1], float(low[1])),
        max(box[2], float(high[0])),
        max(box[3], float(high[1])),
    )


def _slack(box: Box, size_hw: tuple[int, ...]) -> Mask:
    """Return the pixels of a box and a little around it."""
    x0, y0, x1, y1 = box
    aside, above = (x1 - x0) * BOX_SLACK, (y1 - y0) * BOX_SLACK
    inside = np.zeros(size_hw, np.bool_)
    rows = slice(max(0, int(y0 - above)), max(int(np.ceil(y1 + above)), int(y0) + 1))
    columns = slice(max(0, int(x0 - aside)), max(int(np.ceil(x1 + aside)), int(x0) + 1))
    inside[rows, columns] = True
    return inside


def _regions_around_click(aim: _Aim) -> list[tuple[float, Mask]]:
    """Return the regions of the tree that hold the first click inside, with their expected IoU."""
    scene, expected_area = aim.scene, float((aim.belief * aim.scene.area).sum())
    leaf = scene.leaf_at(*aim.points[aim.labels.index(FOREGROUND)])
    outside = {
        scene.leaf_at(*point)
        for point, label in zip(aim.points, aim.labels, strict=True)
        if label != FOREGROUND
    }
    found = []
    for node in scene.tree.ancestors(leaf):
        members = scene.tree.members(node)
        area = float(scene.area[members].sum())
        if area > LARGEST_CANDIDATE * scene.area.sum() or any(members[out] for out in outside):
            break
        shared = float((aim.belief * scene.area)[members].sum())
        found.append((shared / (area + expected_area - shared), members))
    return sorted(found, key=lambda pair: -pair[0])


def _iou(one: Mask, other: Mask, area: Floats) -> float:
    either = float(area[one | other].sum())
    return float(area[one & other].sum()) / either if either else 1.0
