"""Curves of a run as a PNG, drawn with OpenCV: one panel for losses, one for IoU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Panel = npt.NDArray[np.uint8]
Curve = list[tuple[float, float]]

WIDTH, HEIGHT = 900, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 180, 30, 30
LINES = 5
PLACES = {"minutes", "step", "stage", "rate"}  # where a record stands, not what it found
COLOURS = (
    (31, 119, 180),
    (214, 39, 40),
    (44, 160, 44),
    (148, 103, 189),
    (255, 127, 14),
    (23, 190, 207),
    (140, 86, 75),
)
INK, FAINT = (60, 60, 60), (220, 220, 220)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_history(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw what a run recorded.

    Args:
        history: Records with "minutes" and any of loss and IoU facts (see ``loop``).
        path: Of the PNG.
    """
    losses = _curves(history, is_iou=False)
    ious = _curves(history, is_iou=True)
    top = max([y for curve in losses.values() for _, y in curve], default=1.0)
    panels = [_panel("loss", losses, top), _panel("IoU", ious, 1.0)]
    image = cv2.cvtColor(np.concatenate(panels), cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".png", image)
    path.write_bytes(data.tobytes())


def _curves(history: Sequence[Mapping[str, float]], *, is_iou: bool) -> dict[str, Curve]:
    curves: dict[str, Curve] = {}
    for record in history:
        for name, number in record.items():
            if name not in PLACES and ("iou" in name) is is_iou and np.isfinite(number):
                curves.setdefault(name, []).append((record["minutes"], number))
    return curves


def _panel(title: str, curves: Mapping[str, Curve], top: float) -> Panel:
    canvas: Panel = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    top = top or 1.0
    last = max([x for curve in curves.values() for x, _ in curve], default=1.0) or 1.0
    for line in range(LINES + 1):
        share = line / LINES
        y = round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))
        cv2.line(canvas, (LEFT, y), (WIDTH - RIGHT, y), FAINT, 1)
        _write(canvas, f"{top * share:.2f}", (8, y + 4), INK)
        x = round(LEFT + share * (WIDTH - LEFT - RIGHT))
        _write(canvas, f"{last * share:.1f}", (x - 10, HEIGHT - 8), INK)
    _write(canvas, f"{title} by minutes", (LEFT, 18), INK)
    for place, (name, curve) in enumerate(sorted(curves.items())):
        colour = COLOURS[place % len(COLOURS)]
        spots = np.array(curve) / (last, top)
        pixels = np.stack(
            [
                LEFT + spots[:, 0] * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - spots[:, 1] * (HEIGHT - TOP - BOTTOM),
            ],
            axis=1,
        )
        cv2.polylines(canvas, [pixels.round().astype(np.int32)], False, colour, 2, cv2.LINE_AA)
        _write(canvas, name, (WIDTH - RIGHT + 12, TOP + 18 * place), colour)
    return canvas


def _write(canvas: Panel, words: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(canvas, words, at, FONT, 0.4, colour, 1, cv2.LINE_AA)
