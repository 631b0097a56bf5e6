"""The model in the browser: a preview under the pointer, clicks without a server, and with one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect
from pycocotools import mask as coco_masks

from inference.segmenters.bundled import NAME as BUNDLED
from tests.e2e.browser import keep
from tests.e2e.conftest import Product
from tests.e2e.editor import Editor, bitmap
from tests.e2e.pages import PHOTOS, make_project, send, upload
from tests.inference.segmenters.small_sam import NAME, write_small_sam

pytestmark = pytest.mark.e2e

HERE = re.compile(r"in the browser, \d+ ms")
SERVER = re.compile(r"server, \d+ ms")
EMBED_MS = 300_000
HALF, EDGE = 128, 6  # opacity of a preview's inside, and what differs from it
LOOKS = 60  # at a preview, half a second apart


ANSWERS = """
async ({ image, segmenter, prompts, size }) => {
  const main = document.querySelector('script[type="module"]').src;
  const load = (path) => import(new URL(path, main).href);
  const { BrowserDecoder } = await load("inference/browserDecoder.js");
  const { fetchDecoder, fetchFeatures } = await load("api/features.js");
  const client = { base: "/api/v1/" };
  const decoder = await BrowserDecoder.open((await fetchDecoder(client, segmenter)).bytes);
  await decoder.remember("test", size, await fetchFeatures(client, image));
  const answers = [];
  for (const prompt of prompts) answers.push(await decoder.answer("test", size, prompt));
  decoder.close();
  return answers.map((candidates) =>
    candidates.map(({ rle, score, stability }) => ({ rle, score, stability })));
}
"""

ALPHA = """
([x, y]) => {
  const canvas = [...document.querySelectorAll(".stage-canvases canvas")]
    .filter((one) => !one.closest(".minimap")).at(-1);
  const density = canvas.width / canvas.getBoundingClientRect().width;
  const { left, top } = canvas.getBoundingClientRect();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return x.map((each, index) => {
    const row = Math.round((y[index] - top) * density);
    return data[4 * (row * canvas.width + Math.round((each - left) * density)) + 3];
  });
}
"""

# A person who pans without rest from the first moment on, until told to stop.
PANS = """
globalThis.pansOn = true;
const pan = setInterval(() => {
  if (!globalThis.pansOn) return clearInterval(pan);
  const stage = document.querySelector(".stage-canvas:not([inert])");
  const { left = 0, top = 0 } = stage?.getBoundingClientRect() ?? {};
  const deltaX = Math.floor(performance.now() / 50) % 2 ? 9 : -9;
  const at = { clientX: left + 200, clientY: top + 200 };
  stage?.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, ...at, deltaX }));
}, 50);
"""


@dataclass
class Room:
    """An image of a project whose model has a decoder for browsers."""

    page: Page
    image: int
    asked: list[str]

    @property
    def model_cell(self) -> Any:
        return self.page.locator(".status")

    def hover(self, editor: Editor, x: float, y: float) -> None:
        self.page.mouse.move(*editor.at(x - 3, y))
        self.page.mouse.move(*editor.at(x, y))

    def shown(self, editor: Editor, size_hw: tuple[int, int]) -> tuple[Any, Any]:
        """Pixels of the image on a lattice, as (rows, columns), and whether a mask covers them.

        Those under an outline are left out: it is as wide as the screen needs, not as the mask.
        """
        rows, columns = np.mgrid[4 : size_hw[0] : 9, 4 : size_hw[1] : 9]
        alpha = np.array(self.page.evaluate(ALPHA, list(_places(editor, rows, columns))))
        is_clear = (alpha == 0) | (abs(alpha - HALF) < EDGE)
        return (rows.ravel()[is_clear], columns.ravel()[is_clear]), alpha[is_clear] > 0


def _places(editor: Editor, rows: Any, columns: Any) -> tuple[list[float], list[float]]:
    """Where pixels lie on the screen, from two corners, since each question costs a request."""
    (x0, y0), (x1, y1) = editor.at(0, 0), editor.at(100, 100)
    xs = x0 + columns.ravel() * (x1 - x0) / 100
    ys = y0 + rows.ravel() * (y1 - y0) / 100
    return xs.tolist(), ys.tolist()


@pytest.fixture(scope="module")
def image(product: Product) -> int:
    """A photograph whose embedding by a small random SAM is stored."""
    write_small_sam(product.data / "models")
    page = product.page()
    project = make_project(page, "Decoded here", segmenter=NAME)
    number = upload(page, project, "bear.jpg", (PHOTOS / "01-bear.jpg").read_bytes())
    page.goto("/help/")
    page.wait_for_function(
        "async (path) => (await fetch(path)).status === 200",
        arg=f"/api/v1/images/{number}/embedding/",
        timeout=EMBED_MS,
    )
    page.context.close()
    return number


@pytest.fixture
def room(page: Page, image: int) -> Room:
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/prompt/"):
            asked.append(request.url)

    page.on("request", note)
    return Room(page, image, asked)


def hovered(room: Room) -> Editor:
    """The editor with the smart tool in hand and a preview under the pointer."""
    editor = Editor.opened(room.page, room.image)
    editor.tool("S")
    for step in range(1000):  # the decoder's file and 14 MB of WebAssembly come first
        room.hover(editor, 310 + step % 3, 230)
        if HERE.search(room.model_cell.inner_text()):
            return editor
        room.page.wait_for_timeout(100)
    raise AssertionError(f"no preview: {room.model_cell.inner_text()}")


def settled(room: Room, editor: Editor, size_hw: tuple[int, int]) -> tuple[Any, Any]:
    """What is shown once it does not change any more, the outline at rest too."""
    room.page.emulate_media(reduced_motion="reduce")
    shown = room.shown(editor, size_hw)
    for _ in range(LOOKS):
        room.page.wait_for_timeout(500)
        before, shown = shown, room.shown(editor, size_hw)
        if np.array_equal(before[1], shown[1]):
            return shown
    raise AssertionError("the preview does not come to rest")


def test_the_pointer_shows_what_a_click_makes_and_the_click_saves_it(room: Room) -> None:
    editor = hovered(room)
    facts = editor.image()
    size = (facts["height"], facts["width"])
    room.hover(editor, 312, 230)
    places, previewed = settled(room, editor, size)
    keep(room.page, "hover-preview")
    assert 0 < previewed.mean() < 1
    assert room.page.evaluate("crossOriginIsolated")

    editor.click(312, 230)
    editor.answered()
    editor.key("Enter")
    editor.saved()

    (made,) = editor.annotations()
    mask = bitmap(made)
    agree = (mask[places] == previewed).mean()
    assert len(previewed) > 2000
    assert agree > 0.99, f"only {agree:.3f} of what was previewed was saved"
    assert (made["source"], made["model"]) == ("model", NAME)
    assert room.asked == []
    expect(room.model_cell).to_contain_text(HERE)


def test_the_model_is_opened_once_the_picture_rests(room: Room) -> None:
    room.page.add_init_script(PANS)
    with room.page.expect_response(lambda one: one.url.endswith("/decoder.onnx")):
        editor = Editor.opened(room.page, room.image)
    room.page.wait_for_timeout(1500)
    assert not decoders(room.page)

    room.page.evaluate("globalThis.pansOn = false")
    editor.until(lambda: decoders(room.page))


def decoders(page: Page) -> list[str]:
    return [one.url for one in page.workers if one.url.endswith("/inference/worker.js")]


def test_clicks_and_boxes_of_the_browser_are_the_servers(room: Room) -> None:
    editor = Editor.opened(room.page, room.image)
    facts = editor.image()
    width, height = facts["width"], facts["height"]
    rng = np.random.default_rng(11)
    prompts = []
    for index in range(12):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        points = [[x, y, 1], [rng.uniform(0, width), rng.uniform(0, height), index % 2]]
        box = [x * 0.5, y * 0.5, x * 0.5 + width / 3, y * 0.5 + height / 3]
        prompts.append(
            {
                "points": points[: index % 3],
                "box": box if index % 3 != 1 else None,
                "mask": None,
                "logits": None,
                "multimask": index % 3 != 2,
            }
        )
    arguments = {
        "image": room.image,
        "segmenter": NAME,
        "prompts": prompts,
        "size": [height, width],
    }
    here = room.page.evaluate(ANSWERS, arguments)

    compared = 0
    for prompt, mine in zip(prompts, here, strict=True):
        theirs = send(room.page, "POST", f"/api/v1/images/{room.image}/prompt/", prompt)
        for own, other in zip(mine, theirs["candidates"], strict=True):
            assert own["score"] == pytest.approx(other["score"], abs=1e-3)
            assert own["stability"] == pytest.approx(other["stability"], abs=0.03)
            if keeps(other["segmentation"], prompt):
                assert iou(own["rle"], other["segmentation"]) >= 0.999, prompt
                compared += 1
    assert compared > len(prompts) / 3


def test_the_selected_object_is_refined_and_seen_closer(room: Room) -> None:
    editor = hovered(room)
    for one in editor.annotations():
        path = f"/api/v1/images/{room.image}/annotations/{one['id']}/"
        send(room.page, "DELETE", path, revision=one["revision"])
    editor.reloaded()
    editor.tool("S")
    editor.click(150, 150)
    editor.answered()
    editor.key("Enter")
    editor.saved()
    (made,) = editor.annotations()
    options = room.page.locator(".stage-top .options")
    expect(options).to_contain_text("New object")

    refine(editor)
    editor.click(400, 500, button="right")
    editor.answered()
    keep(room.page, "smart-refines")
    editor.key("Enter")
    editor.saved()
    (refined,) = editor.annotations()

    refine(editor)
    editor.key("z")
    expect(options).to_contain_text("seen closer", timeout=EMBED_MS)
    keep(room.page, "smart-closer")
    editor.key("Enter")
    editor.saved()
    (closer,) = editor.annotations()

    assert made["id"] == refined["id"] == closer["id"]
    masks = [one["segmentation"]["counts"] for one in (made, refined, closer)]
    assert len(set(masks)) == 3
    editor.key("Control+z")
    editor.saved()
    assert editor.annotations()[0]["segmentation"] == refined["segmentation"]
    assert len(room.asked) > 0


def refine(editor: Editor) -> None:
    """Take the smart tool anew, with the object in hand still selected."""
    editor.tool("V")
    editor.tool("S")
    expect(editor.page.locator(".stage-top .options")).to_contain_text("Refines")


def test_a_small_box_is_answered_here_and_then_seen_closer_by_the_server(page: Page) -> None:
    project = make_project(page, "Seen closer", segmenter=BUNDLED)
    image = upload(page, project, "bear.jpg", (PHOTOS / "01-bear.jpg").read_bytes())
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/prompt/"):
            asked.append(request.post_data_json)

    page.on("request", note)
    editor = hovered(Room(page, image, []))
    facts = editor.image()
    side = max(facts["width"], facts["height"]) // 6
    x, y = facts["width"] // 2, facts["height"] // 2

    editor.drag([(x, y), (x + side // 2, y + side // 2), (x + side, y + side)])
    expect(page.locator(".stage-top .options")).to_contain_text("seen closer", timeout=EMBED_MS)
    keep(page, "small-box-closer")
    editor.key("Enter")
    editor.saved()

    (made,) = editor.annotations()
    assert len(asked) == 1
    assert asked[0]["box"] == pytest.approx([x, y, x + side, y + side], abs=2)
    answer = send(page, "POST", f"/api/v1/images/{image}/prompt/", asked[0])["candidates"][0]
    assert answer["logits"] is None
    assert made["segmentation"] == answer["segmentation"]


def test_without_the_decoder_the_server_answers_and_nobody_is_told(room: Room) -> None:
    room.page.route("**/decoder.onnx", lambda route: route.abort())
    editor = Editor.opened(room.page, room.image)
    editor.tool("S")

    editor.click(310, 230)
    editor.answered()

    expect(room.model_cell).to_contain_text(SERVER)
    assert len(room.asked) == 1
    expect(room.page.locator("#toasts button")).to_have_count(0)


def keeps(segmentation: dict[str, Any], prompt: dict[str, Any]) -> bool:
    """Whether a mask of the server obeys clicks and box, as those of the browser do."""
    mask = np.asarray(coco_masks.decode(segmentation), bool)
    if prompt["box"]:
        x0, y0, x1, y1 = prompt["box"]
        dx, dy = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
        outside = mask.copy()
        outside[
            max(int(y0 - dy), 0) : int(y1 + dy) + 1, max(int(x0 - dx), 0) : int(x1 + dx) + 1
        ] = 0
        if outside.any():
            return False
    return all(mask[int(y), int(x)] == bool(label) for x, y, label in prompt["points"])


def iou(a: dict[str, Any], b: dict[str, Any]) -> float:
    first, second = (np.asarray(coco_masks.decode(one), bool) for one in (a, b))
    either = (first | second).sum()
    return float((first & second).sum() / either) if either else 1.0
