"""SAM's encoder against segment-anything's own: ``python -m tests.bench.bench_sam_encoder [...]``.

Each way encodes the same photograph of 1024x768, by turns, so that what else the machine does hits
them alike; the ratio is that of the quickest runs. Without ``--models`` and ``--name`` the weights
are random, with positions that matter; speed does not depend on weights, the error of "fast" does.
The floor is what two numbers allow: FLOPs over the measured speed of a large matrix product, and
the bytes of the weights over the measured speed of a copy.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from inference.segmenters import checkpoints, sam_build, sam_shape
from inference.segmenters.sam import SamSegmenter
from inference.segmenters.sam_precision import Precision, has_bfloat16
from inference.segmenters.sam_shape import SamShape
from inference.segmenters.sam_verify import relative_error
from inference.segmenters.torch_door import SamPredictor, torch

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def lively(shape: SamShape):
    torch.manual_seed(0)
    model = sam_build.build(shape)
    with torch.no_grad():
        for name, weights in model.image_encoder.named_parameters():
            if "rel_pos" in name or "pos_embed" in name:
                weights.normal_(0, 0.1)
    return model


def waited(device: str) -> float:
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def timed(call, device: str):
    start = waited(device)
    answer = call()
    return answer, waited(device) - start


def flops(shape: SamShape) -> float:
    """Return those of the blocks; a multiplication and an addition count as two."""
    side = shape.image_side // shape.patch_side
    tokens, width = side * side, shape.width
    linear = 2 * tokens * 12 * width * width * shape.depth
    whole = len(shape.global_blocks) * 4 * tokens * tokens * width
    windows = (-(-side // shape.window_side)) ** 2
    local = (shape.depth - len(shape.global_blocks)) * windows
    return linear + whole + local * 4 * shape.window_side**4 * width


def floor(shape: SamShape, kind: torch.dtype, device: str) -> float:
    one = torch.randn(4096, shape.width, device=device, dtype=kind)
    other = torch.randn(4 * shape.width, shape.width, device=device, dtype=kind)
    run = min(timed(lambda: torch.nn.functional.linear(one, other), device)[1] for _ in range(5))
    speed = 2 * one.numel() * other.shape[0] / run
    block = torch.empty(64 << 20, device=device, dtype=torch.uint8)
    copied = min(timed(block.clone, device)[1] for _ in range(5))
    weights = 12 * shape.width**2 * shape.depth * one.element_size()
    return max(flops(shape) / speed, weights / (2 * block.numel() / copied))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("b", "l", "h"), default="b")
    parser.add_argument("--name", help="an installed checkpoint")
    parser.add_argument("--models", type=Path, default=Path("data/models"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batches", type=int, nargs="*", default=[], help="sizes, for a GPU")
    parser.add_argument("--no-exact", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = arguments.device
    if arguments.name:
        checkpoint = checkpoints.find(arguments.name, arguments.models)
        shape = checkpoint.shape
        model = sam_build.load(shape, checkpoints.verified_path(arguments.name, arguments.models))
    else:
        shape = {"b": sam_shape.VIT_B, "l": sam_shape.VIT_L, "h": sam_shape.VIT_H}[arguments.size]
        checkpoint = checkpoints.Checkpoint("sam_random", "none", "0" * 64, shape)
        model = lively(shape)
    image = cv2.resize(cv2.imread(str(PHOTO))[..., ::-1], (1024, 768))
    ways = [one for one in Precision if not (arguments.no_exact and one is Precision.EXACT)]
    ours = {}
    for precision in ways:
        faster = sam_build.speed_up(copy.deepcopy(model), precision).to(device)
        ours[precision.value] = SamSegmenter(checkpoint, faster, arguments.models)
    predictor = SamPredictor(model.to(device))
    taken: dict[str, list[float]] = {}
    errors = {}
    for _ in range(arguments.repeats):
        taken.setdefault("SamPredictor", []).append(
            timed(lambda: predictor.set_image(image), device)[1]
        )
        wanted = predictor.get_image_embedding().cpu().numpy()
        for name, segmenter in ours.items():
            answer, seconds = timed(lambda one=segmenter: one.embed(image), device)
            taken.setdefault(name, []).append(seconds)
            errors[name] = relative_error(answer.array, wanted)
    base = min(taken["SamPredictor"])
    half = "with" if has_bfloat16(device) else "without"
    say(f"{shape.depth} blocks of {shape.width}, {flops(shape) / 1e9:.0f} GFLOP, "
        f"{arguments.threads} threads on {device} {half} bfloat16")  # fmt: skip
    say(f"SamPredictor.set_image {base:8.3f} s")
    kinds = {"exact": torch.float32, "fast": torch.bfloat16}
    for name in ours:
        best = min(taken[name])
        say(f"{name:22} {best:8.3f} s  {best / base:.3f} of it  relative error {errors[name]:.2e}  "
            f"floor {floor(shape, kinds[name], device):.3f} s")  # fmt: skip
    images = [np.ascontiguousarray(image)] * max(arguments.batches, default=0)
    for size in arguments.batches:
        for name, segmenter in ours.items():
            segmenter._encoded(images[:size])
            seconds = timed(lambda n=size, one=segmenter: one._encoded(images[:n]), device)[1]
            say(f"{name:10} batch {size:3}  {size / seconds:8.2f} images/s "
                f"({size / seconds * base:.2f} x SamPredictor)")  # fmt: skip


if __name__ == "__main__":
    main()
