"""A decoder of 8 bits is offered only where its masks agree with those of 32."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.segmenters import decoder_files, registry, sam_int8
from inference.segmenters.onnx import OnnxDecoder
from inference.segmenters.protocol import Prompt
from projects.errors import InvalidInput
from tests.inference.segmenters.small_sam import NAME, write_small_sam


@pytest.fixture
def segmenter(tmp_path: Path):
    write_small_sam(tmp_path)
    return registry.load(NAME, tmp_path)


def test_where_masks_agree_the_small_one_is_served(segmenter, tmp_path: Path) -> None:
    whole = segmenter.decoder_onnx()

    small = sam_int8.offer(whole, segmenter.embed, least_iou=0.0)

    assert small is not None
    assert small.stat().st_size < 0.6 * whole.stat().st_size
    assert decoder_files.find(NAME, tmp_path) == small
    embedding = segmenter.embed(sam_int8.drawn_picture())
    answer = OnnxDecoder(small).predict(embedding, Prompt(box_xyxy=(9.0, 9.0, 90.0, 90.0)))[0]
    assert answer.mask.shape == embedding.size_hw
    assert segmenter.decoder_onnx() == whole  # not asked for: the small one goes
    assert decoder_files.find(NAME, tmp_path) == whole


def test_where_they_do_not_it_is_not_offered_and_why_is_said(
    segmenter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = segmenter.decoder_onnx()

    assert sam_int8.offer(whole, segmenter.embed, least_iou=1.1) is None

    assert "not offered with 8 bits" in caplog.text
    assert decoder_files.find(NAME, tmp_path) == whole
    assert not list(tmp_path.glob("*.part"))


def test_a_decoder_agrees_with_itself(segmenter) -> None:
    decoder = OnnxDecoder(segmenter.decoder_onnx())

    assert sam_int8.agreement(decoder, decoder, segmenter.embed(sam_int8.drawn_picture())) == 1.0


def test_the_option_is_asked_of_the_segmenter(tmp_path: Path) -> None:
    write_small_sam(tmp_path)
    segmenter = registry.load(NAME, tmp_path, options={"decoder": "int8"})

    path = segmenter.decoder_onnx()

    held = sam_int8.agreement(
        OnnxDecoder(segmenter._exported()),
        OnnxDecoder(path),
        segmenter.embed(sam_int8.drawn_picture()),
    )
    assert held >= sam_int8.LEAST_IOU  # the small one, or where that does not hold the whole one
    with pytest.raises(InvalidInput, match="float32, int8"):
        registry.load(NAME, tmp_path, options={"decoder": "int4"})


def test_the_drawn_picture_is_always_the_same() -> None:
    assert np.array_equal(sam_int8.drawn_picture(), sam_int8.drawn_picture())
