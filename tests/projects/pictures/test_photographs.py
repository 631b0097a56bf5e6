"""Real photographs, as cameras and web sites wrote them, keep every pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from projects.pictures.pixels import read_rgb
from tests.projects.pictures.conftest import Take
from tests.projects.pictures.samples import exif_block, in_jpeg, pixels, segment

PHOTOS = sorted(Path(__file__).parents[3].glob("annotator/demo/photos/*.jpg"))


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_photographs_keep_their_pixels(take: Take, path: Path) -> None:
    result, stored = take(path.read_bytes())

    assert pixels(stored) == pixels(path.read_bytes())
    assert (read_rgb(result.stored_path) == np.asarray(Image.open(path).convert("RGB"))).all()
    assert not any(word in stored for word in (b"Exif\0", b"http://ns.adobe.com", b"Photoshop"))
    assert take(stored)[1] == stored


@pytest.mark.parametrize("orientation", range(2, 9))
def test_turned_photographs_are_the_same_pixels_turned(take: Take, orientation: int) -> None:
    photo = PHOTOS[0].read_bytes()
    data = in_jpeg(photo, segment(0xE1, exif_block(orientation)))

    result, _ = take(data)

    height, width = np.asarray(Image.open(PHOTOS[0])).shape[:2]
    flat = np.asarray(Image.open(PHOTOS[0]).convert("RGB"))
    # EXIF 2.32, tag 274: where the stored first row and first column lie when shown.
    shown = {
        2: flat[:, ::-1],
        3: flat[::-1, ::-1],
        4: flat[::-1],
        5: flat.transpose(1, 0, 2),
        6: flat[::-1].transpose(1, 0, 2),
        7: flat[::-1, ::-1].transpose(1, 0, 2),
        8: flat[:, ::-1].transpose(1, 0, 2),
    }[orientation]
    assert (read_rgb(result.stored_path) == shown).all()
    assert result.size_hw == ((height, width) if orientation <= 4 else (width, height))
