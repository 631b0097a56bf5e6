"""``manage.py models --verify`` compares fast with exact masks on pictures."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import cv2
import pytest
from django.core.management import CommandError, call_command

from tests.inference.segmenters.small_sam import NAME, write_small_sam

PHOTO = Path(__file__).parents[2] / "data" / "photos" / "cyclist.jpg"


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
