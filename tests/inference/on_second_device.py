"""Runs models and training on a second device: ``python -m tests.inference.on_second_device``.

Prints one line of JSON for each way: its name, and the error if there was one.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inference.segmenters import registry, vision_operators
from inference.segmenters.protocol import Prompt
from inference.segmenters.sam_verify import relative_error
from inference.segmenters.torch_door import torch
from inference.training import checkpoint
from inference.training.batches import mix
from inference.training.library import MemoryLibrary, Picture
from inference.training.looks import Looks
from inference.training.loop import Run, Settings
from inference.training.recipe import Recipe, recipe_named
from tests.inference.segmenters.small_sam import NAME, write_small_sam
from tests.inference.training.conftest import scene
from tests.second_device import devices_of, second_device

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"
OPEN = {"points_per_side": 3, "pred_iou_thresh": 0.0, "stability_score_thresh": 0.0}
CLICK = Prompt(np.array([[30, 20]], np.float32), np.array([1]), multimask=True)
BOXES = [(1.0, 1.0, 50.0, 40.0), (5.0, 9.0, 30.0, 33.0)]
PROMPTED = ("sam2", "edgetam", "sam_hq")
CLASSES = ("segformer", "maskformer", "mask2former", "detr", "oneformer")


def photo() -> np.ndarray:
    whole = cv2.imread(str(PHOTO))[..., ::-1]
    return np.ascontiguousarray(cv2.resize(whole, (96, 64)))


def scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="second_device"))


def the_devices_are_told_apart() -> None:
    with second_device():
        there, here = torch.ones(3, device="cuda"), torch.ones(3)
        model = torch.nn.Linear(3, 3).to("cuda")
        assert np.array_equal((there + there).cpu().numpy(), [2, 2, 2])
        for wrong in (lambda: there + here, lambda: model(here), there.numpy):
            try:
                wrong()
            except (RuntimeError, TypeError):
                continue
            raise AssertionError("nobody minds that two devices are mixed")


def sam(precision: str) -> None:
    folder, image = scratch(), photo()
    write_small_sam(folder)
    options = {**OPEN, "precision": precision}
    home = registry.load(NAME, folder, options={**options, "device": "cpu"})
    wanted = [home.embed(image), home.embed(image[:40])]
    masks = home.propose(image, wanted[0])
    with second_device():
        segmenter: Any = registry.load(NAME, folder, options=options)
        came = segmenter.embed_many([image, image[:40]])
        for one, other in zip(came, wanted, strict=True):
            most = 1e-5 if precision == "exact" else 0.015
            assert relative_error(one.array, other.array) < most
        answers = segmenter.predict(came[0], CLICK)
        assert len(answers) == 3
        refined = replace(CLICK, mask=answers[0].mask, multimask=False)
        assert segmenter.predict(came[0], refined)[0].mask.shape == image.shape[:2]
        assert len(list(segmenter.predict_boxes(came[0], BOXES))) == len(BOXES)
        assert len(segmenter.propose(image, came[0])) == len(masks)
        before = devices_of(segmenter._model)
        assert segmenter.decoder_onnx().is_file()
        assert len(before) == 1
        assert devices_of(segmenter._model) == before != {"cpu"}
        assert len(segmenter.predict(came[0], CLICK)) == 3


class Full(torch.nn.Module):
    """An encoder on a card with room for two pictures."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder, self.img_size, self.batches = encoder, encoder.img_size, []

    def forward(self, pixels: Any) -> Any:
        if len(pixels) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.batches.append(len(pixels))
        return self.encoder(pixels)


def a_full_card_takes_fewer_pictures_at_once() -> None:
    folder, image = scratch(), photo()
    write_small_sam(folder)
    with second_device():
        segmenter: Any = registry.load(NAME, folder)
        alone = segmenter.embed(image)
        segmenter._model.image_encoder = Full(segmenter._model.image_encoder)
        came = segmenter.embed_many([image] * 5)
    assert segmenter._model.image_encoder.batches == [2, 2, 1]
    assert all(relative_error(one.array, alone.array) < 1e-2 for one in came)


def of_transformers(kind: str) -> None:
    from tests.inference.segmenters.small_transformers import save

    folder, image = scratch(), photo()
    save(kind, folder / kind)
    home = registry.load(kind, folder)
    with second_device():
        segmenter: Any = registry.load(kind, folder)
        assert devices_of(segmenter._model) != {"cpu"}
        assert len(devices_of(segmenter._model)) == 1
        embedding = segmenter.embed(image)
        if kind == "sam3":
            segmenter.predict(embedding, Prompt(text="bear"))
            segmenter.predict(embedding, Prompt(exemplars=((BOXES[0], True),)))
            return
        if kind in PROMPTED:
            assert len(segmenter.predict(embedding, CLICK)) == 3
            assert len(list(segmenter.predict_boxes(embedding, BOXES))) == len(BOXES)
            if "mask" in segmenter.kinds:
                segmenter.predict(embedding, Prompt(mask=image[..., 0] > 100))
        found = segmenter.propose(image, embedding)
    assert len(found) == len(home.propose(image, home.embed(image)))


def operators_of_vision() -> None:
    corners = torch.rand(30, 2) * 40
    boxes, scores = torch.cat([corners, corners + 20], dim=1), torch.rand(30)
    features = torch.rand(1, 4, 32, 32)
    rois = torch.cat([torch.zeros(30, 1), boxes], dim=1)
    kept = vision_operators.suppress(boxes, scores, 0.5)
    pooled = vision_operators.roi_align(features, rois, 0.5, 7, 7, 2, False)
    with second_device():
        there = [one.to("cuda") for one in (boxes, scores, features, rois)]
        assert torch.equal(vision_operators.suppress(*there[:2], 0.5).cpu(), kept)
        none = vision_operators.suppress(there[0][:0], there[1][:0], 0.5)
        assert none.device == there[0].device
        came = vision_operators.roi_align(*there[2:], 0.5, 7, 7, 2, False)
        assert torch.allclose(came.cpu(), pooled, atol=1e-5)


def training() -> None:
    library = MemoryLibrary(
        (Picture("shapes", "train", f"{n}.png", (("object", f"{n}_ids.png"),)), scene(n))
        for n in range(2)
    )
    smoke, out = recipe_named("smoke"), scratch()
    stages = tuple(replace(stage, steps=2) for stage in smoke.stages)
    recipe = Recipe(smoke.shape, stages, look_every_s=1e9)
    made = partial(Run, library, mix(library, range(2)), recipe)
    with second_device():
        run = made(Settings(out=out, device="cuda", is_bfloat=True))
        run.looks = Looks(library, [0, 1], 64, 1, torch.device("cuda"))
        assert run.train()
        assert devices_of(run.average) == devices_of(run.sam) != {"cpu"}
        again = made(Settings(out=out, device="cuda", is_bfloat=True))
        again.restore(checkpoint.read(out / checkpoint.STATE_NAME))
        assert again.train()
    weights, _ = checkpoint.load_weights(out / checkpoint.WEIGHTS_NAME)
    assert devices_of(weights) == {"cpu"}
    assert np.isfinite([record["val_loss"] for record in run.history]).all()


WAYS: dict[str, Callable[[], None]] = {
    "devices are told apart": the_devices_are_told_apart,
    "sam exact": partial(sam, "exact"),
    "sam fast": partial(sam, "fast"),
    "full card": a_full_card_takes_fewer_pictures_at_once,
    "operators": operators_of_vision,
    "training": training,
    **{kind: partial(of_transformers, kind) for kind in (*PROMPTED, *CLASSES, "sam3")},
}


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    for name in names or WAYS:
        try:
            WAYS[name]()
            error = ""
        except Exception:  # noqa: BLE001  whatever it is, it is told
            error = traceback.format_exc(limit=-6)[-3000:]
        sys.stdout.write(json.dumps([name, error]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
