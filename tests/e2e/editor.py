"""The editor as a hand and an eye see it, and what the API says about the same image."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect
from pycocotools import mask as coco_masks

MARGIN, HEADROOM = 24, 56  # screen px that "fit" leaves around and above the image
SAVE_MS = 120_000
COMPOSED = 8  # levels by which a browser may scale a picture differently; a mask adds far more


class Editor:
    """An image open in the editor, shown whole."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._known: dict[int, dict[str, Any]] = {}
        self.ready()

    @classmethod
    def opened(cls, page: Page, image_id: int) -> Editor:
        page.goto(f"/images/{image_id}/")
        return cls(page)

    @property
    def root(self) -> Locator:
        return self.page.locator("#editor")

    @property
    def image_id(self) -> int:
        return int(self.root.get_attribute("data-image-id") or 0)

    @property
    def rows(self) -> Locator:
        return self.page.locator(".object-row")

    def ready(self) -> None:
        """Wait until image and masks are painted, and show all of it."""
        expect(self.root).to_have_attribute("data-ready", "true")
        self.page.keyboard.press("Shift+Digit1")

    def saved(self) -> None:
        """Wait until the server has acknowledged every change."""
        expect(self.root).to_have_attribute("data-unsent", "0", timeout=SAVE_MS)

    def until(self, fact: Callable[[], object]) -> None:
        """Wait until it holds."""
        for _ in range(SAVE_MS // 100):
            if fact():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("waited in vain")

    def reloaded(self) -> None:
        self.page.reload()
        self.ready()

    def revised(self, annotation: dict[str, Any]) -> dict[str, Any]:
        """Wait until the server has another revision of an object; that one."""
        for _ in range(SAVE_MS // 100):
            newer = by_id(self.annotations())[annotation["id"]]
            if newer["revision"] != annotation["revision"]:
                return newer
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{annotation['id']} stays at revision {annotation['revision']}")

    def image(self) -> dict[str, Any]:
        return self.get(f"/api/v1/images/{self.image_id}/")

    def annotations(self, *states: str) -> list[dict[str, Any]]:
        """The image's annotations by the API, those in the given states or all."""
        answer = self.get(f"/api/v1/images/{self.image_id}/annotations/")
        assert answer["next"] is None
        return [one for one in answer["results"] if not states or one["state"] in states]

    def get(self, path: str) -> Any:
        answer = self.page.request.get(path)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def tool(self, letter: str) -> None:
        """Take the tool of a letter."""
        self.page.keyboard.press(letter)
        expect(self.page.locator(f".tool[aria-keyshortcuts={letter}]")).to_have_attribute(
            "aria-pressed", "true"
        )

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the image lies on the screen while the image is shown whole."""
        image, box = self._size(), self.page.locator(".stage-canvases").bounding_box()
        assert box is not None
        scale = min(
            (box["width"] - 2 * MARGIN) / image["width"],
            (box["height"] - HEADROOM - MARGIN) / image["height"],
        )
        left = box["x"] + box["width"] / 2 - image["width"] / 2 * scale
        middle = box["y"] + (box["height"] + HEADROOM - MARGIN) / 2
        top = middle - image["height"] / 2 * scale
        return left + (x + 0.5) * scale, top + (y + 0.5) * scale

    def _size(self) -> dict[str, Any]:
        """The image's facts as first told: its size is the same for good."""
        number = self.image_id
        if number not in self._known:
            self._known[number] = self.get(f"/api/v1/images/{number}/")
        return self._known[number]

    def click(self, x: float, y: float, **options: Any) -> tuple[int, int]:
        """Click on a point of the image; answers the pixel that the status line names."""
        self.page.mouse.move(*self.at(x, y))
        pixel = self.pointer()
        self.page.mouse.click(*self.at(x, y), **options)
        return pixel

    def pointer(self) -> tuple[int, int]:
        """The pixel under the pointer as the status line names it."""
        cell = self.page.locator(".status .pointer")
        expect(cell).to_have_text(re.compile(r"x \d+"))
        x, y = map(int, re.findall(r"\d+", cell.inner_text()))
        return x, y

    def drag(self, points: Iterable[tuple[float, float]], **options: Any) -> None:
        """Press at the first point of the image, go through the others, lift at the last."""
        places = [self.at(x, y) for x, y in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down(**options)
        for place in places[1:]:
            self.page.mouse.move(*place, steps=6)
        self.page.mouse.up(**options)

    def answered(self) -> None:
        """Wait until the smart tool shows a mask for the clicks so far."""
        expect(self.page.locator(".stage-top .options")).to_contain_text(re.compile(r"score \d"))
        expect(self.page.locator(".stage-top .spin")).to_have_count(0)

    def picture(self) -> bytes:
        """What the canvas shows, with nothing selected, no message over it, the pointer away."""
        self.tool("V")
        self.page.evaluate(
            "document.querySelectorAll('#toasts button').forEach((one) => one.click())"
        )
        expect(self.page.locator("#toasts button")).to_have_count(0)
        self.page.mouse.move(2, 2)
        self.key("Escape")
        self.page.evaluate("document.activeElement.blur()")  # no ring
        return self.page.locator(".stage-canvases").screenshot(animations="disabled")


def bitmap(annotation: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """An annotation's mask (H, W)."""
    return np.asarray(coco_masks.decode(annotation["segmentation"]), dtype=bool)


def by_id(annotations: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in annotations}


def facts(annotations: Iterable[dict[str, Any]]) -> dict[str, str]:
    """What must be the same after a reload: all but the time and the counters."""
    names = ("state", "label", "segmentation", "revision", "source", "score")
    return {
        one["id"]: json.dumps({name: one[name] for name in names}, sort_keys=True)
        for one in annotations
    }


def label_name(editor: Editor, annotation: dict[str, Any]) -> str:
    project = editor.get(f"/api/v1/projects/{editor.image()['project']}/")
    names = {label["id"]: label["name"] for label in project["labels"]}
    return str(names[annotation["label"]])


def difference(one: bytes, other: bytes) -> int:
    """The largest difference of a channel between two screenshots."""
    pair = [Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other)]
    return int(np.asarray(ImageChops.difference(*pair)).max())
