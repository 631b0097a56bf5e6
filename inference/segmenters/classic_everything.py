"""Everything in a picture at once: the regions that stand out from their surroundings."""

from __future__ import annotations

import numpy as np

from inference.segmenters import classic_boundary
from inference.segmenters.classic_belief import weigh_rows
from inference.segmenters.classic_evidence import Evidence
from inference.segmenters.classic_superpixels import CELL_PX, Floats, Ints
from inference.segmenters.classic_tree import RegionTree, grow_tree
from inference.segmenters.classic_window import Window, box_of, look
from inference.segmenters.coded import CodedCandidate
from inference.segmenters.protocol import Candidate, ImageRgb, Mask
from projects.masks.rle import from_bitmap

EVERYTHING_SIDE = 416  # long side of the small image: small things count here, and time less
SMALLEST_SHARE = 0.002  # of the image: below it regions are texture
LARGEST_SHARE = 0.7
MOST_REGIONS = 40  # more than a person wants to look through
FEWEST_REGIONS = 8  # so many are shown even if they are not likely to be things
LIKELY_SCORE = 0.25  # beyond the fewest, only regions that are expected to be that right
LIKE_ANOTHER = 0.6  # IoU in the small image; the final masks stay below 0.7


def regions(image_rgb: ImageRgb) -> list[Candidate]:
    """Return up to 40 regions of an image, best first, of which no two have an IoU above 0.7.

    Regions may lie within each other (a window in a wall in a house).
    """
    window = look(image_rgb, side=EVERYTHING_SIDE)
    tree = grow_tree(window.small_rgb)
    if tree.leaves == 1:
        return []
    scores = weigh_rows("region", region_evidence(tree))
    chosen = chosen_nodes(tree, scores, MOST_REGIONS)
    return [_candidate(image_rgb, window, tree, node, float(scores[node])) for node in chosen]


def region_evidence(tree: RegionTree) -> Evidence:
    """Weigh each node of a tree: size, shape, contrast and how long it stays as it is.

    Returns a table ``name -> float64, nodes``.
    """
    above = np.where(tree.parent < 0, len(tree.parent) - 1, tree.parent)
    share = tree.area_px / tree.area_px[-1]
    outline = tree.border_px + _frame_px(tree)
    return {
        "log_share": np.log(share),
        "log_share_squared": np.log(share) ** 2,
        "lasting": 1 - tree.height / np.maximum(tree.height[above], 1e-6),
        "height": np.log1p(tree.height),
        "height_above": np.log1p(tree.height[above]),
        "contrast": np.log1p(tree.border_contrast),
        "round": np.minimum(4 * np.pi * tree.area_px / np.maximum(outline, 1) ** 2, 1.5),
        "at_frame": _frame_px(tree) / np.maximum(outline, 1),
    }


def chosen_nodes(tree: RegionTree, scores: Floats, most: int) -> list[int]:
    """Return the best nodes of a fitting size, none too much like a better one."""
    share = tree.area_px / tree.area_px[-1]
    fitting = np.flatnonzero((share >= SMALLEST_SHARE) & (share <= LARGEST_SHARE))
    chosen: list[int] = []
    for node in fitting[np.argsort(-scores[fitting], kind="stable")].tolist():
        is_enough = len(chosen) >= FEWEST_REGIONS and scores[node] < LIKELY_SCORE
        if len(chosen) == most or is_enough:
            break
        if all(_node_iou(tree, node, other) <= LIKE_ANOTHER for other in chosen):
            chosen.append(node)
    return chosen


def _node_iou(tree: RegionTree, one: int, other: int) -> float:
    """IoU of two nodes, which lie within each other or apart."""
    is_within = tree.first[one] < tree.end[other] and tree.first[other] < tree.end[one]
    if not is_within:
        return 0.0
    smaller, larger = sorted((tree.area_px[one], tree.area_px[other]))
    return float(smaller / larger)


def _frame_px(tree: RegionTree) -> Floats:
    leaf_of: Ints = tree.leaf_of
    edges = np.concatenate([leaf_of[0], leaf_of[-1], leaf_of[:, 0], leaf_of[:, -1]])
    return tree.sums(np.bincount(edges, minlength=tree.leaves).astype(np.float64))


def _candidate(
    image_rgb: ImageRgb, window: Window, tree: RegionTree, node: int, score: float
) -> Candidate:
    members: Mask = tree.members(node)[tree.leaf_of]
    left, top, right, bottom = (int(edge) for edge in box_of(members))
    left, top = max(0, left - CELL_PX), max(0, top - CELL_PX)
    right, bottom = min(members.shape[1], right + CELL_PX), min(members.shape[0], bottom + CELL_PX)
    part = window.narrowed(left, top, right, bottom)
    drawn = members[top:bottom, left:right].astype(np.float64)
    soft = classic_boundary.soft_mask(image_rgb, part, drawn)
    mask = np.zeros(image_rgb.shape[:2], np.bool_)
    mask[part.y0 : part.y1, part.x0 : part.x1] = soft > classic_boundary.BOUNDARY
    return CodedCandidate(from_bitmap(mask), score, classic_boundary.stability(soft))
