"""The ONNX decoder against SamPredictor: ``python -m tests.bench.bench_sam_decoder [...]``.

The same random prompts (clicks, boxes, both; one mask or three) go through both by turns, on one
embedding of a photograph. Printed: milliseconds, their ratio, and the IoU of the masks. Then the
resident memory of a web process with the decoder loaded. Without ``--name`` the weights are random,
of the sizes of SAM's decoder, which is the same for ViT-B, L and H.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import registry
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import Prompt
from inference.segmenters.sam_frame import Frame
from inference.segmenters.torch_door import torch
from tests.bench.clicks import iou
from tests.bench.random_sam import NAME, write_random_sam

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"
ONE_WIDE = np.array([0.0, 1.0])  # no box is empty
RSS = """
import os, sys, time
from pathlib import Path
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
import django
django.setup()
import annotator.urls
import numpy as np
from inference.segmenters.freed_memory import IDLE_SECONDS
from inference.segmenters.onnx import load_decoder
from inference.segmenters.protocol import Embedding, Prompt
name, models = sys.argv[1:]
decoder = load_decoder(name, Path(models))
features = np.load(Path(models) / "features.npy")
embedding = Embedding(decoder.name, decoder.version, (768, 1024), features)
for _ in range(5):
    click = Prompt(np.array([[410, 240]], np.float32), np.array([1]), multimask=True)
    decoder.predict(embedding, click)
time.sleep(IDLE_SECONDS + 1)
lines = Path("/proc/self/status").read_text().splitlines()
print([line.split()[1] for line in lines if line.startswith("VmRSS")][0], "torch" in sys.modules)
"""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def random_prompt(chance: np.random.Generator, height: int, width: int) -> Prompt:
    count = int(chance.integers(1, 6))
    points = chance.uniform(0, (width, height), (count, 2)).astype(np.float32)
    labels = np.append(1, chance.integers(0, 2, count - 1))
    box = None
    if chance.random() < 0.5:
        x0, x1 = np.sort(chance.uniform(0, width - 1, 2)) + ONE_WIDE
        y0, y1 = np.sort(chance.uniform(0, height - 1, 2)) + ONE_WIDE
        box = (float(x0), float(y0), float(x1), float(y1))
        if chance.random() < 0.3:
            points, labels = points[:0], labels[:0]
    return Prompt(points, labels, box, multimask=bool(chance.integers(2)))


def timed(call):
    start = time.perf_counter()
    answer = call()
    return answer, (time.perf_counter() - start) * 1000


def ask(predictor, prompt: Prompt):
    has_points = len(prompt.points_xy) > 0
    return predictor.predict(
        prompt.points_xy if has_points else None,
        prompt.point_labels if has_points else None,
        None if prompt.box_xyxy is None else np.array(prompt.box_xyxy),
        multimask_output=prompt.multimask,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--prompts", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    models = arguments.models or Path(tempfile.mkdtemp(prefix="decoder"))
    if arguments.name == NAME:
        write_random_sam(models)
    segmenter = registry.load(arguments.name, models, arguments.threads)
    image = cv2.resize(cv2.imread(str(PHOTO))[..., ::-1], (1024, 768))
    embedding = segmenter.embed(image)
    decoder = OnnxDecoder(segmenter.decoder_onnx(), arguments.threads)
    side = segmenter._model.image_encoder.img_size
    predictor = segmenter._predictor(embedding, Frame(embedding.size_hw, side))
    chance = np.random.default_rng(0)
    theirs, ours, ious = [], [], []
    for _ in range(arguments.prompts):
        prompt = random_prompt(chance, *embedding.size_hw)
        (masks, scores, _), taken = timed(lambda asked=prompt: ask(predictor, asked))
        theirs.append(taken)
        answers, taken = timed(lambda asked=prompt: decoder.predict(embedding, asked))
        ours.append(taken)
        for answer, place in zip(answers, np.argsort(-scores, kind="stable"), strict=True):
            ious.append(iou(answer.mask, masks[place]))
    torch_ms, onnx_ms = statistics.median(theirs), statistics.median(ours)
    say(f"{arguments.prompts} prompts, {arguments.threads} threads, a photograph of 1024x768")
    say(f"SamPredictor.predict {torch_ms:8.1f} ms p50")
    say(f"OnnxDecoder.predict  {onnx_ms:8.1f} ms p50   {onnx_ms / torch_ms:.3f} of it")
    say(f"IoU with its masks: lowest {min(ious):.5f}, mean {statistics.mean(ious):.6f}")
    np.save(models / "features.npy", embedding.array.astype(np.float16))
    command = [sys.executable, "-c", RSS, segmenter.name, str(models)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    say(f"a web process with it: {int(told[0]) / 1024:.0f} MiB resident, torch: {told[1]}")


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    main()
