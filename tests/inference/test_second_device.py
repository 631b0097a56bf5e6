"""On another device than the CPU every model works as on it, and nothing is left behind."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = (
    "devices are told apart",
    "sam exact",
    "sam fast",
    "full card",
    "operators",
    "training",
)
OF_TRANSFORMERS = (
    "sam2", "edgetam", "sam_hq", "segformer", "maskformer", "mask2former", "detr", "oneformer",
    "sam3",
)  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """The errors by way; one process, for it cannot take back that it has such a device."""
    has_transformers = importlib.util.find_spec("transformers") is not None
    names = [*OWN, *(OF_TRANSFORMERS if has_transformers else ())]
    command = [sys.executable, "-m", "tests.inference.on_second_device", *names]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return dict(json.loads(line) for line in ended.stdout.splitlines() if line.startswith("["))


@pytest.mark.parametrize("way", [*OWN, *OF_TRANSFORMERS])
def test_it_works_there_as_here(told: dict[str, str], way: str) -> None:
    if way in OF_TRANSFORMERS:
        pytest.importorskip("transformers")

    assert not told[way], told[way]
