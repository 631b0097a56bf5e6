"""Colours as segmenters and previews see them."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from projects.pictures.decoding import STRIP_ROWS, to_rgb
from projects.pictures.overlay import paint, sample
from projects.pictures.pixels import read_rgb
from projects.pictures.preview import write_preview
from projects.pictures.types import BadPicture, Overlay
from tests.processes import ROOT
from tests.projects.pictures.samples import deep_gray, encoded, picture, see_through


def stored(folder: Path, image: Image.Image, kind: str = "PNG") -> Path:
    path = folder / "stored"
    path.write_bytes(encoded(image, kind))
    return path


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA"])
def test_every_mode_reads_as_three_bytes_a_pixel(tmp_path: Path, mode: str) -> None:
    rgb = read_rgb(stored(tmp_path, picture((20, 10), mode)))

    assert (rgb.shape, rgb.dtype) == ((10, 20, 3), np.uint8)
    assert rgb.flags.c_contiguous
    assert rgb.flags.writeable
    assert (rgb[0, 0] == 255).all()


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA", "I;16"])
def test_picture_read_in_strips_is_the_whole(tmp_path: Path, mode: str) -> None:
    columns, rows = 37, STRIP_ROWS * 2 + 5
    noise = np.random.default_rng(3).integers(0, 256, (rows, columns, 4), np.uint8)
    coloured = Image.fromarray(noise, "RGBA")
    image = deep_gray((columns, rows)) if mode == "I;16" else coloured.convert(mode)

    path = stored(tmp_path, image)

    with Image.open(path) as whole:
        assert (read_rgb(path) == np.asarray(to_rgb(whole))).all()


NARROW = """
import resource, sys
from pathlib import Path
from projects.pictures.pixels import read_rgb
read_rgb(Path(sys.argv[1]))  # what is loaded with the first picture
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (most, most))
read_rgb(Path(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits addresses")
def test_reading_holds_little_beside_the_array(tmp_path: Path) -> None:
    """Three bytes a pixel of the array, four of the decoded picture; 13 as Pillow copies it."""
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    Image.new("RGB", (8, 8)).save(small)
    Image.new("RGB", (4000, 4000), (9, 40, 50)).save(large)
    words = [sys.executable, "-c", NARROW, str(small), str(large), str(4000 * 4000 * 9)]

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_rgb_reads_unchanged(tmp_path: Path) -> None:
    image = picture((33, 21))

    assert (read_rgb(stored(tmp_path, image)) == np.asarray(image)).all()


def test_alpha_lies_over_white(tmp_path: Path) -> None:
    rgb = read_rgb(stored(tmp_path, see_through((4, 2))))

    assert rgb[0].tolist() == [[255, 255, 255]] * 2 + [[255, 0, 0]] * 2


def test_sixteen_bits_are_scaled_over_their_whole_range(tmp_path: Path) -> None:
    rgb = read_rgb(stored(tmp_path, deep_gray((256, 1))))

    assert (rgb[0, 0, 0], rgb[0, -1, 0]) == (0, 255)
    assert (np.diff(rgb[0, :, 0].astype(int)) >= 0).all()


def test_inks_read_as_light(tmp_path: Path) -> None:
    paper = Image.new("CMYK", (8, 8), (0, 0, 0, 0))

    assert read_rgb(stored(tmp_path, paper, "JPEG")).min() > 250


def test_damaged_stored_file_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(encoded(picture())[:-30])

    with pytest.raises(BadPicture, match="damaged"):
        read_rgb(path)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (picture((400, 200)), (100, 50)),
        (picture((200, 400)), (50, 100)),
        (picture((60, 40)), (60, 40)),
        (picture((1, 3000)), (1, 100)),
        (picture((400, 200), "P"), (100, 50)),
        (see_through((400, 200)), (100, 50)),
        (deep_gray((400, 200)), (100, 50)),
    ],
)
def test_preview_fits_and_never_grows(
    tmp_path: Path, image: Image.Image, expected: tuple[int, int]
) -> None:
    target = tmp_path / "new" / "preview.jpg"

    write_preview(stored(tmp_path, image), target, 100)

    with Image.open(target) as preview:
        assert (preview.format, preview.mode, preview.size) == ("JPEG", "RGB", expected)


def test_preview_looks_like_its_picture(tmp_path: Path) -> None:
    image = picture((400, 200))
    target = tmp_path / "preview.jpg"

    write_preview(stored(tmp_path, image), target, 100)

    small = np.asarray(image.resize((100, 50), Image.Resampling.BOX), dtype=int)
    shown = np.asarray(Image.open(io.BytesIO(target.read_bytes())), dtype=int)
    assert np.abs(shown - small).mean() < 5


def test_sampling_at_full_size_gives_the_mask(tmp_path: Path) -> None:
    mask = np.random.default_rng(1).random((7, 9)) < 0.5
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [not flat[-1]]])))
    runs = np.diff(np.concatenate([[0], edges]))

    assert (sample(runs.tolist(), (7, 9), (7, 9)) == mask).all()


@pytest.mark.parametrize(
    ("runs", "inside"), [((48,), 0), ((0, 48), 12), ((16, 32), 8), ((0, 16, 32), 4)]
)
def test_sampling_at_half_size_keeps_the_share(runs: tuple[int, ...], inside: int) -> None:
    assert sample(runs, (8, 6), (4, 3)).sum() == inside


def test_masks_are_filled_lightly_and_edged_strongly() -> None:
    gray = Image.new("RGB", (10, 10), (100, 100, 100))
    left = Overlay((0, 50, 50), (200, 0, 0))  # the left five columns

    painted = np.asarray(paint([left], gray, (10, 10)))

    assert painted[5, 0].tolist() == [200, 0, 0]
    assert painted[5, 2].tolist() == [145, 55, 55]
    assert painted[5, 7].tolist() == [100, 100, 100]


def test_an_outline_leaves_the_inside_of_its_mask_alone() -> None:
    gray = Image.new("RGB", (10, 10), (100, 100, 100))
    left = Overlay((0, 50, 50), (200, 0, 0), filled=False)

    painted = np.asarray(paint([left], gray, (10, 10)))

    assert painted[5, 0].tolist() == [200, 0, 0]
    assert painted[5, 2].tolist() == [100, 100, 100]
