"""Uploads that are refused, and why."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from projects.errors import ApplicationError, TooLarge
from projects.pictures.types import BadPicture, Limits, TooManyPixels
from tests.projects.pictures.conftest import Take
from tests.projects.pictures.samples import SCRIPT, claiming_png, encoded, exif_block, picture

SAMPLES = {
    "jpeg": encoded(picture(), "JPEG"),
    "progressive": encoded(picture(), "JPEG", progressive=True),
    "png": encoded(picture()),
    "webp": encoded(picture(), "WEBP"),
    "lossless webp": encoded(picture(), "WEBP", lossless=True, exif=exif_block()),
}


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_pictures_are_refused(take: Take, kind: str, share: float) -> None:
    data = SAMPLES[kind]

    with pytest.raises(BadPicture):
        take(data[: int(len(data) * share)])


@pytest.mark.parametrize("kind", SAMPLES)
def test_pictures_without_their_last_bytes_are_refused(take: Take, kind: str) -> None:
    with pytest.raises(BadPicture):
        take(SAMPLES[kind][:-2])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 1000, "not a JPEG, PNG or WebP"),
        (b"just some text", "not a JPEG, PNG or WebP"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript"),
        (b"8BPS\0\1" + b"\0" * 40, "a Photoshop"),
        (b"SIMPLE  =                    T", "a FITS"),
        (b"<!DOCTYPE html><html>", "an HTML"),
        (b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg'>", "an SVG"),
        (b"\0\0\0\x1cftypheic" + b"\0" * 20, "a HEIC"),
        (b"GIF89a/*" + SCRIPT, "a GIF"),
        (encoded(picture(), "TIFF"), "a TIFF"),
        (encoded(picture(), "BMP"), "a BMP"),
        (encoded(picture(), "ICO"), "an icon"),
        (encoded(picture(), "GIF"), "a GIF"),
        (encoded(picture(), "PPM"), "not a JPEG, PNG or WebP"),
        (encoded(picture(), "JPEG2000"), "not a JPEG, PNG or WebP"),
    ],
)
def test_other_kinds_of_files_are_refused_by_name(take: Take, data: bytes, reason: str) -> None:
    with pytest.raises(BadPicture, match=reason):
        take(data)


@pytest.mark.parametrize("position", [0, 3, 12, 29, 60, -6])
def test_flipped_bytes_of_a_png_are_noticed(take: Take, position: int) -> None:
    data = bytearray(SAMPLES["png"])
    data[position] ^= 0x55

    with pytest.raises(ApplicationError):
        take(bytes(data))


@pytest.mark.parametrize("side", [60_000, 13_000])
def test_claimed_size_is_refused_before_any_pixel(take: Take, side: int) -> None:
    with pytest.raises(TooManyPixels, match="at most 100,000,000"):
        take(claiming_png(side, side))


@pytest.mark.parametrize(
    ("size_wh", "limits"),
    [
        ((10, 11), Limits(max_pixels=109)),
        ((101, 1), Limits(max_side=100)),
        ((1, 101), Limits(max_side=100)),
    ],
)
def test_pixels_beyond_the_limit_are_refused(
    take: Take, size_wh: tuple[int, int], limits: Limits
) -> None:
    with pytest.raises(TooManyPixels) as refusal:
        take(encoded(picture(size_wh)), limits)

    assert (refusal.value.facts["width"], refusal.value.facts["height"]) == size_wh


def test_sizes_at_the_limits_are_accepted(take: Take) -> None:
    data = encoded(picture((10, 11)))

    result, _ = take(data, Limits(max_bytes=len(data), max_pixels=110, max_side=11))

    assert result.size_hw == (11, 10)


def test_bytes_beyond_the_limit_are_refused(take: Take) -> None:
    data = encoded(picture())

    with pytest.raises(TooLarge, match="more than"):
        take(data, Limits(max_bytes=len(data) - 1))


def test_refused_uploads_leave_no_file(take: Take, tmp_path: Path) -> None:
    with pytest.raises(BadPicture):
        take(SAMPLES["jpeg"][:-40])

    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("kind", SAMPLES)
def test_mutated_pictures_are_refused_or_taken_but_never_break(take: Take, kind: str) -> None:
    outcomes = set()
    for seed in range(200):
        try:
            result, stored = take(_mutated(SAMPLES[kind], random.Random(seed)))
        except (BadPicture, TooManyPixels):
            outcomes.add("refused")
            continue
        outcomes.add("taken")
        again, _ = take(stored)  # what was stored is clean and whole
        assert again.sha256 == result.sha256

    assert "refused" in outcomes


def _mutated(data: bytes, dice: random.Random) -> bytes:
    mutant = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(mutant))
        action = dice.choice(["flip", "set", "insert", "remove", "double"])
        if action == "flip":
            mutant[place] ^= 1 << dice.randrange(8)
        elif action == "set":
            mutant[place] = dice.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif action == "insert":
            mutant[place:place] = dice.randbytes(dice.randint(1, 9))
        elif action == "remove":
            del mutant[place : place + dice.randint(1, 9)]
        else:
            mutant[place:place] = mutant[place : place + dice.randint(1, 40)]
    return bytes(mutant)
