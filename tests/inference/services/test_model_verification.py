"""``manage.py models --verify`` compares fast with exact masks on pictures."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import cv2
import pytest
from django.core.management import CommandError, call_command

from tests.inference.segmenters.small_sam import NAME, write_small_sam

PHOTO = Path(__file__).parents[2] / "data" / "photos" / "cyclist.jpg"


def spoil(path: Path) -> None:
    from inference.segmenters.torch_door import torch

    weights = torch.load(path, weights_only=True)
    for name, weight in weights.items():
        if name.endswith("attn.qkv.weight"):
            weight.mul_(60)  # the sharper attention is, the more a rounding turns it
    torch.save(weights, path)
    described = json.loads(path.with_suffix(".json").read_text())
    described["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(described))


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("models", *arguments, stdout=out)
    return out.getvalue()


def test_a_sound_checkpoint_is_said_to_be(settings, tmp_path: Path) -> None:
    settings.INFERENCE_THREADS = 1
    write_small_sam(Path(settings.MODELS_DIR))
    cv2.imwrite(str(tmp_path / "small.png"), cv2.imread(str(PHOTO))[:160, :200])
    (tmp_path / "notes.txt").write_text("no picture")

    words = said("--verify", NAME, "--pictures", str(tmp_path))

    assert f"{NAME}: sound" in words
    assert "100 , mean IoU" in words.replace("100,", "100 ,")
    assert "of segment-anything's" in words
    decoder = re.search(r"decoder of web processes .*: 100, mean IoU ([\d.]+), worst", words)
    assert decoder
    assert float(decoder[1]) > 0.999


def test_a_damaged_picture_is_named(settings, tmp_path: Path) -> None:
    write_small_sam(Path(settings.MODELS_DIR))
    (tmp_path / "torn.jpg").write_bytes(PHOTO.read_bytes()[:3000])

    with pytest.raises(CommandError, match=r"torn\.jpg: The picture is damaged"):
        said("--verify", NAME, "--pictures", str(tmp_path))


def test_what_is_not_sound_is_said_and_ends_with_an_error(settings, tmp_path: Path) -> None:
    """Weights whose attention falls on one token or another by the last digits of a number."""
    settings.INFERENCE_THREADS = 1
    path = write_small_sam(Path(settings.MODELS_DIR))
    spoil(path)
    cv2.imwrite(str(tmp_path / "small.png"), cv2.imread(str(PHOTO))[:160, :200])

    with pytest.raises(CommandError, match="set SAM_PRECISION=exact"):
        said("--verify", NAME, "--pictures", str(tmp_path))


def test_what_cannot_be_verified_is_said(settings, tmp_path: Path) -> None:
    settings.INFERENCE_THREADS = 1
    write_small_sam(Path(settings.MODELS_DIR))
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(PHOTO, tmp_path / "photo.jpg")

    for arguments, words in (
        (("classic",), "one precision"),
        (("sam_vit_h",), "fetch_model"),
        (("crystal_ball",), "no segmenter"),
        ((NAME, "--pictures", str(empty)), "no pictures"),
        ((NAME, "--pictures", str(tmp_path / "none")), "no folder"),
    ):
        with pytest.raises(CommandError, match=words):
            said("--verify", *arguments)
