"""Pictures that nobody took: objects pasted onto other pictures, and shapes with textures.

Pasting follows G. Ghiasi et al., "Simple Copy-Paste" (CVPR 2021); the shapes are our own. New ids
always follow the highest one there is, and what is covered is no longer part of what lies below.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inference.training.library import IdMap, ImageRgb

MAX_PASTED = 4
LARGEST_PASTED = 0.5  # of the view; more would replace the picture
MAX_CORNERS = 9
OCTAVES = 3


def paste_objects(
    base: tuple[ImageRgb, IdMap],
    other: tuple[ImageRgb, IdMap],
    rng: np.random.Generator,
    min_area_px: int,
) -> tuple[ImageRgb, IdMap]:
    """Lay up to four instances of one view over another of the same size.

    Args:
        base: uint8, S x S x 3, and int16, S x S; neither is written into.
        other: Likewise; where the instances come from.
        rng: Chooses them.
        min_area_px: Smaller ones are not worth pasting.
    """
    rgb, ids = base
    areas = np.bincount(other[1].ravel())
    areas[0] = 0
    fit = np.flatnonzero((areas >= min_area_px) & (areas <= LARGEST_PASTED * ids.size))
    if len(fit) == 0:
        return base
    count = min(len(fit), int(rng.integers(1, MAX_PASTED + 1)))
    pasted = np.zeros(len(areas), np.int16)
    pasted[rng.choice(fit, count, replace=False)] = int(ids.max()) + 1 + np.arange(count)
    new_ids = pasted[other[1]]
    covered = new_ids > 0
    return _blended(rgb, other[0], covered), np.where(covered, new_ids, ids)


def synthesise(side: int, rng: np.random.Generator) -> tuple[ImageRgb, IdMap]:
    """Return a textured background with shapes on it: uint8, S x S x 3, and int16, S x S."""
    ground = texture(side, rng), np.zeros((side, side), np.int16)
    return scatter_shapes(ground, rng, int(rng.integers(3, 13)))


def scatter_shapes(
    base: tuple[ImageRgb, IdMap], rng: np.random.Generator, count: int
) -> tuple[ImageRgb, IdMap]:
    """Lay ``count`` shapes with textures of their own over a view, later ones on top."""
    rgb, ids = base
    side = ids.shape[0]
    for number in range(int(ids.max()) + 1, int(ids.max()) + 1 + count):
        shape = random_shape(side, rng)
        rgb = _blended(rgb, texture(side, rng), shape)
        ids = np.where(shape, np.int16(number), ids)
    return rgb, ids


def texture(side: int, rng: np.random.Generator) -> ImageRgb:
    """Return noise of several scales, or stripes, between two colours; uint8, S x S x 3."""
    half = -(-side // 2)  # nobody sees the difference, and it is drawn in a quarter of the time
    weight = np.zeros((half, half), np.float32)
    for octave in range(OCTAVES):
        cells = int(rng.integers(2, 5)) * 4**octave
        noise = rng.random((cells, cells), np.float32) - np.float32(0.5)
        grown = cv2.resize(noise, (half, half), interpolation=cv2.INTER_CUBIC)
        weight += grown * float(rng.uniform(0, 1)) / (octave + 1)
    if rng.random() < 0.25:  # noqa: PLR2004  a quarter of all textures is striped
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(0.1, 1.2)
        along = np.arange(half, dtype=np.float32)
        phase = np.cos(angle) * along[None, :] + np.sin(angle) * along[:, None]
        weight += 0.5 * np.sin(pitch * phase).astype(np.float32)
    one, other = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    mixed = one + (other - one) * np.clip(weight + 0.5, 0, 1)[..., None]
    grown = cv2.resize(mixed.astype(np.uint8), (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.uint8)


def random_shape(side: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return an ellipse, a polygon, a wavy blob or a bent bar that is not empty; bool, S x S."""
    canvas = np.zeros((side, side), np.uint8)
    centre = rng.uniform(0.1, 0.9, 2) * side
    radius = side * float(np.exp(rng.uniform(np.log(0.03), np.log(0.35))))
    kind = int(rng.integers(4))
    if kind == 0:
        axes = (max(1, int(radius)), max(1, int(radius * rng.uniform(0.3, 1))))
        turned = float(rng.uniform(0, 180))
        cv2.ellipse(canvas, (int(centre[0]), int(centre[1])), axes, turned, 0, 360, 1, -1)
    elif kind == 3:  # noqa: PLR2004  the last of the four
        bends = (centre + rng.uniform(-2, 2, (4, 2)) * radius).astype(np.int32)
        cv2.polylines(canvas, [bends], False, 1, max(2, int(radius * rng.uniform(0.1, 0.5))))
    else:
        outline = _outline(radius, rng, is_smooth=kind == 1) + centre
        cv2.fillPoly(canvas, [outline.astype(np.int32)], 1)
    canvas[int(centre[1]), int(centre[0])] = 1
    return canvas.astype(bool)


def _outline(
    radius: float, rng: np.random.Generator, *, is_smooth: bool
) -> npt.NDArray[np.float64]:
    if is_smooth:
        turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        waves = range(2, 6)
        swell = sum(
            rng.uniform(0, 0.4) / wave * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
            for wave in waves
        )
        reach = radius * (1 + swell)
    else:
        turn = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, MAX_CORNERS + 1))))
        reach = radius * rng.uniform(0.5, 1.2, len(turn))
    return np.stack([np.cos(turn) * reach, np.sin(turn) * reach], axis=1)


def _blended(below: ImageRgb, above: ImageRgb, covered: npt.NDArray[np.bool_]) -> ImageRgb:
    """Lay one picture over another; the seam is softened, since cameras have no sharp ones."""
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if len(rows) == 0:
        return below
    part = np.s_[max(0, rows[0] - 1) : rows[-1] + 2, max(0, columns[0] - 1) : columns[-1] + 2]
    alpha = cv2.blur(covered[part].astype(np.float32), (3, 3))[..., None]
    mixed = below.copy()
    mixed[part] = (below[part] * (1 - alpha) + above[part] * alpha).astype(np.uint8)
    return mixed
