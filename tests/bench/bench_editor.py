"""The editor's times: ``python -m tests.bench.bench_editor [--floor SCRIPT] [--small]``.

Headless Chromium on pages as people open them: masks of 1024x768 (10, 200, 1,000), 500 on
4000x3000, 5,000 on 4000x3000, those with a million vertices, and a walk over many images. Each
scene runs beside the barest canvas that this machine can do, in the same browser; ``--floor`` adds
another program's figures (called with the numbers of masks), run before and after. Ratios travel,
milliseconds do not.
"""

from __future__ import annotations

import argparse
import io
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.bench.blobs import objects
from tests.bench.data_folder import CATEGORIES, set_up
from tests.e2e.browser import QUIET, executable
from tests.e2e.editor import Editor, bitmap
from tests.processes import free_port, running

PROBE = Path(__file__).with_name("editor_probe.js")
PATIENCE_MS = 180_000
RADIUS = 60  # of the brush
FLAGS = ["--enable-precise-memory-info", "--js-flags=--expose-gc"]
REST_MS = 5_000  # the browser's model has been compiled and the neighbours are fetched by then
KINDS = 60  # different masks; more of them repeat, moved by nothing but their colour


@dataclass(frozen=True)
class Scene:
    """An image with masks."""

    masks: int
    width: int
    height: int
    small: bool = False  # masks of a hundredth of the side, as 5,000 on an image are
    ragged: bool = False  # outlines with a corner at every pixel; a vertex is edited as well


SCENES = {
    "10 masks": Scene(10, 1024, 768),
    "200 masks": Scene(200, 1024, 768),
    "1000 masks": Scene(1000, 1024, 768),
    "500 masks, 12 megapixels": Scene(500, 4000, 3000),
    "5000 objects, 12 megapixels": Scene(5000, 4000, 3000, small=True),
    "5000 objects, a million vertices": Scene(5000, 4000, 3000, small=True, ragged=True),
}
WALK = Scene(10, 1024, 768)


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--floor", help="a script that is called with the numbers of masks")
    parser.add_argument("--floor-data", help="its --data")
    parser.add_argument("--small", action="store_true", help="few repeats and 20 images")
    parser.add_argument("--only", default="", help="scenes whose name has this")
    given = parser.parse_args()
    walked = 20 if given.small else 200
    repeats = 2 if given.small else 5
    scenes = {name: one for name, one in SCENES.items() if given.only in name}
    floor(given.floor, given.floor_data)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        set_up(data)
        ids, walk, link = fill(scenes, walked if "walk" in given.only or not given.only else 0)
        with served(data) as address, browsing(address, link) as page:
            for name, image in ids.items():
                measure(page, name, scenes[name], image, repeats)
            if walk:
                take_walk(page, walk)
    floor(given.floor, given.floor_data)


def floor(script: str | None, data: str | None) -> None:
    """Another program's figures on the same machine, at the same hour."""
    if script:
        words = [sys.executable, script, *(["--data", data] if data else []), "200", "1000"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        say(f"floor: {done.stdout.strip() or done.stderr.strip()}")


def fill(scenes: dict[str, Scene], walked: int) -> tuple[dict[str, int], list[int], str]:
    """Images of a new project: of each scene, those of the walk, and the path that logs in."""
    from projects.services.login_links import create_login_link
    from tests.factories import make_label, make_project, make_user

    lead = make_user("bench")
    project = make_project(lead=lead, name="Bench")
    labels = [make_label(project, name) for name in CATEGORIES]
    ids = {name: add(project, lead, labels, scene) for name, scene in scenes.items()}
    # An image that the project has already, as that of ten masks, would not be stored again.
    walk = [add(project, lead, labels, WALK, seed=number) for number in range(1, walked + 1)]
    return ids, walk, create_login_link(user=lead)


def add(project: Any, lead: Any, labels: list[Any], scene: Scene, seed: int = 0) -> int:
    """An image of noise, stored, with its masks."""
    from uuid import uuid4

    from PIL import Image as Picture

    from projects.masks.rle import parse
    from projects.services.images import store_image
    from projects.services.revisions import ObjectState, create_annotations

    rng = np.random.default_rng([seed, scene.masks, scene.width, scene.ragged])
    coarse = rng.integers(0, 255, (scene.height // 16, scene.width // 16, 3), np.uint8)
    file = io.BytesIO()
    Picture.fromarray(coarse).resize((scene.width, scene.height)).save(file, "JPEG", quality=85)
    file.seek(0)
    name = f"{scene.masks}-{scene.width}-{scene.ragged}-{seed}.jpg"
    image, _ = store_image(project=project, file=file, name=name, user=lead)
    size = (scene.height, scene.width)
    entries = [
        (
            uuid4(),
            ObjectState(
                rle=parse(rle, size),
                label_id=labels[number % len(labels)].pk,
                state="confirmed",
                source="manual",
                z=number,
            ),
        )
        for number, rle in enumerate(masks(scene, seed))
    ]
    for start in range(0, len(entries), 500):
        part = entries[start : start + 500]
        create_annotations(image=image, entries=part, author=lead, cause="edit")
    return int(image.pk)


def masks(scene: Scene, seed: int) -> Iterator[dict[str, Any]]:
    """As many as the scene has; small ones are discs all over the image."""
    from projects.masks.rle import from_bitmap, to_wire

    if not scene.small:
        kinds = objects(seed, count=min(scene.masks, KINDS), width=scene.width, height=scene.height)
        yield from (kinds[number % len(kinds)]["rle"] for number in range(scene.masks))
        return
    rng = np.random.default_rng(seed)
    for _ in range(scene.masks):
        whole = np.zeros((scene.height, scene.width), dtype=bool)
        radius = int(rng.integers(8, 40))
        x, y = (
            rng.integers(radius, scene.width - radius),
            rng.integers(radius, scene.height - radius),
        )
        whole[y - radius : y + radius, x - radius : x + radius] = disc(rng, radius, scene.ragged)
        yield to_wire(from_bitmap(whole))


def disc(rng: np.random.Generator, radius: int, ragged: bool) -> np.ndarray:
    """Bool, of twice the radius; a ragged one has teeth of up to a third of the radius."""
    rows, columns = np.mgrid[-radius:radius, -radius:radius]
    if not ragged:
        return np.asarray(rows**2 + columns**2 < radius**2)
    teeth = rng.uniform(0.66, 1, (4, 2 * radius)) * radius
    across = np.where(columns < 0, teeth[0, :, None], teeth[1, :, None])
    down = np.where(rows < 0, teeth[2], teeth[3])
    return np.asarray(rows**2 + columns**2 < np.minimum(across, down) ** 2)


def vertices(mask: np.ndarray) -> int:
    """Corners of the mask's outline."""
    padded = np.pad(mask, 1).astype(np.int8)
    around = padded[1:, 1:] + padded[:-1, 1:] + padded[1:, :-1] + padded[:-1, :-1]
    crossing = (around == 2) & (padded[1:, 1:] == padded[:-1, :-1])
    return int(((around == 1) | (around == 3)).sum() + 2 * crossing.sum())


@contextmanager
def served(data: Path) -> Iterator[str]:
    port = free_port()
    words = ["start", "--no-demo", "--no-worker", "--data", str(data), "--port", str(port)]
    with running(*words) as process:
        yield process.login_link().split("/login/")[0]


@contextmanager
def browsing(address: str, secret: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*QUIET, *FLAGS])
        size = {"width": 1600, "height": 1000}
        context = browser.new_context(base_url=address, viewport=size)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(path=PROBE)
        page = context.new_page()
        page.goto(f"/login/link/{secret}/")
        yield page
        browser.close()


def opened(page: Page, image: int) -> float:
    """Milliseconds from the address to image and masks on the screen, the whole page."""
    page.goto(f"/images/{image}/")
    return float(page.evaluate(f"probe.ready({image})"))


def measure(page: Page, name: str, scene: Scene, image: int, repeats: int) -> None:
    opened(page, image)  # the browser's caches are warm after this, as they are for people
    times = [opened(page, image) for _ in range(repeats)]
    early = page.evaluate("probe.steps('zoom', 60)")
    page.wait_for_timeout(REST_MS)
    say(f"\n{name} of {scene.width}x{scene.height}")
    say(f"  open and painted: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    say(f"  zoom right after that, 60 steps: p95 {p95(early):.0f} ms to the second frame")
    for gesture in ("zoom", "pan", "hover"):
        taken = page.evaluate(f"probe.steps('{gesture}', {20 * repeats})")
        say(
            f"  {gesture} to the second frame: p50 {statistics.median(taken):.0f} ms, "
            f"p95 {p95(taken):.0f} ms"
        )
    bare = page.evaluate(f"probe.bareRate({scene.width}, {scene.height}, 2000)")
    for gesture in ("pan", "zoom"):
        rate = page.evaluate(f"probe.rate('{gesture}', 2000)")
        say(f"  {gesture}: {rate:.0f} frames/s, bare canvas {bare:.0f}, ratio {rate / bare:.2f}")
    say(f"  JavaScript heap: {page.evaluate('probe.heap()'):.0f} MiB")
    if scene.ragged:
        edit_vertex(page)
    stroke(page)


def edit_vertex(page: Page) -> None:
    """Pull at the outline of one object, by a real mouse."""
    editor = Editor(page)
    found = stored(editor)
    some = [bitmap(one) for one in found[:: len(found) // 50]]
    each = sum(vertices(mask) for mask in some) / len(some)
    say(f"  {each * len(found):,.0f} vertices in all, by {len(some)} of the objects")
    rows, columns = np.nonzero(bitmap(found[-1]))  # the topmost
    inside = (float(columns.mean()), float(rows.mean()))
    edge = (float(columns.max()) + 1, float(rows[columns.argmax()]) + 0.5)
    editor.tool("V")
    editor.click(*inside)
    editor.tool("P")
    page.wait_for_timeout(500)
    x, y = editor.at(*edge)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 24, y, steps=8)
    page.evaluate("void (globalThis.edited = probe.after('pointerup'))")
    with page.expect_request(lambda one: one.url.endswith("/changes/")) as sent:
        page.mouse.up()
    size = len(sent.value.post_data_buffer or b"")
    changes = len(sent.value.post_data_json)
    say(
        f"  vertex moved: {page.evaluate('edited'):.0f} ms to the second frame; sent: "
        f"{changes} object, {size / 1000:.1f} kB"
    )
    editor.saved()
    editor.key("Control+z", "Escape")
    editor.saved()


def stored(editor: Editor) -> list[dict[str, Any]]:
    """The image's annotations, the topmost last."""
    found = []
    path = f"/api/v1/images/{editor.image_id}/annotations/"
    while path:
        part = editor.get(path)
        found += part["results"]
        path = part["next"]
    return found


def stroke(page: Page) -> None:
    """A brush of radius 60 over the middle of the image, by a real mouse."""
    place = page.locator(".stage-canvas:not([inert])").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.keyboard.press("b")
    for _ in range(60):
        said = re.search(r"(\d+) px", page.locator(".stage-top").inner_text())
        if said and int(said[1]) >= 2 * RADIUS:
            break
        page.keyboard.press("]")
    page.mouse.move(x - 200, y)
    page.mouse.down()
    page.evaluate("for (const list of Object.values(probe.spent)) list.length = 0")
    page.mouse.move(x + 200, y + 60, steps=60)
    page.mouse.move(x - 150, y - 80, steps=60)
    spent = page.evaluate("probe.painted().then(() => probe.spent)")
    page.mouse.up()
    work = [
        handler + paint for handler, paint in zip(spent["handlers"], spent["frames"], strict=False)
    ]
    say(
        f"  brush stroke: handler and paint p50 {statistics.median(work):.1f} ms, "
        f"p95 {p95(work):.1f} ms; event to presented frame p95 {p95(spent['presented']):.0f} ms"
    )
    page.keyboard.press("Control+z")


def take_walk(page: Page, images: list[int]) -> None:
    """From image to image by key, forwards, then two steps back right after an opening."""
    opened(page, images[0])
    page.wait_for_timeout(2000)
    times, heaps = [], {}
    for step, image in enumerate(images[1:], start=1):
        times.append(stepped(page, "f", image))
        page.wait_for_timeout(350)  # a person looks; the next ones are fetched
        if step in (10, len(images) - 1):  # to clear up before every step would slow the next one
            heaps[step] = float(page.evaluate("probe.heap()"))
    say(
        f"\n{len(times)} images, each by a key, prefetched: "
        f"median {statistics.median(times):.0f} ms, p95 {p95(times):.0f} ms"
    )
    for step, heap in heaps.items():
        say(f"  heap after {step} images {heap:.1f} MiB")
    middle = len(images) // 2
    for _ in range(3):
        opened(page, images[middle])
        back = [stepped(page, "d", images[middle - step]) for step in (1, 2)]
        say(f"  two steps back right after opening: {back[0]:.0f} ms, {back[1]:.0f} ms")


def stepped(page: Page, key: str, image: int) -> float:
    """Milliseconds from a key to the other image on the screen."""
    page.evaluate("globalThis.pressed = performance.now()")
    page.keyboard.press(key)
    return float(page.evaluate(f"probe.ready({image}, pressed).then((at) => at - pressed)"))


if __name__ == "__main__":
    main()
