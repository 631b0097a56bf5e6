"""Speed and IoU of a segmenter: ``python -m tests.bench.bench_segmenters [--segments FOLDER] ...``.

Speed is measured on a photograph of 1024x768, IoU on objects with known masks of the split "val"
(the folder's form is described in fit_classic.py): the bare box, the answer to the box, and the
answers after clicks of which each goes into the middle of the largest error that is left.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import registry
from inference.segmenters.protocol import Prompt
from tests.bench.clicks import box_around, iou, next_click
from tests.bench.segments import read_cases

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"
CLICKS = 5


def milliseconds(call, repeats: int) -> list[float]:
    call()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def speed(segmenter, repeats: int) -> None:
    image = cv2.resize(cv2.imread(str(PHOTO))[..., ::-1], (1024, 768))
    start = time.perf_counter()
    embedding = segmenter.embed(image)
    say(f"embed            {(time.perf_counter() - start) * 1000:8.0f} ms")
    click = np.array([[660, 400]], np.float32)
    clicks = np.array([[660, 400], [100, 100], [700, 560], [640, 330], [300, 600]], np.float32)
    prompts = {
        "box": Prompt(box_xyxy=(540.0, 250.0, 850.0, 720.0)),
        "1 click": Prompt(click, np.array([1])),
        "1 click, 3 masks": Prompt(click, np.array([1]), multimask=True),
        "5 clicks": Prompt(clicks, np.array([1, 0, 1, 1, 0])),
    }
    for name, prompt in prompts.items():
        taken = milliseconds(lambda prompt=prompt: segmenter.predict(embedding, prompt), repeats)
        p95 = sorted(taken)[int(0.95 * (len(taken) - 1))]
        say(f"{name:16} {statistics.median(taken):8.0f} ms p50 {p95:8.0f} ms p95")
    taken = milliseconds(lambda: segmenter.propose(image, embedding), 3)
    say(f"everything       {statistics.median(taken):8.0f} ms p50")


def quality(segmenter, folder: Path, images: int) -> None:
    rows: dict[str, list[float]] = {}
    scores: list[tuple[float, float]] = []
    for case in read_cases(folder, "val", images, seed=1):
        embedding, truth = segmenter.embed(case.image), case.mask
        box = box_around(truth)
        bare = np.zeros_like(truth)
        bare[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])] = True
        answer = segmenter.predict(embedding, Prompt(box_xyxy=box))[0]
        rows.setdefault("bare box", []).append(iou(bare, truth))
        rows.setdefault("box", []).append(iou(answer.mask, truth))
        scores.append((answer.score, rows["box"][-1]))
        for name, start, count in (("box + ", box, 2), ("", None, CLICKS)):
            mask = answer.mask if start else np.zeros_like(truth)
            points, labels = [], []
            for clicked in range(1, count + 1):
                point, label = next_click(truth, mask)
                points.append(point)
                labels.append(label)
                prompt = Prompt(
                    np.array(points, np.float32),
                    np.array(labels),
                    box_xyxy=start,
                    multimask=start is None and clicked == 1,
                )
                answers = segmenter.predict(embedding, prompt)
                mask = answers[0].mask
                rows.setdefault(f"{name}{clicked} clicks", []).append(iou(mask, truth))
                if prompt.multimask:
                    best = max(iou(one.mask, truth) for one in answers)
                    rows.setdefault("best of 3", []).append(best)
    for name, ious in rows.items():
        say(f"{name:16} mean IoU {statistics.mean(ious):.3f}  median {statistics.median(ious):.3f}")
    said, found = zip(*scores, strict=True)
    say(
        f"score of boxes: said {statistics.mean(said):.3f}, found {statistics.mean(found):.3f}, "
        f"correlation {np.corrcoef(said, found)[0, 1]:.2f} ({len(found)} objects)"
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segmenter", default="classic")
    parser.add_argument("--models", type=Path, default=Path("data/models"))
    parser.add_argument("--segments", type=Path, help="photographs with known masks")
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    segmenter = registry.load(arguments.segmenter, arguments.models, arguments.threads)
    speed(segmenter, arguments.repeats)
    if arguments.segments:
        quality(segmenter, arguments.segments, arguments.images)


if __name__ == "__main__":
    main()
