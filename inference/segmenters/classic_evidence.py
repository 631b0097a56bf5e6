"""What speaks for and against each superpixel of a window: one row of numbers for each, by name.

Every function returns a table ``name -> float64, leaves``. ``classic_belief`` weighs them.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np

from inference.segmenters.classic_superpixels import Floats, Ints
from inference.segmenters.classic_tree import RegionTree, grow_tree
from inference.segmenters.classic_window import Window

Evidence: TypeAlias = dict[str, Floats]
SmallBox: TypeAlias = tuple[float, float, float, float]

NEAR, WIDE = 6.0, 14.0  # widths of the colour kernels in CIELAB: same surface, same object
FAR = 6.0  # evidence of distance where there is nothing to be distant from, in log units
STEP = 0.5  # what a step to the next superpixel costs where colours are equal
LOGIT_LIMIT = 5.0
HALF = 0.5


class Scene:
    """What a window shows: its regions and what is computed from them once.

    Attributes:
        window: The part of the image that is seen.
        tree: Its regions.
        size_hw: Height and width of the small image.
        area: float64, leaves, in pixels.
        centre_x: float64, leaves, in small pixels; likewise ``centre_y``.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.tree: RegionTree = grow_tree(window.small_rgb)
        self.size_hw = window.small_rgb.shape[:2]
        self.area: Floats = self.tree.area_px[: self.tree.leaves]
        down, across = np.mgrid[: self.size_hw[0], : self.size_hw[1]] + 0.5
        self.centre_x = self.mean_in_leaves(across)
        self.centre_y = self.mean_in_leaves(down)
        self._ways = self._neighbours()

    def mean_in_leaves(self, pixels: Floats) -> Floats:
        """Return the mean of an HxW array over each superpixel."""
        summed = np.bincount(self.tree.leaf_of.ravel(), pixels.ravel(), minlength=self.tree.leaves)
        mean: Floats = summed / self.area
        return mean

    def leaf_at(self, x: float, y: float) -> int:
        """Return the superpixel at a point in small pixels; points outside go to the border."""
        height, width = self.size_hw
        row, column = min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)
        return int(self.tree.leaf_of[row, column])

    @cached_property
    def kernels(self) -> dict[float, Floats]:
        """Likeness of each two superpixels' colours, by width of the kernel; leaves x leaves."""
        colour = self.tree.colour[: self.tree.leaves]
        apart = ((colour[:, None] - colour[None]) ** 2).sum(axis=2)
        return {width: np.exp(-apart / (2 * width * width)) for width in (NEAR, WIDE)}

    @cached_property
    def commonness(self) -> dict[float, Floats]:
        """Share of the image with a like colour, by width of the kernel."""
        total = self.area.sum()
        return {width: kernel @ self.area / total for width, kernel in self.kernels.items()}

    @cached_property
    def frame_leaves(self) -> Ints:
        """The superpixels at the border of the small image."""
        leaf_of = self.tree.leaf_of
        edges = (leaf_of[0], leaf_of[-1], leaf_of[:, 0], leaf_of[:, -1])
        return np.unique(np.concatenate(edges))

    @cached_property
    def frame_distance(self) -> Floats:
        """Logarithm of the path's length from the border of the small image."""
        return np.log1p(self.path_lengths(self.frame_leaves))

    def path_lengths(self, sources: Sequence[int] | Ints) -> Floats:
        """Return the least summed contrast on a way from one of some superpixels to each.

        Without sources everything is far.
        """
        if len(sources) == 0:
            return np.full(self.tree.leaves, np.expm1(FAR))
        lengths = [float("inf")] * self.tree.leaves
        queue = [(0.0, int(source)) for source in sources]
        for _, source in queue:
            lengths[source] = 0.0
        heapq.heapify(queue)
        while queue:
            length, leaf = heapq.heappop(queue)
            if length > lengths[leaf]:
                continue
            for neighbour, cost in self._ways[leaf]:
                if length + cost < lengths[neighbour]:
                    lengths[neighbour] = length + cost
                    heapq.heappush(queue, (length + cost, neighbour))
        return np.array(lengths)

    def neighbour_mean(self, belief: Floats) -> Floats:
        """Return the mean belief of the neighbours, the likest counting most."""
        one, other = self.tree.pairs[:, 0], self.tree.pairs[:, 1]
        likeness = np.exp(-(self._costs() - STEP) / 8)
        leaves = self.tree.leaves
        summed = np.bincount(one, likeness * belief[other], leaves) + np.bincount(
            other, likeness * belief[one], leaves
        )
        weight = np.bincount(one, likeness, leaves) + np.bincount(other, likeness, leaves)
        mean: Floats = (summed + 0.1 * belief) / (weight + 0.1)
        return mean

    def _costs(self) -> Floats:
        one, other = self.tree.pairs[:, 0], self.tree.pairs[:, 1]
        apart = np.sqrt(((self.tree.colour[one] - self.tree.colour[other]) ** 2).sum(axis=1))
        costs: Floats = apart + self.tree.pair_contrast + STEP
        return costs

    def _neighbours(self) -> list[list[tuple[int, float]]]:
        ways: list[list[tuple[int, float]]] = [[] for _ in range(self.tree.leaves)]
        costs = self._costs().tolist()
        for (one, other), cost in zip(self.tree.pairs.tolist(), costs, strict=True):
            ways[one].append((other, cost))
            ways[other].append((one, cost))
        return ways


def box_evidence(scene: Scene, box: SmallBox) -> Evidence:
    """Weigh a box in small pixels: place, colours in and out, ways from outside, regions inside."""
    x0, y0, x1, y1 = box
    height, width = scene.size_hw
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    is_inside = ((rows > y0) & (rows < y1))[:, None] & ((columns > x0) & (columns < x1))[None]
    inside = scene.mean_in_leaves(is_inside.astype(np.float64))
    beside = np.minimum(np.abs(scene.centre_x - (x0 + x1) / 2) / max((x1 - x0) / 2, 0.5), 1.5)
    above = np.minimum(np.abs(scene.centre_y - (y0 + y1) / 2) / max((y1 - y0) / 2, 0.5), 1.5)
    off_centre = np.hypot(beside, above)
    from_outside = scene.path_lengths(np.flatnonzero(inside < HALF))
    from_centre = scene.path_lengths(np.flatnonzero(off_centre <= max(0.35, off_centre.min())))
    furthest = np.quantile(from_outside[inside > HALF], 0.95) if (inside > HALF).any() else 1.0
    guess = np.clip(1.1 - 0.55 * off_centre, 0.02, 0.95) * inside
    evidence = {
        "inside": inside,
        "beside": beside**2,
        "above": above**2,
        "corner": beside**2 * above**2,
        "from_outside": np.log1p(from_outside),
        "from_outside_share": np.minimum(from_outside / max(furthest, 1e-3), 2),
        "nearer_centre": np.log1p(from_outside) - np.log1p(from_centre),
        "region_10": _enclosed_share(scene, inside, 0.1),
        "region_30": _enclosed_share(scene, inside, 0.3),
    }
    for name, kernel in (("near", scene.kernels[NEAR]), ("wide", scene.kernels[WIDE])):
        mine = kernel @ (scene.area * guess) / max((scene.area * guess).sum(), 1e-6)
        theirs = kernel @ (scene.area * (1 - inside)) / max((scene.area * (1 - inside)).sum(), 1e-6)
        evidence[f"odds_{name}"] = np.log((mine + 1e-4) / (theirs + 1e-4))
        evidence[f"colour_{name}"] = np.log(mine + 1e-4)
    return evidence


def click_evidence(
    scene: Scene, points_xy: Sequence[tuple[float, float]], labels: Sequence[int]
) -> Evidence:
    """Weigh all clicks: ways, distances and colours from those inside and those outside."""
    evidence = {"from_frame": scene.frame_distance, "at_frame": np.zeros(scene.tree.leaves)}
    evidence["at_frame"][scene.frame_leaves] = 1.0
    for side, label in (("in", 1), ("out", 0)):
        clicked = [point for point, its in zip(points_xy, labels, strict=True) if its == label]
        evidence |= _side_evidence(scene, clicked, side)
    return evidence


def correction_evidence(
    scene: Scene, belief: Floats, points_xy: Sequence[tuple[float, float]], labels: Sequence[int]
) -> Evidence:
    """Weigh the newest of some clicks against what was believed before it."""
    leaf = scene.leaf_at(*points_xy[-1])
    before = logit(belief)
    newest = _side_evidence(scene, points_xy[-1:], "new")
    merged_at = np.log1p(scene.tree.merge_heights(leaf))
    return {
        **click_evidence(scene, points_xy, labels),
        **newest,
        "merged_new": merged_at,
        "before": before,
        "before_there": np.full(len(before), before[leaf]),
        "before_differs": np.abs(before - before[leaf]),
        "merged_before": merged_at * before,
        "path_before": newest["path_new"] * before,
        "distance_before": newest["distance_new"] * before,
        "neighbours": scene.neighbour_mean(belief),
    }


def settling_evidence(
    scene: Scene, belief: Floats, points_xy: Sequence[tuple[float, float]], labels: Sequence[int]
) -> Evidence:
    """Weigh a belief against its own colours, neighbours and regions."""
    evidence = click_evidence(scene, points_xy, labels)
    mine, theirs = scene.area * belief, scene.area * (1 - belief)
    for name, kernel in (("near", scene.kernels[NEAR]), ("wide", scene.kernels[WIDE])):
        likeness = kernel @ mine / max(mine.sum(), 1e-6)
        difference = kernel @ theirs / max(theirs.sum(), 1e-6)
        evidence[f"odds_{name}"] = np.log((likeness + 1e-4) / (difference + 1e-4))
        evidence[f"mean_{name}"] = (kernel @ mine) / (kernel @ scene.area)
    neighbours = scene.neighbour_mean(belief)
    return {
        **evidence,
        "before": logit(belief),
        "neighbours": neighbours,
        "second_neighbours": scene.neighbour_mean(neighbours),
        "regions": _region_vote(scene, belief),
    }


def logit(belief: Floats) -> Floats:
    """Return the log odds of a probability, kept within +-5."""
    odds: Floats = np.log(belief + 1e-3) - np.log(1 - belief + 1e-3)
    return np.clip(odds, -LOGIT_LIMIT, LOGIT_LIMIT)


def _side_evidence(scene: Scene, clicked: Sequence[tuple[float, float]], side: str) -> Evidence:
    leaves = scene.tree.leaves
    if not clicked:
        return {
            f"path_{side}": np.full(leaves, FAR),
            f"distance_{side}": np.ones(leaves),
            f"colour_near_{side}": np.zeros(leaves),
            f"colour_wide_{side}": np.zeros(leaves),
        }
    at = np.unique([scene.leaf_at(x, y) for x, y in clicked])
    apart = np.min([np.hypot(scene.centre_x - x, scene.centre_y - y) for x, y in clicked], axis=0)
    weight = scene.area[at] / scene.area[at].sum()
    evidence = {
        f"path_{side}": np.log1p(scene.path_lengths(at)),
        f"distance_{side}": np.sqrt(apart / np.hypot(*scene.size_hw)),
    }
    for name, width in (("near", NEAR), ("wide", WIDE)):
        like = scene.kernels[width][:, at] @ weight
        evidence[f"colour_{name}_{side}"] = np.log(like + 1e-2) - np.log(
            scene.commonness[width] + 1e-2
        )
    return evidence


def _enclosed_share(scene: Scene, inside: Floats, outside_limit: float) -> Floats:
    """Size of the largest region around a superpixel that stays in the box, root of its share."""
    tree = scene.tree
    outside = tree.sums(scene.area * (1 - inside)) / tree.area_px
    box_area = max(float((scene.area * inside).sum()), 1.0)
    share = np.zeros(len(tree.parent))
    for node in range(len(share) - 1, -1, -1):
        above = tree.parent[node]
        if above >= 0 and share[above] > 0:
            share[node] = share[above]
        elif outside[node] <= outside_limit:
            share[node] = tree.area_px[node] / box_area
    return np.sqrt(share[: tree.leaves])


def _region_vote(scene: Scene, belief: Floats) -> Floats:
    """Mean belief of the regions around a superpixel that are no larger than the object may be."""
    tree = scene.tree
    mean = tree.sums(scene.area * belief) / tree.area_px
    weight = np.where(tree.area_px < 1.2 * (scene.area * belief).sum(), np.sqrt(tree.area_px), 0)
    votes, weights = mean * weight, weight.copy()
    for node in range(len(votes) - 2, -1, -1):
        votes[node] += votes[tree.parent[node]]
        weights[node] += weights[tree.parent[node]]
    vote: Floats = votes[: tree.leaves] / np.maximum(weights[: tree.leaves], 1e-9)
    return vote
