"""Everything mode against segment-anything's: ``python -m tests.bench.bench_sam_everything``.

Each runs in a process of its own on the same picture, weights and settings. Printed: seconds and
the process's peak of memory, whole and above what the loaded model takes, with their ratios, and
how the masks match. Without ``--name`` the weights are random and the thresholds are low enough
for hundreds of masks.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import registry
from inference.segmenters.tidying import rle_of
from inference.segmenters.torch_door import SamAutomaticMaskGenerator, torch
from projects.masks.rle import from_bitmap, iou_matrix
from tests.bench.random_sam import NAME, write_random_sam

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(way: str, told, options: dict, out: Path) -> None:
    exact = {**options, "precision": "exact"}
    segmenter = registry.load(told.name, told.models, told.threads, exact)
    segmenter.decoder_onnx()
    image = cv2.resize(cv2.imread(str(PHOTO))[..., ::-1], (1024, 768))
    embedding = segmenter.embed(image)
    before, start = peak_mib(), time.perf_counter()
    if way == "ours":
        found = [(rle_of(one), one.score) for one in segmenter.propose(image, embedding)]
        seconds = time.perf_counter() - start
    else:
        generator = SamAutomaticMaskGenerator(segmenter._model, **options)
        start = time.perf_counter()
        records = generator.generate(image)
        seconds = time.perf_counter() - start
        peak = peak_mib()
        found = [(from_bitmap(one["segmentation"]), one["predicted_iou"]) for one in records]
    told = {"seconds": seconds, "peak": peak_mib() if way == "ours" else peak, "before": before}
    out.write_bytes(pickle.dumps((told, found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--points", type=int, default=32)
    parser.add_argument("--pred-iou", type=float)
    parser.add_argument("--stability", type=float)
    parser.add_argument("--nms", type=float, default=0.7)
    parser.add_argument("--child", nargs=2, metavar=("WAY", "OUT"), help="for its own use")
    arguments = parser.parse_args()
    is_random = arguments.name == NAME
    options = {
        "points_per_side": arguments.points,
        "pred_iou_thresh": (0.0 if is_random else 0.88)
        if arguments.pred_iou is None
        else arguments.pred_iou,
        "stability_score_thresh": (0.0 if is_random else 0.95)
        if arguments.stability is None
        else arguments.stability,
        "box_nms_thresh": 1.0 if is_random else arguments.nms,
        "min_mask_region_area": 0,
    }
    if arguments.child:
        way, out = arguments.child
        torch.set_num_threads(arguments.threads)
        child(way, arguments, options, Path(out))
        return
    models = arguments.models or Path(tempfile.mkdtemp(prefix="everything"))
    if is_random:
        write_random_sam(models)
    results = {}
    for way in ("reference", "ours"):
        out = models / f"{way}.pickle"
        command = [
            sys.executable,
            "-m",
            "tests.bench.bench_sam_everything",
            "--child",
            way,
            str(out),
        ]
        told = ["--name", arguments.name, "--models", str(models), "--nms", str(arguments.nms)]
        told += ["--threads", str(arguments.threads), "--points", str(arguments.points)]
        told += ["--pred-iou", str(options["pred_iou_thresh"])]
        told += ["--stability", str(options["stability_score_thresh"])]
        subprocess.run(command + told, check=True)
        results[way] = pickle.loads(out.read_bytes())
    (theirs, wanted), (ours, found) = results["reference"], results["ours"]
    say(json.dumps(options))
    for way, (told, masks) in results.items():
        above = told["peak"] - told["before"]
        say(f"{way:10} {told['seconds']:8.2f} s  peak {told['peak']:7.0f} MiB, "
            f"{above:7.0f} above the model  {len(masks)} masks")  # fmt: skip
    slower, fuller = ours["seconds"] / theirs["seconds"], ours["peak"] / theirs["peak"]
    above = [told["peak"] - told["before"] for told in (ours, theirs)]
    say(f"time {slower:.3f}  peak {fuller:.3f}  above the model {above[0] / max(above[1], 1):.3f}")
    if wanted and found:
        alike = iou_matrix([rle for rle, _ in wanted], [rle for rle, _ in found]).max(axis=1)
        say(f"reference masks found again at IoU >= 0.999: {np.mean(alike >= 0.999):.2%}, "
            f"lowest {alike.min():.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
