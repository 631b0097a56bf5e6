"""A prompt in headless Chromium beside onnxruntime, in one run.

``python -m tests.bench.bench_browser_decoder``

Measured are the decoder alone, a hover (decoder, choice and one mask at the image's size, there and
back to the worker) and a click (three masks with their stability). Baseline is the same file in
onnxruntime with as many threads, in the same run. Without ``--decoder`` the bundled model's is
taken, and where that is absent one of its size with random weights; ``--sam`` takes one of Segment
Anything's published size (the same for ViT-B, L and H) with random weights.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
PHOTOGRAPH = ROOT / "annotator/demo/photos/02-skier.jpg"
PAGE = "<!doctype html><title>bench</title>"
NAMES = {
    "decode": "decode",
    "hover": "hover",
    "click": "click",
    "first": "hover, just opened",
}
SIZES = ((768, 1024), (3000, 4000))


class Files(SimpleHTTPRequestHandler):
    """The front end's sources, and the files of this run, isolated as the product's pages are."""

    made: Path

    def translate_path(self, path: str) -> str:
        own = self.made / path.lstrip("/")
        return str(own) if own.is_file() else super().translate_path(path)

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def random_decoder(folder: Path) -> Path:
    """A decoder of the bundled model's size that was never trained."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    from inference.segmenters import sam_export
    from inference.training.model import build_nano

    return sam_export.exported(build_nano().eval(), "sam_nano", "random", folder)


def random_sam_decoder(folder: Path) -> Path:
    """A decoder of Segment Anything's size, exported as the product exports it."""
    from inference.segmenters import registry
    from tests.bench.random_sam import NAME, write_random_sam

    write_random_sam(folder)
    return Path(registry.load(NAME, folder, 1).decoder_onnx())


def chosen_decoder(options: argparse.Namespace, folder: Path) -> Path:
    from inference.segmenters import bundled

    if options.decoder is not None:
        return Path(options.decoder)
    if options.sam:
        return random_sam_decoder(folder)
    if not bundled.why_not(folder):
        return bundled.read(folder).decoder
    say("the bundled model is absent: random weights of its size")
    return random_decoder(folder)


def features(decoder: Path, shape: list[int], folder: Path) -> Any:
    """An embedding, float16: of a photograph for the bundled model, whose masks then are masks.

    Decoders with random weights get noise: their masks are noise too, thousands of runs to pack.
    """
    from inference.segmenters import bundled, registry

    if decoder.parent != bundled.SHIPPED:
        return np.random.default_rng(0).normal(size=shape).astype("<f2")
    photograph = np.asarray(Image.open(PHOTOGRAPH).convert("RGB").resize(SIZES[0][::-1]))
    return registry.load(bundled.NAME, folder, 1).embed(photograph).array.astype("<f2")


def session_of(decoder: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(decoder), options, providers=["CPUExecutionProvider"])


def baseline(session: Any, shape: list[int], repeats: int) -> list[float]:
    """Milliseconds of one click in onnxruntime."""
    side = 4 * shape[-1]
    feeds = {
        "image_embeddings": np.random.default_rng(0).normal(size=shape).astype(np.float32),
        "point_coords": np.array([[[200, 150], [0, 0]]], np.float32),
        "point_labels": np.array([[1, -1]], np.float32),
        "mask_input": np.zeros((1, 1, side, side), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.array([1, 1], np.float32),
        "known_rows": np.zeros((0, 0, 0), np.float32),
    }
    known = {one.name for one in session.get_inputs()}
    feeds = {name: numbers for name, numbers in feeds.items() if name in known}
    taken = []
    for _ in range(repeats + 3):
        began = time.perf_counter()
        session.run(["iou_predictions", "low_res_masks"], feeds)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[3:]


def in_browser(address: str, facts: dict[str, Any]) -> dict[str, Any]:
    from tests.e2e.browser import chromium

    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{address}/page.html")
        answer: dict[str, Any] = page.evaluate(
            """async (facts) => {
              const { measure } = await import("/tests/bench/browser_decoder.js");
              return measure(facts);
            }""",
            facts,
        )
        return answer


def report(name: str, taken: list[float], base: float) -> None:
    p95 = sorted(taken)[int(0.95 * (len(taken) - 1))]
    middle = statistics.median(taken)
    say(f"  {name:28}{middle:8.1f} ms p50 {p95:8.1f} ms p95 {middle / base:6.2f} x onnxruntime")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decoder", type=Path, help="an ONNX decoder of SAM's contract")
    parser.add_argument("--sam", action="store_true", help="one of Segment Anything's size")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        decoder = chosen_decoder(options, folder)
        (folder / "decoder.onnx").write_bytes(decoder.read_bytes())
        (folder / "page.html").write_text(PAGE)
        shape = [int(side) for side in session_of(decoder, 1).get_inputs()[0].shape]
        (folder / "features.bin").write_bytes(features(decoder, shape, folder).tobytes())
        handler = partial(type("Made", (Files,), {"made": folder}), directory=str(ROOT))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"{decoder.name}, {decoder.stat().st_size / 1e6:.1f} MB, embedding {shape}")
        for threads in options.threads:
            measure(f"http://127.0.0.1:{server.server_port}", decoder, shape, threads, options)
        server.shutdown()


def measure(
    address: str, decoder: Path, shape: list[int], threads: int, options: argparse.Namespace
) -> None:
    native = baseline(session_of(decoder, threads), shape, options.repeats)
    base = statistics.median(native)
    say(f"{threads} thread(s)")
    report("onnxruntime", native, base)
    for size in SIZES:
        facts = {
            "channels": shape[1],
            "cells": shape[2],
            "size": size,
            "threads": threads,
            "repeats": options.repeats,
        }
        came = in_browser(address, facts)
        assert came["isolated"], json.dumps(came)
        say(f"  image of {size[1]}x{size[0]}, opened in {came['opened']:.0f} ms")
        for name, words in NAMES.items():
            report(f"browser, {words}", came[name], base)


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
