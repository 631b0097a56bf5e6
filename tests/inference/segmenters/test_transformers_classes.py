"""Models of transformers that know classes give the masks of the library's own pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from inference.segmenters import registry
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.class_masks import ClassesDiffer
from projects.errors import Unavailable

pytest.importorskip("transformers", reason="pip install transformers")

from tests.inference.segmenters.small_transformers import BUILDERS, CLASSES, PROMPTED, save

HEIGHT, WIDTH = 72, 96
THRESHOLD = 0.3  # random weights are sure of nothing


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    waves = np.stack([rows * 3, columns * 2, (rows * columns) // 9], axis=2)
    return (waves % 256).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transformers")


def pipeline_says(folder: Path, image: np.ndarray) -> list[tuple[str, float | None, np.ndarray]]:
    from inference.segmenters.transformers_door import transformers

    if folder.name == "oneformer":
        return processor_says(folder, image)
    pipe = transformers.pipeline("image-segmentation", model=str(folder), device="cpu")
    found = pipe(Picture.fromarray(image), threshold=THRESHOLD, overlap_mask_area_threshold=0.8)
    return [(one["label"], one["score"], np.asarray(one["mask"]) > 0) for one in found]


def processor_says(folder: Path, image: np.ndarray) -> list[tuple[str, float | None, np.ndarray]]:
    """OneFormer as its documentation has it; the pipeline pads the task's words with others."""
    from inference.segmenters.transformers_door import torch, transformers

    processor = transformers.OneFormerProcessor.from_pretrained(folder)
    model = transformers.OneFormerForUniversalSegmentation.from_pretrained(folder).eval()
    with torch.inference_mode():
        inputs = processor(Picture.fromarray(image), ["panoptic"], return_tensors="pt")
        outputs = model(**inputs)
    [found] = processor.post_process_panoptic_segmentation(
        outputs, threshold=THRESHOLD, target_sizes=[image.shape[:2]]
    )
    return [
        (CLASSES[one["label_id"]], one["score"], (found["segmentation"] == one["id"]).numpy())
        for one in found["segments_info"]
    ]


@pytest.mark.parametrize("kind", BUILDERS)
def test_it_finds_what_the_librarys_pipeline_finds(kind: str, folder: Path, image) -> None:
    save(kind, folder / kind)
    described = {"family": "transformers", "file": kind, "threshold": THRESHOLD}
    (folder / f"{kind}.json").write_text(json.dumps(described))
    theirs = [one for one in pipeline_says(folder / kind, image) if one[2].any()]

    segmenter = registry.load(kind, folder)
    ours = segmenter.propose(image, segmenter.embed(image))

    assert theirs, "the random weights should find something to compare"
    assert len(ours) == len(theirs)
    left = list(ours)
    for label, score, mask in theirs:
        [same] = [
            one for one in left if one.class_name == label and np.array_equal(one.mask, mask)
        ][:1]
        left = [one for one in left if one is not same]
        assert score is None or same.score == pytest.approx(score, abs=1e-5)
        assert 0 <= same.stability <= 1
    [info] = [one for one in registry.describe(folder) if one.name == kind]
    assert [one.name for one in info.classes] == CLASSES
    assert info.kinds == {"classes"}
    assert info.installed


def test_a_folder_needs_no_description(folder: Path, image) -> None:
    bare = folder / "bare"
    save("segformer", bare)

    [info] = [one for one in registry.describe(folder) if one.name == "bare"]
    segmenter = registry.load("bare", folder)

    assert info.title == "SegFormer (bare)"
    assert {one.class_name for one in segmenter.find(image)} <= set(CLASSES)
    assert {one.mask.shape for one in segmenter.find(np.zeros((30, 2500, 3), np.uint8))} == {
        (30, 2500)
    }


def test_wrong_counts_pickles_and_torn_folders_are_said(folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "mine"
    save("segformer", saved)
    (tmp_path / "mine.json").write_text(json.dumps({"family": "transformers", "classes": ["a"]}))

    with pytest.raises(ClassesDiffer, match="gives 4 classes, its description names 1"):
        registry.load("mine", tmp_path)
    (tmp_path / "mine.json").unlink()

    config = json.loads((saved / "config.json").read_text())
    (saved / "config.json").write_text(json.dumps({**config, "decoder_hidden_size": 24}))
    with pytest.raises(Unavailable, match="mine"):
        registry.load("mine", tmp_path)

    (saved / "config.json").write_text(json.dumps({**config, "depths": [1, 1, 1, 2]}))
    with pytest.raises(Unavailable, match=r"lacks .* weights"):
        registry.load("mine", tmp_path)

    (saved / "preprocessor_config.json").unlink()
    (saved / "config.json").write_text(json.dumps(config))
    with pytest.raises(Unavailable, match=r"lacks what AutoImageProcessor needs"):
        registry.load("mine", tmp_path)

    (saved / "model.safetensors").rename(saved / "pytorch_model.bin")
    [info] = [one for one in registry.describe(tmp_path) if one.name == "mine"]
    assert not info.installed
    assert "a pickle, which may run code" in info.why_not
    with pytest.raises(registry.ModelMissing):
        registry.load("mine", tmp_path)


@pytest.mark.parametrize(
    ("config", "words"),
    [("{", "config.json"), ("{}", "names no model_type"), ('{"model_type": "bert"}', "'bert'")],
)
def test_a_folder_that_nobody_can_read_is_said(tmp_path: Path, config: str, words: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "config.json").write_text(config)

    assert "odd" not in {one.name for one in registry.describe(tmp_path)}
    [told] = registry.malformed(tmp_path)
    assert words in told


@pytest.mark.parametrize("kind", [*BUILDERS, *PROMPTED, "sam3"])
def test_weights_that_are_no_numbers_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    model = save(kind, tmp_path / kind)
    name, weight = next(iter(model.named_parameters()))
    weight.data.view(-1)[-1] = float("nan")
    model.save_pretrained(tmp_path / kind)

    with pytest.raises(CheckpointRefused, match=rf"{kind} is damaged: its weight .*{name[-9:]}"):
        registry.load(kind, tmp_path)


@pytest.mark.parametrize("rows", [1, 3])
def test_rows_are_not_taken_for_colours(folder: Path, rows: int) -> None:
    """A picture of few rows is read as the same picture with each of its rows drawn out."""
    save("segformer", folder / "rows")
    segmenter = registry.load("rows", folder)
    flat = np.random.default_rng(5).integers(0, 256, (rows, 64, 3), np.uint8)

    found = segmenter.find(flat)
    tall = segmenter.find(np.repeat(flat, 64 // rows, axis=0))

    assert {one.class_name for one in found} <= {one.class_name for one in tall}
    assert {one.mask.shape for one in found} == {(rows, 64)}
