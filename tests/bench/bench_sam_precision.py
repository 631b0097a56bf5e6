"""Fast against exact masks: ``python -m tests.bench.bench_sam_precision --segments FOLDER [...]``.

Fits a small ViT-SAM of segment-anything (256 pixels, patches of 8) for some minutes on photographs
with known masks (the folder's form is described in fit_classic.py), saves it as a checkpoint with a
sidecar, and compares on photographs that it has not seen: how right it is, then what
``manage.py models --verify`` says of it. With ``--minutes 0`` a checkpoint that is there is used.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from inference.segmenters import registry, sam_build
from inference.segmenters.protocol import Prompt
from inference.segmenters.sam_shape import parse_shape
from inference.segmenters.sam_verify import verify
from inference.segmenters.torch_door import torch
from inference.training.batches import Batches, Plan, mix
from inference.training.library import FileLibrary, chosen_numbers
from inference.training.model import normalise
from inference.training.steps import PromptStep
from tests.bench.clicks import box_around, iou
from tests.bench.segments import read_cases

NAME = "sam_fitted"
SHAPE = {
    "image_side": 256,
    "patch_side": 8,
    "width": 64,
    "depth": 3,
    "heads": 2,
    "global_blocks": [2],
    "window_side": 14,
    "prompt_width": 64,
}
RATE = 1e-3
WARM_STEPS = 50


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fit(segments: Path, minutes: float, seed: int):
    torch.manual_seed(seed)
    library = FileLibrary(segments)
    mixture = mix(library, chosen_numbers(library, ["train"]))
    plan = Plan((SHAPE["image_side"],), 2, 4, scattered_share=0, synthetic_share=0)
    model = sam_build.build(parse_shape(SHAPE)).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    step, began = PromptStep(rounds=1), time.monotonic()
    means: list[float] = []
    for number, batch in enumerate(Batches(library, mixture, plan, (seed, 0)).stream(0, 0)):
        share = (time.monotonic() - began) / (minutes * 60)
        if share >= 1:
            break
        rate = RATE * min(1.0, (number + 1) / WARM_STEPS) * 0.5 * (1 + np.cos(np.pi * share))
        optimiser.param_groups[0]["lr"] = rate
        optimiser.zero_grad(set_to_none=True)
        embeddings = model.image_encoder(normalise(model, batch.images))
        chance = torch.Generator().manual_seed(number)
        outcome = step(model, embeddings, batch, chance)
        outcome.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        means.append(float(outcome.loss.detach()))
        if number % 50 == 49:
            say(f"step {number + 1:5}  {share:5.0%}  loss {np.mean(means[-50:]):.3f}")
    return model.eval()


def save(model, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.pth"
    torch.save(model.state_dict(), path)
    told = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "architecture": SHAPE}
    (folder / f"{NAME}.json").write_text(json.dumps(told), encoding="utf-8")


def rightness(models: Path, cases) -> float:
    segmenter = registry.load(NAME, models, options={"precision": "exact"})
    found = []
    for case in cases:
        prompt = Prompt(box_xyxy=box_around(case.mask))
        found.append(iou(segmenter.predict(segmenter.embed(case.image), prompt)[0].mask, case.mask))
    return float(np.mean(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=Path, required=True)
    parser.add_argument("--models", type=Path, help="where the checkpoint goes and stays")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    models = arguments.models or Path(tempfile.mkdtemp(prefix="fitted"))
    if arguments.minutes:
        save(fit(arguments.segments, arguments.minutes, arguments.seed), models)
    cases = read_cases(arguments.segments, "val", arguments.pictures, seed=1)
    say(f"IoU with the truth, by boxes: {rightness(models, cases):.3f} ({len(cases)} objects)")
    images = [case.image for case in cases][:: max(1, len(cases) // arguments.pictures)]
    found = verify(NAME, models, images, threads=arguments.threads)
    say("\n".join(found.lines()))
    say(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
