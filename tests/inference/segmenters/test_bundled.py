"""The bundled model: only the promised bytes are opened, and classic takes over where it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.segmenters import bundled, decoder_files, registry
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.onnx import load_decoder
from inference.segmenters.protocol import Prompt
from inference.segmenters.registry import ModelMissing
from projects.errors import InvalidInput, Unavailable
from tests.inference.segmenters.small_nano import VERSION


@pytest.fixture
def models(nano_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(nano_dir / bundled.NAME, tmp_path / bundled.NAME)
    return tmp_path


@pytest.fixture
def nothing_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled, "SHIPPED", tmp_path / "nowhere")


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def rewrite(models: Path, **changes: object) -> None:
    path = models / bundled.NAME / bundled.FACTS_NAME
    facts = json.loads(path.read_text())
    path.write_text(json.dumps({**facts, **changes}))


def test_good_files_are_the_default(models: Path) -> None:
    assert bundled.default_segmenter(models) == "sam_nano"
    told = {info.name: info for info in registry.describe(models)}["sam_nano"]
    assert told.installed
    assert told.size_bytes == sum(p.stat().st_size for p in (models / "sam_nano").iterdir())
    assert registry.load("sam_nano", models).version == VERSION
    assert decoder_files.version_of("sam_nano", models) == VERSION


@pytest.mark.usefixtures("nothing_shipped")
def test_without_files_classic_is_the_default(tmp_path: Path) -> None:
    assert bundled.default_segmenter(tmp_path / "empty") == "classic"
    with pytest.raises(Unavailable, match="lacks"):
        bundled.read(tmp_path / "empty")
    with pytest.raises(ModelMissing, match="lacks"):
        registry.load("sam_nano", tmp_path / "empty")


@pytest.mark.parametrize("name", [bundled.ENCODER_NAME, bundled.DECODER_NAME])
def test_a_damaged_file_is_refused_and_named(models: Path, name: str) -> None:
    assert bundled.default_segmenter(models) == "sam_nano"
    damage(models / bundled.NAME / name)

    told = {info.name: info for info in registry.describe(models)}["sam_nano"]

    assert bundled.default_segmenter(models) == "classic"
    assert not told.installed
    assert name in told.why_not
    assert "damaged" in told.why_not
    with pytest.raises(CheckpointRefused, match="sha256"):
        bundled.read(models)
    with pytest.raises(ModelMissing, match="damaged"):
        registry.load("sam_nano", models)


@pytest.mark.parametrize("name", [bundled.ENCODER_NAME, bundled.DECODER_NAME])
def test_an_absent_file_is_named(models: Path, name: str) -> None:
    (models / bundled.NAME / name).unlink()

    assert name in bundled.why_not(models)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": ""},
        {"version": "v" * 65},
        {"side": 0},
        {"side": "wide"},
        {"files": {}},
        {"files": {"encoder.onnx": {"sha256": "A" * 64}, "decoder.onnx": {"sha256": "0"}}},
        {"files": []},
        {"pixel_std": [0, 1, 1]},
        {"pixel_mean": [1, 2]},
        {"pixel_mean": "gray"},
    ],
    ids=str,
)
def test_facts_that_make_no_sense_are_refused(models: Path, changes: dict) -> None:
    rewrite(models, **changes)

    with pytest.raises(CheckpointRefused, match=bundled.FACTS_NAME):
        bundled.read(models)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '"sam_nano"'])
def test_facts_that_are_none_are_refused(models: Path, text: str) -> None:
    (models / bundled.NAME / bundled.FACTS_NAME).write_text(text)

    with pytest.raises(CheckpointRefused, match=bundled.FACTS_NAME):
        bundled.read(models)


def test_a_decoder_of_another_version_is_refused(models: Path) -> None:
    rewrite(models, version="another")

    with pytest.raises(CheckpointRefused, match="another"):
        registry.load("sam_nano", models)


def test_unknown_options_are_refused(models: Path) -> None:
    with pytest.raises(InvalidInput, match="colour"):
        registry.load("sam_nano", models, options={"colour": 1})


def test_the_web_process_decodes_what_a_worker_embedded(small_nano, nano_dir, photo) -> None:
    stored = small_nano.embed(photo)
    prompt = Prompt(np.array([[410, 240]], np.float32), np.array([1]), multimask=True)

    ours = load_decoder("sam_nano", nano_dir).predict(stored, prompt)

    assert decoder_files.find("sam_nano", nano_dir) == small_nano.decoder_onnx()
    for one, other in zip(ours, small_nano.predict(stored, prompt), strict=True):
        assert np.array_equal(one.mask, other.mask)


@pytest.mark.parametrize("box", [None, (340.0, 140.0, 530.0, 400.0)])
def test_clicks_that_come_at_once_are_asked_in_turn(small_nano, photo, box) -> None:
    stored = small_nano.embed(photo)
    points = np.array([[300, 100], [410, 240], [430, 330], [500, 150]], np.float32)
    labels = np.array([0, 1, 1, 0])
    turns = [[], [0], [0, 1], [0, 1, 2]] if box else [[1], [1, 0], [1, 0, 2]]  # before the last

    logits = None
    for turn in turns:
        asked = Prompt(points[turn], labels[turn], box_xyxy=box, logits=logits)
        answer = small_nano.predict(stored, asked)[0].logits
        assert answer is not None
        logits = answer[None]
    one_by_one = small_nano.predict(stored, Prompt(points, labels, box_xyxy=box, logits=logits))
    at_once = small_nano.predict(stored, Prompt(points, labels, box_xyxy=box))

    assert np.array_equal(one_by_one[0].logits, at_once[0].logits)


def test_many_clicks_at_once_cost_a_bounded_number_of_questions(
    small_nano, photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = small_nano.embed(photo)
    decoder = load_decoder("sam_nano", small_nano.decoder_onnx().parent.parent)
    asked: list[int] = []
    answers = decoder.answers
    monkeypatch.setattr(
        decoder, "answers", lambda *given: (asked.append(given[2].shape[1]), answers(*given))[1]
    )
    points = np.random.default_rng(0).uniform(1, 200, (40, 2)).astype(np.float32)

    decoder.predict(stored, Prompt(points, np.ones(40, int)))

    assert asked == [*range(26, 42)]  # 25 to 40 clicks, and one for padding


def test_an_answer_alone_is_gone_on_from(small_nano, photo) -> None:
    stored = small_nano.embed(photo)
    [first] = small_nano.predict(stored, Prompt(np.array([[410, 240]], np.float32), np.array([1])))

    [answer] = small_nano.predict(stored, Prompt(logits=first.logits[None]))

    assert answer.mask.shape == photo.shape[:2]
    assert 0 <= answer.score <= 1


def test_embedding_answering_and_looking_for_everything_import_no_torch(nano_dir: Path) -> None:
    script = f"""
import sys
from pathlib import Path
import numpy as np
from inference.segmenters import registry
from inference.segmenters.protocol import Prompt
nano = registry.load("sam_nano", Path({str(nano_dir)!r}))
image = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
embedding = nano.embed(image)
nano.predict(embedding, Prompt(np.array([[30, 20]], np.float32), np.array([1])))
nano.propose(image, embedding)
assert not [name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision")]
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("has_files", "expected"), [(True, "sam_nano"), (False, "classic")])
def test_new_projects_get_what_can_be_used(
    models: Path, tmp_path: Path, has_files: bool, expected: str
) -> None:
    if not has_files:
        damage(models / bundled.NAME / bundled.ENCODER_NAME)
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DEFAULT_SEGMENTER"},
        "DJANGO_SETTINGS_MODULE": "annotator.settings",
        "MASKWRIGHT_DATA": str(tmp_path / "data"),
        "MODELS_DIR": str(models),
    }
    script = (
        "import django; django.setup()\n"
        "from projects.models import Project\n"
        "print(Project().segmenter)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == expected


def test_the_shipped_files_are_sound_light_and_answer(tmp_path: Path, photo) -> None:
    shipped = bundled.read(tmp_path)
    nano = registry.load("sam_nano", tmp_path)
    embedding = nano.embed(photo)
    box = (340.0, 140.0, 530.0, 400.0)

    answer = nano.predict(embedding, Prompt(box_xyxy=box))[0]

    assert shipped.encoder.parent == bundled.SHIPPED
    assert sum(path.stat().st_size for path in (shipped.encoder, shipped.decoder)) <= 16e6
    assert embedding.array.astype(np.float16).nbytes <= 1.1e6
    inside = answer.mask[140:400, 340:530].mean()
    assert 0.15 < inside < 0.95
    assert bundled.default_segmenter(tmp_path) == "sam_nano"
