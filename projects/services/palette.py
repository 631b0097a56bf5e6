"""Default colours of labels: a colour-blind-safe palette, then hues at golden-angle steps."""

from __future__ import annotations

import colorsys
from collections.abc import Collection

PALETTE = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
)
GOLDEN_ANGLE = 137.507764  # degrees; successive hues stay far apart for any number of them
_SATURATION = 0.62
_LIGHTNESS = (0.48, 0.62, 0.38)  # taken in turn, so that near hues still differ


def color_at(index: int) -> str:
    """The colour of the label at ``index`` (from 0) as ``#rrggbb``."""
    if index < len(PALETTE):
        return PALETTE[index]
    step = index - len(PALETTE)
    hue = (step * GOLDEN_ANGLE % 360) / 360
    rgb = colorsys.hls_to_rgb(hue, _LIGHTNESS[step % len(_LIGHTNESS)], _SATURATION)
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def next_color(taken: Collection[str]) -> str:
    """The first colour in order that is not taken."""
    index = 0
    while color_at(index) in taken:
        index += 1
    return color_at(index)
