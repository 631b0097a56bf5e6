"""The ONNX decoder answers as SamPredictor does, without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.segmenters.onnx import OnnxDecoder, load_decoder
from inference.segmenters.protocol import Prompt
from inference.segmenters.registry import load
from inference.segmenters.torch_door import SamPredictor
from projects.errors import Unavailable
from tests.inference.segmenters.small_sam import NAME, write_small_sam

PROMPTS = 1000


@pytest.fixture(scope="module")
def decoder(small_sam) -> OnnxDecoder:
    return OnnxDecoder(small_sam.decoder_onnx())


def random_prompt(generator, height: int, width: int) -> Prompt:
    count = int(generator.integers(1, 6))
    points = generator.uniform(0, (width, height), (count, 2)).astype(np.float32)
    labels = np.append(1, generator.integers(0, 2, count - 1))
    box = None
    if generator.random() < 0.5:
        x0, x1 = np.sort(generator.uniform(0, width, 2))
        y0, y1 = np.sort(generator.uniform(0, height, 2))
        box = (float(x0), float(y0), float(x1), float(y1))
        if generator.random() < 0.3:
            points, labels = points[:0], labels[:0]
    return Prompt(points, labels, box, multimask=bool(generator.integers(2)))


def test_random_prompts_get_the_masks_of_sam_predictor(small_sam, decoder, photo):
    generator = np.random.default_rng(0)
    theirs = SamPredictor(small_sam._model)
    theirs.set_image(photo)
    embedding = small_sam.embed(photo)
    for _ in range(PROMPTS):
        prompt = random_prompt(generator, *photo.shape[:2])
        has_points = len(prompt.points_xy) > 0

        ours = decoder.predict(embedding, prompt)
        masks, scores, _ = theirs.predict(
            prompt.points_xy if has_points else None,
            prompt.point_labels if has_points else None,
            None if prompt.box_xyxy is None else np.array(prompt.box_xyxy),
            multimask_output=prompt.multimask,
        )

        assert len(ours) == len(masks)
        for answer, place in zip(ours, np.argsort(-scores, kind="stable"), strict=True):
            either = np.count_nonzero(answer.mask | masks[place])
            both = np.count_nonzero(answer.mask & masks[place])
            assert either == 0 or both / either >= 0.999
            assert answer.score == pytest.approx(float(scores[place]), abs=1e-4)


def test_logits_are_fed_back_as_torch_does(small_sam, decoder, photo):
    embedding = small_sam.embed(photo)
    click = Prompt(np.array([[410, 240]], np.float32), np.array([1]))
    logits = small_sam.predict(embedding, click)[0].logits[None]
    again = Prompt(click.points_xy, click.point_labels, logits=logits)

    torch_answer = small_sam.predict(embedding, again)[0]
    onnx_answer = decoder.predict(embedding, again)[0]

    assert np.allclose(torch_answer.logits, onnx_answer.logits, atol=1e-3)
    assert np.mean(torch_answer.mask != onnx_answer.mask) < 0.001


def test_the_decoder_is_exported_once(small_sam):
    path = small_sam.decoder_onnx()
    written = path.stat().st_mtime_ns

    assert small_sam.decoder_onnx() == path
    assert path.stat().st_mtime_ns == written
    assert not list(path.parent.glob("*.part"))


def test_a_decoder_that_no_worker_wrote_is_unavailable(tmp_path):
    write_small_sam(tmp_path)

    with pytest.raises(Unavailable):
        load_decoder(NAME, tmp_path)


def test_decoding_imports_no_torch(small_sam, sam_dir, photo):
    small_sam.decoder_onnx()
    array = Path(sam_dir) / "embedding.npy"
    np.save(array, small_sam.embed(photo).array.astype(np.float16))
    script = f"""
import sys
from pathlib import Path
import numpy as np
from inference.segmenters.onnx import load_decoder
from inference.segmenters.protocol import Embedding, Prompt
decoder = load_decoder({NAME!r}, Path({str(sam_dir)!r}))
features = np.load({str(array)!r})
embedding = Embedding(decoder.name, decoder.version, {photo.shape[:2]!r}, features)
prompt = Prompt(np.array([[410, 240]], np.float32), np.array([1]), multimask=True)
assert len(decoder.predict(embedding, prompt)) == 3
assert not [name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision")]
"""
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stderr


def test_exporting_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    write_small_sam(tmp_path)
    segmenter = load(NAME, tmp_path)

    segmenter.decoder_onnx()

    assert not any(module.training for module in segmenter._model.modules())
