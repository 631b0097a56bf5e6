"""What is installed is told without loading anything; what is missing is said with the way out."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from inference.segmenters import registry
from projects.errors import NotFound, Unavailable
from tests.inference.segmenters.small_sam import NAME, write_small_sam


def test_asking_what_there_is_imports_no_model_library(tmp_path):
    script = f"""
import sys
from pathlib import Path
from inference.segmenters import prompts, protocol, registry
assert registry.describe(Path({str(tmp_path)!r}))
print([name for name in ("torch", "cv2", "onnxruntime", "onnx", "django") if name in sys.modules])
"""
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert finished.stdout.strip() == "[]", finished.stderr


def test_classic_is_always_installed_and_sam_says_what_to_run(tmp_path):
    told = {info.name: info for info in registry.describe(tmp_path)}

    assert told["classic"].installed
    assert not told["sam_vit_b"].installed
    assert "fetch_model sam_vit_b" in told["sam_vit_b"].why_not
    assert str(tmp_path) in told["sam_vit_b"].why_not


@pytest.mark.parametrize("name", ["sam_vit_b", "sam_vit_l", "sam_vit_h"])
def test_a_missing_model_is_unavailable_with_the_way_out(tmp_path, name):
    with pytest.raises(registry.ModelMissing, match=f"No SAM weights found.*fetch_model {name}"):
        registry.load(name, tmp_path)
    assert issubclass(registry.ModelMissing, Unavailable)


@pytest.mark.parametrize("name", ["nothing", "../sam_small", "", "sam_../x"])
def test_an_unknown_name_is_not_found(tmp_path, name):
    with pytest.raises(NotFound):
        registry.load(name, tmp_path)


def test_a_sidecar_adds_a_segmenter(tmp_path):
    write_small_sam(tmp_path)

    told = {info.name: info for info in registry.describe(tmp_path)}

    assert told[NAME].installed
    assert told[NAME].licence == "Apache-2.0"
    assert registry.load(NAME, tmp_path).name == NAME


@pytest.mark.parametrize(
    "stated",
    [
        "{",
        "[]",
        json.dumps({"architecture": "vit_b"}),
        json.dumps({"sha256": "0" * 64, "architecture": "vit_z"}),
        json.dumps({"sha256": "0" * 64, "architecture": {"width": 8, "depth": 1}}),
        json.dumps({"sha256": "0" * 64, "architecture": {"width": 1e9, "depth": 1, "heads": 1}}),
        json.dumps({"sha256": "0" * 64, "architecture": {"width": 9, "depth": 1, "heads": 2}}),
    ],
)
def test_a_malformed_sidecar_is_left_out(tmp_path, stated):
    (tmp_path / "sam_broken.json").write_text(stated)

    assert {info.name for info in registry.describe(tmp_path)} == set(registry.NAMES)
