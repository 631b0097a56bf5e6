"""Pyramids hold every pixel of their picture at every level."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from projects.pictures.pool import DecodePool
from projects.pictures.tiles import TILE, Pyramid, read_tile, write_pyramid


def gradient(width: int, height: int) -> Picture.Image:
    """Another colour at each place, smooth, so that JPEG hardly changes it."""
    rows, columns = np.mgrid[:height, :width]
    red, green = columns * 255 // max(width - 1, 1), rows * 255 // max(height - 1, 1)
    return Picture.fromarray(np.dstack([red, green, (red + green) // 2]).astype(np.uint8))


def made(tmp_path: Path, picture: Picture.Image) -> tuple[Path, Pyramid]:
    source, target = tmp_path / "source", tmp_path / "tiles" / "one.tiles"
    picture.save(source, "PNG")
    write_pyramid(source, target)
    return target, Pyramid((picture.height, picture.width))


def tile(path: Path, pyramid: Pyramid, level: int, row: int, column: int) -> np.ndarray:
    place = pyramid.place(level, row, column)
    assert place is not None
    return np.asarray(Picture.open(io.BytesIO(read_tile(path, place))), dtype=int)


def level_of(path: Path, pyramid: Pyramid, level: int) -> np.ndarray:
    rows, columns = pyramid.grid(level)
    bands = [
        np.hstack([tile(path, pyramid, level, row, column) for column in range(columns)])
        for row in range(rows)
    ]
    return np.vstack(bands)


@pytest.mark.parametrize(
    "size", [(1, 1), (512, 512), (513, 511), (1300, 700), (701, 2049), (2600, 30)]
)
def test_every_level_is_the_picture_at_its_size(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = gradient(*size)
    path, pyramid = made(tmp_path, picture)

    assert max(pyramid.grid(pyramid.levels - 1)) == 1
    for level in range(pyramid.levels):
        shown = level_of(path, pyramid, level)
        expected = np.asarray(picture.reduce(2**level), dtype=int)
        assert shown.shape == expected.shape == (*pyramid.level_hw(level), 3)
        assert abs(shown - expected).max() <= 8  # JPEG, and halves of odd sides


def test_only_the_folder_of_a_pyramid_tells_of_it_once_it_is_whole(tmp_path: Path) -> None:
    path, _ = made(tmp_path, gradient(1000, 40))

    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("level", "row", "column"), [(-1, 0, 0), (3, 0, 0), (0, 2, 0), (0, 0, 3), (1, 0, 2)]
)
def test_there_is_no_tile_outside(level: int, row: int, column: int) -> None:
    assert Pyramid((2 * TILE, 3 * TILE)).place(level, row, column) is None


def test_places_are_counted_through() -> None:
    pyramid = Pyramid((1300, 700))

    places = [
        pyramid.place(level, row, column)
        for level in range(pyramid.levels)
        for row in range(pyramid.grid(level)[0])
        for column in range(pyramid.grid(level)[1])
    ]

    assert places == list(range(pyramid.count))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    stranger = tmp_path / "x.tiles"
    stranger.write_bytes(b"\0" * 64)

    with pytest.raises(ValueError, match="is no pyramid of tiles"):
        read_tile(stranger, 0)


def test_gray_of_sixteen_bits_and_transparency_follow_the_rules_of_colour(tmp_path: Path) -> None:
    deep, clear = tmp_path / "deep", tmp_path / "clear"
    deep.mkdir()
    clear.mkdir()

    path, pyramid = made(deep, Picture.fromarray(np.full((40, 60), 257 * 200, np.uint16)))
    assert abs(tile(path, pyramid, 0, 0, 0) - 200).max() <= 1
    path, pyramid = made(clear, Picture.new("RGBA", (60, 40), (10, 20, 30, 0)))
    assert tile(path, pyramid, 0, 0, 0).min() >= 254


@pytest.mark.slow
def test_sixty_four_megapixels_fit_into_the_childs_memory(tmp_path: Path) -> None:
    """8,000 x 8,000: 4 bytes a pixel decoded, and strips beside it."""
    source, target = tmp_path / "source", tmp_path / "x.tiles"
    gradient(8000, 8000).save(source, "JPEG", quality=80)
    pool = DecodePool(size=1, memory_bytes=600 << 20, seconds=120)

    pool.tiles(source, target)
    pool.close()

    pyramid = Pyramid((8000, 8000))
    assert (pyramid.levels, pyramid.count) == (5, 256 + 64 + 16 + 4 + 1)
    last = tile(target, pyramid, 0, 15, 15)
    assert last.shape == (8000 - 15 * TILE, 8000 - 15 * TILE, 3)
    assert abs(last[-1, -1] - 255).max() <= 4
