from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from inference.segmenters.protocol import Prompt
from inference.segmenters.torch_door import torch
from inference.training import checkpoint, export
from inference.training.answering import segmenter_named
from inference.training.guided import GUIDE_CHANNELS, follow
from inference.training.model import (
    PAD,
    POSITIVE,
    Prompts,
    build_nano,
    count_parameters,
    decode,
)
from inference.training.recipe import recipe_named

SHAPE = recipe_named("smoke").shape
VERSION = "0" * 16


@pytest.fixture(scope="module")
def sam() -> object:
    """A model whose normalisations are not the identity, so that melting them in is tested."""
    torch.manual_seed(0)
    sam = build_nano(SHAPE)
    sam.train()
    with torch.no_grad():
        for module in sam.image_encoder.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
        sam.image_encoder(torch.randn(4, 3, 64, 64))
    return sam.eval()


@pytest.fixture(scope="module")
def files(sam: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("onnx")
    export.export_files(sam, out, VERSION)
    return out


def test_files_agree_with_the_model(files: Path) -> None:
    facts = json.loads((files / export.FACTS_NAME).read_text())

    assert facts["parity"]["embedding"] < 0.02
    assert facts["parity"]["flipped"] < 0.01
    assert facts["parity"]["iou"] < 0.02
    for name, stated in facts["files"].items():
        data = (files / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == stated["sha256"]
        assert len(data) == stated["bytes"]


def test_half_storage_halves_the_file_and_full_storage_is_exact(
    sam: object, files: Path, tmp_path: Path
) -> None:
    facts = export.export_files(sam, tmp_path, VERSION, is_half=False)

    full, half = (
        sum((folder / name).stat().st_size for name in (export.ENCODER_NAME, export.DECODER_NAME))
        for folder in (tmp_path, files)
    )
    assert full - half > 1.5 * count_parameters(sam)
    assert facts["parity"]["embedding"] < 1e-4
    assert facts["parity"]["flipped"] < 1e-3


def test_parity_notices_other_weights(sam: object, files: Path) -> None:
    torch.manual_seed(1)
    other = build_nano(SHAPE).eval()

    parity = export.measure_parity(other, files / export.ENCODER_NAME, files / export.DECODER_NAME)

    assert parity.embedding > 0.1


def test_weights_file_answers_as_its_model(sam: object, tmp_path: Path) -> None:
    checkpoint.save_weights(tmp_path / "weights.pt", sam, SHAPE)
    segmenter = segmenter_named(str(tmp_path / "weights.pt"))
    image = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    prompt = Prompt(points_xy=np.array([[20, 20]], np.float32), point_labels=np.array([1]))

    embedding = segmenter.embed(image)
    answer = segmenter.predict(embedding, prompt)[0]
    with torch.no_grad():
        features = torch.from_numpy(np.asarray(embedding.array, np.float32))
        masks, ious = decode(
            sam,
            features[:, :-GUIDE_CHANNELS],
            Prompts(
                torch.zeros(1, dtype=torch.int64),
                torch.tensor([[[20.0, 20.0], [0.0, 0.0]]]),
                torch.tensor([[POSITIVE, PAD]]),
            ),
        )
        masks = follow(masks, torch.nn.functional.pixel_shuffle(features[:, -GUIDE_CHANNELS:], 2))

    assert answer.mask.shape == (48, 64)
    assert ((answer.logits > 0) != (masks[0, 0].numpy() > 0)).mean() < 0.01
    assert answer.score == pytest.approx(max(0.0, float(ious[0, 0])), abs=0.02)


def test_encoder_has_no_normalisation_left(files: Path) -> None:
    import onnx

    graph = onnx.load(str(files / export.ENCODER_NAME)).graph
    session = onnxruntime.InferenceSession(
        str(files / export.ENCODER_NAME), providers=["CPUExecutionProvider"]
    )

    assert "BatchNormalization" not in {node.op_type for node in graph.node}
    assert session.get_inputs()[0].shape == [1, 3, 64, 64]
    assert session.get_outputs()[0].shape == [1, 36, 8, 8]
