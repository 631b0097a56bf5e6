"""Mask R-CNN, DeepLabV3 and FCN: small random weights, the library's own answers."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.class_masks import ClassesDiffer
from projects.errors import InvalidInput, Unavailable

CLASSES = [{"name": "background", "ignore": True}, "bear", "grass", "sky"]
HEIGHT, WIDTH = 64, 96


@pytest.fixture(scope="module")
def door():
    """torch and torchvision, as our own door lets them in."""
    from inference.segmenters import torch_door

    return SimpleNamespace(torch=torch_door.torch, torchvision=torch_door.torchvision)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def save(door, folder: Path, name: str, model, **stated) -> None:
    door.torch.save(model.state_dict(), folder / f"{name}.pth")
    sha256 = hashlib.sha256((folder / f"{name}.pth").read_bytes()).hexdigest()
    known = {"sha256": sha256, "classes": CLASSES, "input": {"size": [HEIGHT, WIDTH]}}
    (folder / f"{name}.json").write_text(json.dumps({**known, **stated}))


def find(folder: Path, name: str, image: np.ndarray):
    segmenter = registry.load(name, folder)
    return segmenter.propose(image, segmenter.embed(image))


@pytest.mark.parametrize(
    ("family", "architecture", "has_aux"),
    [("deeplabv3", "deeplabv3_mobilenet_v3_large", False), ("fcn", "fcn_resnet50", True)],
)
def test_semantic_models_say_what_the_library_says(  # noqa: PLR0917
    door, image, tmp_path: Path, family: str, architecture: str, has_aux: bool
) -> None:
    torch = door.torch
    torch.manual_seed(1)
    model = getattr(door.torchvision.models.segmentation, architecture)(
        weights=None, weights_backbone=None, num_classes=len(CLASSES), aux_loss=has_aux
    ).eval()
    save(door, tmp_path, "mine", model, family=family, architecture=architecture)
    preset = __import__("torchvision.transforms._presets", fromlist=["_"]).SemanticSegmentation(
        resize_size=None
    )
    with torch.inference_mode():
        theirs = model(preset(torch.from_numpy(image.transpose(2, 0, 1)))[None])["out"][0]
    best = theirs.argmax(0).numpy()

    ours = find(tmp_path, "mine", image)

    named = {
        place: one if isinstance(one, str) else one["name"] for place, one in enumerate(CLASSES)
    }
    assert {one.class_name for one in ours} == {named[place] for place in np.unique(best) if place}
    for one in ours:
        [place] = [number for number, name in named.items() if name == one.class_name]
        assert np.count_nonzero(one.mask != (best == place)) <= 2
        assert 0 < one.score <= 1


@pytest.fixture(scope="module")
def rcnn(door, tmp_path_factory: pytest.TempPathFactory):
    torch = door.torch
    torch.manual_seed(2)
    model = door.torchvision.models.detection.maskrcnn_resnet50_fpn(
        weights=None,
        weights_backbone=None,
        num_classes=len(CLASSES),
        box_score_thresh=0.28,
        min_size=HEIGHT,
        max_size=WIDTH,
    ).eval()
    with torch.no_grad():
        model.roi_heads.box_predictor.cls_score.weight.mul_(4)
    folder = tmp_path_factory.mktemp("rcnn")
    save(door, folder, "objects", model, family="mask_rcnn", threshold=0.28)
    return model, folder


def test_mask_rcnn_says_what_the_library_says(door, image, rcnn) -> None:
    model, folder = rcnn
    with door.torch.inference_mode():
        theirs = model([door.torch.from_numpy(image.transpose(2, 0, 1)).float() / 255])[0]
    wanted = [
        (CLASSES[int(label)], float(score), mask[0].numpy() > 0.5)
        for label, score, mask in zip(
            theirs["labels"], theirs["scores"], theirs["masks"], strict=True
        )
    ]

    ours = find(folder, "objects", image)

    drawn = [one for one in wanted if one[2].any()]
    assert len(drawn) >= 2, "the weights should find something to compare"
    assert len(ours) == len(drawn)
    for one, (name, score, mask) in zip(ours, drawn, strict=True):
        assert (one.class_name, one.score) == (name, pytest.approx(score, abs=1e-6))
        assert np.array_equal(one.mask, mask)
        assert not one.is_region


def test_wrong_counts_bytes_and_architectures_are_said(door, image, rcnn, tmp_path: Path) -> None:
    _, folder = rcnn
    weights = (folder / "objects.pth").resolve()
    (tmp_path / "objects.pth").symlink_to(weights)
    known = json.loads((folder / "objects.json").read_text())

    def refusal(error: type[Exception], **stated) -> str:
        (tmp_path / "objects.json").write_text(json.dumps({**known, **stated}))
        with pytest.raises(error) as refused:
            registry.load("objects", tmp_path)
        return str(refused.value)

    assert "gives 4 classes, its description names 2" in refusal(ClassesDiffer, classes=["a", "b"])
    assert "expected sha256" in refusal(Unavailable, sha256="0" * 64)
    assert "must be one of maskrcnn" in refusal(InvalidInput, architecture="yolo")
    assert "it is no fcn_resnet50" in refusal(Unavailable, family="fcn")


def test_weights_that_are_no_numbers_are_refused(door, rcnn, tmp_path: Path) -> None:
    model, _ = rcnn
    damaged = copy.deepcopy(model)
    with door.torch.no_grad():
        damaged.roi_heads.box_predictor.cls_score.weight[1, 1] = float("inf")
    save(door, tmp_path, "objects", damaged, family="mask_rcnn")

    with pytest.raises(CheckpointRefused, match=r"weight roi_heads\.box_predictor\.cls_score"):
        registry.load("objects", tmp_path)


def test_a_pickle_is_never_run(door, tmp_path: Path) -> None:
    import pickle

    canary = tmp_path / "canary"

    class Trap:
        def __reduce__(self):
            return (Path.touch, (canary,))

    (tmp_path / "trap.pth").write_bytes(pickle.dumps({"model": Trap()}))
    sha256 = hashlib.sha256((tmp_path / "trap.pth").read_bytes()).hexdigest()
    known = {"family": "fcn", "sha256": sha256, "classes": CLASSES}
    (tmp_path / "trap.json").write_text(json.dumps(known))

    with pytest.raises(Unavailable, match="holds no weights"):
        registry.load("trap", tmp_path)
    assert not canary.exists()


@pytest.mark.parametrize("aligned", [False, True])
def test_our_roi_align_is_torchvisions(door, aligned: bool) -> None:
    import sys

    from inference.segmenters.vision_operators import roi_align

    torch = door.torch
    theirs = sys.modules["torchvision.ops.roi_align"]._roi_align.__wrapped__
    torch.manual_seed(3)
    features = torch.randn(2, 5, 17, 23)
    corners = torch.rand(40, 2) * torch.tensor([60.0, 40.0])
    rois = torch.cat(
        [torch.randint(0, 2, (40, 1)).float(), corners, corners + torch.rand(40, 2) * 25], dim=1
    )

    for samples in (1, 2, -1):
        ours = roi_align(features, rois, 0.25, 7, 5, samples, aligned)
        assert torch.allclose(ours, theirs(features, rois, 0.25, 7, 5, samples, aligned), atol=1e-5)
    outside = torch.tensor([[0.0, 500.0, 500.0, 600.0, 600.0]])
    assert not roi_align(features, outside, 0.25, 7, 5, 2, aligned).any()  # as the compiled one
