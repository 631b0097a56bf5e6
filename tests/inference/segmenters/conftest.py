"""A small SAM, a photograph and the segmenters that can be loaded here."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.segmenters import bundled, registry
from tests.inference.segmenters.small_nano import write_small_nano
from tests.inference.segmenters.small_sam import NAME, write_small_sam

PHOTO = Path(__file__).parents[2] / "data" / "photos" / "cyclist.jpg"


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """A real photograph, uint8, 426x640x3, RGB."""
    return np.ascontiguousarray(cv2.imread(str(PHOTO))[..., ::-1])


@pytest.fixture(scope="session")
def sam_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_small_sam(folder)
    return folder


@pytest.fixture(scope="session")
def small_sam(sam_dir: Path):
    return registry.load(NAME, sam_dir)


@pytest.fixture(scope="session")
def classic():
    return registry.load("classic", Path("/nonexistent"))


@pytest.fixture(scope="session")
def nano_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_small_nano(folder)
    return folder


@pytest.fixture(scope="session")
def small_nano(nano_dir: Path):
    return registry.load(bundled.NAME, nano_dir)


@pytest.fixture(scope="session", params=["classic", bundled.NAME, NAME])
def segmenter(request, classic, small_nano, small_sam):
    """Every segmenter that this machine can load."""
    return {"classic": classic, bundled.NAME: small_nano, NAME: small_sam}[request.param]
