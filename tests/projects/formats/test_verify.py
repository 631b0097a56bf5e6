"""The proof of an export: what it says, and that a defect of any kind stops the export."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from projects.errors import InvalidInput
from projects.formats import registry, verify
from projects.formats.mismatch import ExportMismatch
from tests.projects.formats import zoo

FORMATS = sorted(registry.FORMATS)
Json = dict[str, Any]


def exported(path: Path, format_name: str, **options: object) -> Path:
    verify.export(zoo.zoo(), path, format_name=format_name, options=options)
    return path


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_records_give_the_same_bytes(tmp_path: Path, format_name: str) -> None:
    digests = {
        hashlib.sha256(exported(tmp_path / f"{i}.zip", format_name).read_bytes()).hexdigest()
        for i in range(3)
    }

    assert len(digests) == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_verification_is_last_and_names_every_other_file(tmp_path: Path, format_name: str) -> None:
    with zipfile.ZipFile(exported(tmp_path / "out.zip", format_name)) as archive:
        *others, last = archive.namelist()
        verification = json.loads(archive.read(last))
        digests = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in others}

    assert last == "verification.json"
    assert verification["outcome"] == "verified"
    assert {name: each["sha256"] for name, each in verification["files"].items()} == digests
    assert verification["counts"]["images"] == 5
    assert verification["splits"] == {"default": 1, "train": 1, "val": 3}


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_archive_explains_itself(tmp_path: Path, format_name: str) -> None:
    with zipfile.ZipFile(exported(tmp_path / "out.zip", format_name)) as archive:
        readme = archive.read("README.md").decode()
        names = set(archive.namelist())

    assert "{split}" not in readme
    kind = format_name.removeprefix("coco_")
    assert f"annotations/{kind}_default.json" in readme
    assert f"annotations/{kind}_default.json" in names


def drop_last(document: Json) -> None:
    document["annotations"].pop()


def repeat_last(document: Json) -> None:
    document["annotations"].append(document["annotations"][-1])


def drop_image(document: Json) -> None:
    document["images"].pop(0)


def resize_image(document: Json) -> None:
    document["images"][0]["height"] += 1


def set_in_first(**values: object) -> Callable[[Json], None]:
    return lambda document: document["annotations"][0].update(values)


def set_in_first_segment(**values: object) -> Callable[[Json], None]:
    return lambda document: document["annotations"][0]["segments_info"][0].update(values)


def shift_mask(document: Json) -> None:
    segmentation = document["annotations"][0]["segmentation"]
    size = segmentation["size"]
    segmentation["counts"] = [1, size[0] * size[1] - 1]


BROKEN_INSTANCES = {
    "annotation missing": drop_last,
    "annotation twice": repeat_last,
    "image missing": drop_image,
    "image of another size": resize_image,
    "other mask": shift_mask,
    "area": set_in_first(area=501),
    "box": set_in_first(bbox=[5.0, 5.0, 24.0, 20.0]),
    "crowd": set_in_first(iscrowd=1),
    "category": set_in_first(category_id=2),
    "other id": set_in_first(id=77),
    "id zero": set_in_first(id=0),
}
BROKEN_PANOPTIC = {
    "annotation missing": drop_last,
    "annotation twice": repeat_last,
    "image missing": drop_image,
    "area": set_in_first_segment(area=7),
    "box": set_in_first_segment(bbox=[0, 0, 1, 1]),
    "other id": set_in_first_segment(id=77),
    "category": set_in_first_segment(category_id=2),
    "segment missing": lambda document: document["annotations"][0]["segments_info"].pop(),
}


def rewritten(path: Path, member: str, change: Callable[[bytes], bytes]) -> zipfile.ZipFile:
    """Copy an archive with one member changed."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == member else data)
    return zipfile.ZipFile(other)


def in_json(change: Callable[[Json], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        document = json.loads(data)
        change(document)
        return json.dumps(document).encode()

    return changed


def check(format_name: str, opened: zipfile.ZipFile) -> None:
    module = registry.load(format_name)
    with opened:
        registry.load_checker(format_name).check(zoo.zoo(), opened, module.Options())


@pytest.mark.parametrize("change", BROKEN_INSTANCES.values(), ids=BROKEN_INSTANCES.keys())
def test_a_defect_in_the_instances_is_found(
    tmp_path: Path, change: Callable[[Json], object]
) -> None:
    path = exported(tmp_path / "out.zip", "coco_instances")

    with pytest.raises(ExportMismatch):
        check(
            "coco_instances",
            rewritten(path, "annotations/instances_train.json", in_json(change)),
        )


@pytest.mark.parametrize("change", BROKEN_PANOPTIC.values(), ids=BROKEN_PANOPTIC.keys())
def test_a_defect_in_the_segments_is_found(
    tmp_path: Path, change: Callable[[Json], object]
) -> None:
    path = exported(tmp_path / "out.zip", "coco_panoptic")

    with pytest.raises(ExportMismatch):
        check("coco_panoptic", rewritten(path, "annotations/panoptic_train.json", in_json(change)))


def test_one_wrong_pixel_is_found(tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        pixels = np.array(Image.open(io.BytesIO(data)))
        pixels[3, 4] = [0, 0, 0]
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "PNG")
        return out.getvalue()

    path = exported(tmp_path / "out.zip", "coco_panoptic")

    with pytest.raises(ExportMismatch, match="pixels"):
        check("coco_panoptic", rewritten(path, "annotations/panoptic_train/a-2.png", change))


def test_an_object_that_disappears_without_a_reason_is_found(tmp_path: Path) -> None:
    path = exported(tmp_path / "out.zip", "coco_instances")

    with pytest.raises(ExportMismatch, match="without a reason"):
        check(
            "coco_instances",
            rewritten(path, "manifest.json", in_json(lambda each: each["findings"].clear())),
        )


@pytest.mark.parametrize("format_name", FORMATS)
def test_an_untouched_archive_passes_the_check(tmp_path: Path, format_name: str) -> None:
    path = exported(tmp_path / "out.zip", format_name)

    check(format_name, rewritten(path, "README.md", lambda data: data))


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_has_a_writer_a_check_and_its_options(format_name: str) -> None:
    info = registry.info(format_name)
    options = registry.load(format_name).Options

    assert info.name == format_name
    assert callable(registry.load(format_name).write)
    assert callable(registry.load_checker(format_name).check)
    for option in info.options:
        values = [value for value, _ in option.choices] or [True, False]
        assert option.default in values
        for value in values:
            assert getattr(options.of({option.name: value}), option.name) == value
        assert getattr(options(), option.name) == option.default
    assert {option.name for option in info.options} == set(options.__dataclass_fields__)


def test_unknown_formats_are_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="coco_panoptic"):
        registry.load("tfrecord")
    with pytest.raises(InvalidInput, match="coco_instances"):
        registry.load_reader("coco_panoptic")
