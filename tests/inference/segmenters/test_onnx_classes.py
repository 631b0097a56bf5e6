"""Any semantic or instance model as ONNX: its description is obeyed, its answers are its own."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from inference.segmenters import registry
from inference.segmenters.class_masks import ClassesDiffer
from inference.segmenters.prompts import validate_image
from inference.segmenters.protocol import Prompt
from projects.errors import InvalidInput, Unavailable, Unprocessable

SIDE = 64
CLASSES = ["background", "bear", "grass", "sky"]


def describe(folder: Path, name: str, **stated) -> None:
    weights = folder / stated.get("file", f"{name}.onnx")
    known = {
        "family": "onnx_semantic",
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "classes": CLASSES,
        "input": {"size": [SIDE, SIDE]},
    }
    (folder / f"{name}.json").write_text(json.dumps({**known, **stated}))


def write_constant(
    folder: Path, name: str, pixels: type = np.float32, **outputs: np.ndarray
) -> None:
    """A model that says the same of every image, whose pixels are of this kind."""
    came = helper.np_dtype_to_tensor_dtype(np.dtype(pixels))
    wanted = helper.make_tensor_value_info("pixels", came, [1, 3, None, None])
    nodes, told = [], []
    for word, value in outputs.items():
        nodes.append(helper.make_node("Constant", [], [word], value=numpy_helper.from_array(value)))
        kind = helper.np_dtype_to_tensor_dtype(value.dtype)
        told.append(helper.make_tensor_value_info(word, kind, value.shape))
    graph = helper.make_graph(nodes, name, [wanted], told)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        folder / f"{name}.onnx",
    )


def halves(rows: int = 8, columns: int = 8) -> np.ndarray:
    """Logits of bear on the left and sky on the right, 1 x 4 x rows x columns."""
    logits = np.zeros((1, 4, rows, columns), np.float32)
    logits[0, 1, :, : columns // 2] = 5
    logits[0, 3, :, columns // 2 :] = 4
    return logits


def find(folder: Path, name: str, image: np.ndarray):
    segmenter = registry.load(name, folder)
    return segmenter.propose(image, segmenter.embed(image))


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


@pytest.fixture(scope="module")
def unet(tmp_path_factory: pytest.TempPathFactory):
    """A U-Net of segmentation-models-pytorch and the folder that it was exported to."""
    from inference.segmenters.torch_door import torch

    smp = pytest.importorskip(
        "segmentation_models_pytorch", reason="pip install segmentation-models-pytorch"
    )
    torch.manual_seed(3)
    model = smp.Unet("timm-mobilenetv3_small_minimal_100", encoder_weights=None, classes=4).eval()
    with torch.no_grad():
        model.segmentation_head[0].bias.copy_(torch.tensor([0.0, 0.02, -0.02, 0.01]))
        model.segmentation_head[0].weight.mul_(30)
    folder = tmp_path_factory.mktemp("unet")
    torch.onnx.export(
        model, torch.zeros(1, 3, SIDE, SIDE), folder / "unet.onnx", dynamo=False,
        input_names=["image"], output_names=["mask"],
    )  # fmt: skip
    describe(folder, "unet", title="My U-Net", licence="MIT")
    return model, folder


def test_a_unet_finds_what_the_library_finds(unet, image) -> None:
    from inference.segmenters.torch_door import torch

    model, folder = unet
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    normal = torch.from_numpy(((image / 255 - mean) / std).transpose(2, 0, 1)[None]).float()
    with torch.no_grad():
        theirs = model(normal)[0]
    best, shares = theirs.argmax(0).numpy(), theirs.softmax(0).numpy()

    ours = find(folder, "unet", image)

    assert {one.class_name for one in ours} == {CLASSES[place] for place in np.unique(best)}
    assert len(ours) >= 2
    for one in ours:
        place = CLASSES.index(one.class_name)
        assert np.count_nonzero(one.mask != (best == place)) <= 2  # ties of other arithmetic
        assert one.score == pytest.approx(shares[place][best == place].mean(), abs=1e-3)
        assert 0 <= one.stability <= 1
        assert one.is_region


def test_an_image_of_another_shape_is_fitted_and_answered_at_its_own_size(unet) -> None:
    _, folder = unet
    image = np.random.default_rng(2).integers(0, 256, (50, 171, 3), np.uint8)

    found = find(folder, "unet", image)

    assert {one.mask.shape for one in found} == {(50, 171)}
    assert np.sum([one.mask for one in found], axis=0).max() == 1  # classes share no pixel


def test_the_registry_tells_of_it_without_opening_it(unet) -> None:
    _, folder = unet

    info = {one.name: one for one in registry.describe(folder)}["unet"]

    assert (info.title, info.licence, info.installed) == ("My U-Net", "MIT", True)
    assert info.kinds == {"classes"}
    assert [one.name for one in info.classes] == CLASSES
    assert info.size_bytes == (folder / "unet.onnx").stat().st_size
    script = (
        "import sys; from pathlib import Path; from inference.segmenters import registry; "
        f"assert registry.describe(Path({str(folder)!r})); "
        "print([m for m in ('torch', 'onnxruntime', 'transformers', 'cv2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_ignored_classes_are_left_out_and_regions_are_exact(tmp_path: Path, image) -> None:
    write_constant(tmp_path, "two", mask=halves())
    describe(tmp_path, "two", classes=["a", {"name": "bear", "ignore": True}, "grass", "sky"])

    [sky] = find(tmp_path, "two", image)

    assert sky.class_name == "sky"
    assert not sky.mask[:, : SIDE // 2 - 4].any()
    assert sky.mask[:, SIDE // 2 + 4 :].all()


def test_padding_is_cut_off_where_the_shape_is_kept(tmp_path: Path) -> None:
    write_constant(tmp_path, "two", mask=halves(8, 12))
    describe(tmp_path, "two", input={"longest_side": 96, "multiple_of": 32})
    image = np.zeros((40, 64, 3), np.uint8)  # becomes 40x64 in an input of 64x64

    found = {one.class_name: one.mask for one in find(tmp_path, "two", image)}

    assert found["bear"][:, :30].all()
    assert found["sky"][:, 36:].all()


def test_class_numbers_are_taken_as_they_are(tmp_path: Path, image) -> None:
    numbers = np.zeros((1, 16, 16), np.int64)
    numbers[0, :4, :8] = 2
    numbers[0, 8:, :] = 77  # none of the classes: nothing
    write_constant(tmp_path, "map", mask=numbers)
    describe(tmp_path, "map", classes=[{"name": "background", "ignore": True}, "bear", "grass"])

    [grass] = find(tmp_path, "map", image)

    assert grass.class_name == "grass"
    assert grass.mask.sum() == 16 * 32
    assert grass.mask[:16, :32].all()


def test_sigmoid_classes_may_overlap_and_one_is_enough(tmp_path: Path, image) -> None:
    logits = np.full((1, 1, 8, 8), -4, np.float32)
    logits[0, 0, :, 4:] = 4
    write_constant(tmp_path, "one", mask=logits)
    describe(tmp_path, "one", classes=["crack"], activation="sigmoid", threshold=0.6)

    [crack] = find(tmp_path, "one", image)

    assert crack.mask[:, 40:].all()
    assert not crack.mask[:, :24].any()
    assert crack.score > 0.9


def write_instances(folder: Path, count: int = 3) -> None:
    masks = np.zeros((count, 1, 32, 32), np.float32)
    masks[0, 0, :16, :16], masks[1, 0, 16:, 16:], masks[2, 0, :8, 24:] = 0.9, 0.8, 0.99
    write_constant(
        folder,
        "objects",
        boxes=np.zeros((count, 4), np.float32),
        labels=np.array([1, 2, 1][:count], np.int64),
        scores=np.array([0.7, 0.9, 0.2][:count], np.float32),
        masks=masks,
    )


def test_instances_above_the_threshold_come_best_first(tmp_path: Path, image) -> None:
    write_instances(tmp_path)
    describe(tmp_path, "objects", family="onnx_instance", threshold=0.5)

    found = find(tmp_path, "objects", image)

    assert [(one.class_name, round(one.score, 2)) for one in found] == [
        ("grass", 0.9),
        ("bear", 0.7),
    ]
    assert found[1].mask[:30, :30].all()
    assert not any(one.is_region for one in found)


@pytest.mark.parametrize("count", [3, 5])
def test_a_wrong_count_of_classes_is_said_with_both_counts(
    tmp_path: Path, image, count: int
) -> None:
    write_constant(tmp_path, "two", mask=halves())
    describe(tmp_path, "two", classes=CLASSES[:3] if count == 3 else [*CLASSES, "sea"])

    with pytest.raises(ClassesDiffer, match=f"gives 4 classes, its description names {count}"):
        find(tmp_path, "two", image)


def test_an_instance_of_no_class_is_said(tmp_path: Path, image) -> None:
    write_instances(tmp_path)
    describe(tmp_path, "objects", family="onnx_instance", classes=["background", "bear"])

    with pytest.raises(ClassesDiffer, match="names 2"):
        find(tmp_path, "objects", image)


def test_other_bytes_are_refused(tmp_path: Path, image) -> None:
    write_constant(tmp_path, "two", mask=halves())
    describe(tmp_path, "two")
    (tmp_path / "two.onnx").write_bytes(b"something else")

    with pytest.raises(Unavailable, match="expected sha256"):
        find(tmp_path, "two", image)


def test_what_is_no_onnx_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "two.onnx").write_bytes(b"something else")
    describe(tmp_path, "two")

    with pytest.raises(Unavailable, match=r"two.onnx cannot be opened"):
        registry.load("two", tmp_path)


def test_a_missing_output_is_said_with_those_there_are(tmp_path: Path) -> None:
    write_constant(tmp_path, "two", mask=halves())
    describe(tmp_path, "two", family="onnx_instance")

    with pytest.raises(Unavailable, match="no output 'scores'; it has mask"):
        registry.load("two", tmp_path)


def test_an_input_that_the_model_cannot_take_is_said(tmp_path: Path, image) -> None:
    write_constant(tmp_path, "two", mask=halves())
    model = onnx.load(tmp_path / "two.onnx")
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 32
    onnx.save(model, tmp_path / "two.onnx")
    describe(tmp_path, "two")

    with pytest.raises(Unavailable, match="cannot run on an input of"):
        find(tmp_path, "two", image)


def test_it_takes_no_prompts_and_no_odd_images(unet, image) -> None:
    _, folder = unet
    segmenter = registry.load("unet", folder)

    with pytest.raises(Unprocessable, match="takes no prompts"):
        segmenter.predict(segmenter.embed(image), Prompt(box_xyxy=(0.0, 0.0, 9.0, 9.0)))
    with pytest.raises(InvalidInput):
        segmenter.embed(image[..., 0])
    with pytest.raises(InvalidInput):
        segmenter.propose(image[:9], segmenter.embed(image))
    assert validate_image(image) is not None


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"family": "yolo"}, "family must be one of"),
        ({"classes": []}, "classes must name"),
        ({"classes": ["a", "b", "a"]}, "classes name 'a' 2 times"),
        ({"classes": [3]}, "a class is a name"),
        ({"classes": [{"name": "a", "is_thing": 1}]}, "is_thing of 'a'"),
        ({"sha256": "abc"}, "sha256 must be"),
        ({"file": "../secret"}, "file must name something beside"),
        ({"input": {"size": [64]}}, r"input.size must be \[height, width\]"),
        ({"input": {"size": [64, 1e9]}}, "input.size must be a whole number"),
        ({"input": {"mean": [0, 0]}}, "input.mean must be three numbers"),
        ({"input": {"std": [0, 1, 1]}}, "input.std must be above 0"),
        ({"input": {"order": "gbr"}}, "order must be one of"),
        ({"activation": "relu"}, "activation must be one of"),
        ({"threshold": 2}, "threshold must be from 0 to 1"),
        ({"title": 7}, "title must be text"),
    ],
)
def test_a_malformed_description_is_left_out_and_said(tmp_path: Path, stated, words: str) -> None:
    sound = {"family": "onnx_semantic", "sha256": "0" * 64, "classes": ["a"]}
    (tmp_path / "two.json").write_text(json.dumps({**sound, **stated}))

    assert "two" not in {one.name for one in registry.describe(tmp_path)}
    [told] = registry.malformed(tmp_path)
    assert re.search(words, told)
    assert told.startswith("two.json")
