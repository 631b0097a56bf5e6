"""SAM 2.1, EdgeTAM, SAM-HQ and SAM 3 answer as the library's own processor and model do."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.segmenters import registry
from inference.segmenters.box_prompts import predict_boxes
from inference.segmenters.protocol import Embedding, Prompt
from projects.errors import InvalidInput, Unprocessable

pytest.importorskip("transformers", reason="pip install transformers")

from tests.inference.segmenters.small_transformers import PROMPTED, save  # noqa: E402, RUF100

HEIGHT, WIDTH = 72, 96
CLASS_NAMES = {
    "sam2": ("Sam2Model", "Sam2Processor"),
    "edgetam": ("EdgeTamModel", "Sam2Processor"),
    "sam_hq": ("SamHQModel", "SamHQProcessor"),
}


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    waves = np.stack([rows * 3, columns * 2, (rows * columns) // 9], axis=2)
    return (waves % 256).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("promptable")


@pytest.fixture(scope="module", params=PROMPTED)
def kind(request, folder: Path) -> str:
    save(request.param, folder / request.param)
    return request.param


def prompt(points=(), labels=(), **fields: Any) -> Prompt:
    return Prompt(np.array(points, np.float32).reshape(-1, 2), np.array(labels, np.int64), **fields)


PROMPTS = {
    "click": prompt([(40, 30)], [1]),
    "three answers": prompt([(40, 30), (80, 60)], [1, 0], multimask=True),
    "box": prompt(box_xyxy=(10.0, 8.0, 70.0, 50.0)),
    "box and click": prompt([(30, 30)], [0], box_xyxy=(10.0, 8.0, 70.0, 50.0), multimask=True),
}


def library_says(kind: str, folder: Path, image: np.ndarray, asked: Prompt):
    """Masks and scores by the library alone, as its documentation has it."""
    from inference.segmenters.transformers_door import torch, transformers

    model_class, processor_class = CLASS_NAMES[kind]
    model = getattr(transformers, model_class).from_pretrained(folder).eval()
    processor = getattr(transformers, processor_class).from_pretrained(folder)
    words: dict[str, Any] = {}
    if len(asked.points_xy):
        words["input_points"] = [[asked.points_xy.tolist()]]
        words["input_labels"] = [[asked.point_labels.tolist()]]
    if asked.box_xyxy:
        words["input_boxes"] = [[list(asked.box_xyxy)]]
    inputs = processor(images=image, return_tensors="pt", **words)
    sizes = [inputs.pop("original_sizes")]
    if kind == "sam_hq":
        sizes.append(inputs.pop("reshaped_input_sizes"))
    with torch.inference_mode():
        outputs = model(**inputs, multimask_output=asked.multimask)
    [masks] = processor.post_process_masks(outputs.pred_masks, *sizes)
    return masks[0].numpy(), outputs.iou_scores[0, 0].numpy()


@pytest.mark.parametrize("case", PROMPTS)
def test_it_answers_what_the_library_answers(kind: str, folder: Path, image, case: str) -> None:
    masks, scores = library_says(kind, folder / kind, image, PROMPTS[case])
    segmenter = registry.load(kind, folder)

    ours = segmenter.predict(segmenter.embed(image), PROMPTS[case])

    assert len(ours) == len(masks) == (3 if PROMPTS[case].multimask else 1)
    left = [one.mask for one in ours]
    for mask, score in zip(masks, scores, strict=True):
        [same] = [one for one in ours if np.count_nonzero(one.mask != mask) <= 3][:1]
        assert same.score == pytest.approx(min(max(float(score), 0), 1), abs=1e-4)
    assert any(one.any() for one in left)


def test_boxes_asked_together_get_the_answers_of_each(kind: str, folder: Path, image) -> None:
    segmenter = registry.load(kind, folder)
    embedding = segmenter.embed(image)
    boxes = [(10.0, 8.0, 70.0, 50.0), (30.0, 20.0, 90.0, 70.0)]

    together = list(predict_boxes(segmenter, embedding, boxes))

    for box, answer in zip(boxes, together, strict=True):
        [alone] = segmenter.predict(embedding, prompt(box_xyxy=box))
        assert np.count_nonzero(alone.mask != answer.mask) <= 3
        assert answer.score == pytest.approx(alone.score, abs=1e-4)


def test_stored_features_answer_alike_and_answers_can_be_refined(
    kind: str, folder: Path, image
) -> None:
    segmenter = registry.load(kind, folder)
    embedding = segmenter.embed(image)
    stored = replace(embedding, array=embedding.array.astype(np.float16))
    first = segmenter.predict(embedding, PROMPTS["box"])[0]

    again = segmenter.predict(stored, PROMPTS["box"])[0]
    refined = segmenter.predict(embedding, replace(PROMPTS["click"], logits=first.logits[None]))
    drawn = np.zeros((HEIGHT, WIDTH), bool)
    drawn[20:50, 20:60] = True
    from_mask = segmenter.predict(embedding, prompt(mask=drawn))

    assert np.mean(again.mask != first.mask) < 0.02
    assert refined[0].mask.shape == from_mask[0].mask.shape == (HEIGHT, WIDTH)
    assert embedding.array.ndim == 1


def test_everything_is_found_once(kind: str, folder: Path, image) -> None:
    permissive = {"points_per_side": 3, "pred_iou_thresh": -1.0, "stability_score_thresh": 0.0}
    segmenter = registry.load(kind, folder, options=permissive)

    found = segmenter.propose(image, segmenter.embed(image))

    assert 1 <= len(found) <= 27
    assert {one.mask.shape for one in found} == {(HEIGHT, WIDTH)}
    with pytest.raises(InvalidInput, match="no options"):
        registry.load(kind, folder, options={"speed": 11})


def test_what_it_cannot_answer_is_refused(kind: str, folder: Path, image) -> None:
    segmenter = registry.load(kind, folder)
    embedding = segmenter.embed(image)

    for bad in (prompt(), prompt([(500, 1)], [1]), prompt(box_xyxy=(9.0, 9.0, 1.0, 1.0))):
        with pytest.raises(InvalidInput):
            segmenter.predict(embedding, bad)
    with pytest.raises(Unprocessable, match="cannot answer text"):
        segmenter.predict(embedding, prompt(text="bear"))
    with pytest.raises(InvalidInput):
        segmenter.predict(Embedding("other", "1", (HEIGHT, WIDTH), embedding.array), prompt())
    with pytest.raises(InvalidInput, match="logits of"):
        segmenter.predict(embedding, prompt(logits=np.zeros((1, 8, 8), np.float32)))


@pytest.fixture(scope="module")
def sam3(folder: Path) -> Path:
    save("sam3", folder / "sam3")
    (folder / "sam3.json").write_text(json.dumps({"family": "transformers", "threshold": 0.1}))
    return folder


BOX = (5.0, 5.0, 40.0, 40.0)
OTHER = (50.0, 5.0, 60.0, 40.0)


@pytest.mark.parametrize(
    "asked",
    [
        prompt(text="bear"),
        prompt(text="grass and  sky"),
        prompt(exemplars=((BOX, True),)),
        prompt(text="bear", exemplars=((BOX, True), (OTHER, False))),
    ],
    ids=["word", "words", "exemplar", "both"],
)
def test_sam3_finds_what_the_library_finds(sam3: Path, image, asked: Prompt) -> None:
    from inference.segmenters.transformers_door import torch, transformers

    model = transformers.Sam3Model.from_pretrained(sam3 / "sam3").eval()
    processor = transformers.Sam3Processor.from_pretrained(sam3 / "sam3")
    words: dict[str, Any] = {"text": " ".join(asked.text.split())} if asked.text else {}
    if asked.exemplars:
        words["input_boxes"] = [[list(box) for box, _ in asked.exemplars]]
        words["input_boxes_labels"] = [[int(alike) for _, alike in asked.exemplars]]
    inputs = processor(images=image, return_tensors="pt", **words)
    with torch.inference_mode():
        outputs = model(**inputs)
    [theirs] = processor.post_process_instance_segmentation(
        outputs, threshold=0.1, target_sizes=inputs["original_sizes"].tolist()
    )
    segmenter = registry.load("sam3", sam3)

    ours = segmenter.predict(segmenter.embed(image), asked)

    wanted = sorted(
        zip(theirs["scores"].tolist(), theirs["masks"].bool().numpy(), strict=True),
        key=lambda one: -one[0],
    )
    assert len(ours) == len(wanted) > 0
    assert [one.score for one in ours] == pytest.approx([score for score, _ in wanted], abs=1e-5)
    for mask in (mask for _, mask in wanted):
        assert any(np.count_nonzero(one.mask != mask) <= 3 for one in ours)


def test_sam3_reads_one_image_once_and_another_anew(sam3: Path, image) -> None:
    segmenter = registry.load("sam3", sam3)
    reads = []
    real = segmenter._model.get_vision_features
    segmenter._model.get_vision_features = lambda **words: reads.append(1) or real(**words)
    embedding = segmenter.embed(image)

    first = segmenter.predict(embedding, prompt(text="bear"))
    segmenter.predict(embedding, prompt(text="sky"))
    again = segmenter.predict(segmenter.embed(image.copy()), prompt(text="bear"))
    assert len(reads) == 1
    segmenter.predict(segmenter.embed(255 - image), prompt(text="bear"))

    assert len(reads) == 2
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(first, again, strict=True))


def test_sam3_wants_words(sam3: Path, image) -> None:
    segmenter = registry.load("sam3", sam3)
    embedding = segmenter.embed(image)

    with pytest.raises(Unprocessable, match="cannot answer points"):
        segmenter.predict(embedding, PROMPTS["click"])
    with pytest.raises(Unprocessable, match="does not outline everything"):
        segmenter.propose(image, embedding)
    with pytest.raises(InvalidInput):
        segmenter.predict(embedding, prompt(text="   "))
    with pytest.raises(InvalidInput, match="at most 500"):
        segmenter.predict(embedding, prompt(text="a" * 501))


def test_sam3_that_is_not_there_says_what_to_install(tmp_path: Path) -> None:
    [info] = [one for one in registry.describe(tmp_path) if one.name == "sam3"]

    assert not info.installed
    assert info.kinds == {"text", "exemplars"}
    assert "SAM License" in info.licence
    assert "pip install" not in info.why_not  # it is there
    assert "copy its folder to sam3" in info.why_not


def test_without_transformers_sam3_says_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "transformers" else found(name)
    )

    [info] = [one for one in registry.describe(tmp_path) if one.name == "sam3"]

    assert "Run: pip install transformers." in info.why_not
    assert "copy its folder to sam3" in info.why_not
