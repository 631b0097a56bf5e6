"""What becomes of uploads that are pictures."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from projects.pictures.types import BadPicture
from tests.projects.pictures.conftest import Take
from tests.projects.pictures.samples import (
    SCRIPT,
    chunk,
    deep_gray,
    encoded,
    exif_block,
    in_jpeg,
    in_png,
    in_webp,
    laid_down,
    picture,
    pixels,
    see_through,
    segment,
)

JPEG = encoded(picture(), "JPEG", quality=90)
PNG = encoded(picture())
WEBP = encoded(picture(), "WEBP", quality=80)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (JPEG, "image/jpeg"),
        (encoded(picture(), "JPEG", progressive=True), "image/jpeg"),
        (encoded(picture(), "JPEG", restart_marker_blocks=1), "image/jpeg"),
        (encoded(picture((200, 150)), "JPEG", subsampling=2), "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (encoded(picture(), "WEBP", lossless=True), "image/webp"),
    ],
)
def test_upright_pictures_keep_their_pixels(take: Take, data: bytes, mime: str) -> None:
    result, stored = take(data)

    assert pixels(stored) == pixels(data)
    assert (result.mime, result.turned, result.orientation) == (mime, False, 1)
    assert result.upload_sha256 == hashlib.sha256(data).hexdigest()
    assert result.sha256 == hashlib.sha256(stored).hexdigest()
    assert result.size_bytes == len(stored) == len(data) - result.removed_bytes


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(JPEG + SCRIPT, id="behind a JPEG"),
        pytest.param(in_jpeg(JPEG, segment(0xFE, SCRIPT)), id="JPEG comment"),
        pytest.param(in_jpeg(JPEG, segment(0xE1, b"Exif\0\0" + SCRIPT)), id="broken EXIF"),
        pytest.param(in_jpeg(JPEG, segment(0xED, SCRIPT)), id="APP13"),
        pytest.param(in_jpeg(JPEG, segment(0xE0, b"JFXX\0" + SCRIPT)), id="JFXX thumbnail"),
        pytest.param(in_jpeg(JPEG, segment(0xEE, b"Adobe\0d\0\0\0\0\1" + SCRIPT)), id="Adobe"),
        pytest.param(JPEG + JPEG + SCRIPT, id="second JPEG"),
        pytest.param(PNG + SCRIPT, id="behind a PNG"),
        pytest.param(in_png(PNG, chunk(b"tEXt", b"Comment\0" + SCRIPT)), id="PNG text"),
        pytest.param(in_png(PNG, chunk(b"prIv", SCRIPT)), id="private PNG chunk"),
        pytest.param(in_png(PNG, chunk(b"eXIf", SCRIPT)), id="PNG EXIF"),
        pytest.param(WEBP + SCRIPT, id="behind a WebP"),
        pytest.param(in_webp(WEBP, b"XMP \x1a\0\0\0" + SCRIPT + b"\0\0"), id="WebP XMP"),
    ],
)
def test_hidden_scripts_go_and_pixels_stay(take: Take, data: bytes) -> None:
    _, stored = take(data)

    assert b"script" not in stored
    assert stored.endswith((b"\xff\xd9", b"IEND\xaeB`\x82")) or stored.startswith(b"RIFF")
    assert pixels(stored) == pixels(data)


def test_thumbnail_in_a_jfif_header_goes(take: Take) -> None:
    thumbnail = b"JFIF\0\1\1\0\0\1\0\1\3\3" + SCRIPT + b"ab"  # 3 x 3 pixels of 3 bytes
    data = JPEG[:2] + segment(0xE0, thumbnail) + JPEG[20:]

    _, stored = take(data)

    assert b"script" not in stored
    assert pixels(stored) == pixels(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_position_goes_and_the_colour_profile_stays(take: Take, kind: str) -> None:
    block = exif_block(with_gps=True)
    data = encoded(picture(), kind, exif=block, icc_profile=PROFILE)

    result, stored = take(data)

    with Image.open(io.BytesIO(stored)) as image:
        assert dict(image.getexif()) == {}
        assert image.info["icc_profile"] == PROFILE
    assert result.removed_bytes >= len(block)
    assert pixels(stored) == pixels(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_once_as_exif_says(take: Take, kind: str, orientation: int) -> None:
    upright = picture((64, 32))
    options = {"PNG": {}, "JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    data = encoded(
        laid_down(upright, orientation), kind, exif=exif_block(orientation), **options[kind]
    )

    result, stored = take(data)

    with Image.open(io.BytesIO(stored)) as image:
        shown = np.asarray(image, dtype=int)
        assert dict(image.getexif()) == {}
    assert result.size_hw == (32, 64) == shown.shape[:2]
    assert (result.orientation, result.turned) == (orientation, orientation != 1)
    assert result.format == ("PNG" if result.turned else kind)
    assert np.abs(shown - np.asarray(upright, dtype=int)).max() <= (30 if kind == "JPEG" else 0)


def test_turning_keeps_the_colour_chunks_of_a_png(take: Take) -> None:
    gamma = chunk(b"gAMA", (45455).to_bytes(4, "big"))
    data = in_png(encoded(picture(), exif=exif_block(6)), gamma + chunk(b"tEXt", b"a\0" + SCRIPT))

    _, stored = take(data)

    assert gamma in stored
    assert b"script" not in stored


@pytest.mark.parametrize(
    ("image", "kind", "mode"),
    [
        (picture(mode="L"), "PNG", "L"),
        (picture(mode="1"), "PNG", "1"),
        (picture(mode="P"), "PNG", "P"),
        (see_through(), "PNG", "RGBA"),
        (picture(mode="LA"), "PNG", "LA"),
        (see_through(), "WEBP", "RGBA"),
        (deep_gray(), "PNG", "I;16"),
        (picture(mode="L"), "JPEG", "L"),
        (picture(mode="CMYK"), "JPEG", "CMYK"),
        (picture((1, 1)), "PNG", "RGB"),
        (picture((1, 30000)), "PNG", "RGB"),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_unusual_pictures_are_kept_as_they_are(
    take: Take, image: Image.Image, kind: str, mode: str, orientation: int
) -> None:
    data = encoded(image, kind, exif=exif_block(orientation))

    result, stored = take(data)

    width, height = image.size if orientation == 1 else image.size[::-1]
    assert result.size_hw == (height, width)
    assert result.mode == ("RGB" if (mode, orientation) == ("CMYK", 6) else mode)
    assert pixels(stored)[1] == (width, height)
    if orientation == 1:
        assert pixels(stored) == pixels(data)


def test_transparency_of_a_palette_survives_a_turn(take: Take) -> None:
    data = encoded(picture(mode="P"), transparency=3, exif=exif_block(3))

    _, stored = take(data)

    with Image.open(io.BytesIO(stored)) as image:
        assert image.info["transparency"] == 3


def test_phone_pictures_with_a_second_picture_keep_the_first(take: Take) -> None:
    first, second = picture((64, 48)), picture((16, 16))
    data = encoded(first, "MPO", save_all=True, append_images=[second])

    result, stored = take(data)

    assert (result.format, result.size_hw) == ("JPEG", (48, 64))
    assert stored.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_refused(take: Take, kind: str) -> None:
    data = encoded(picture(), kind, save_all=True, append_images=[picture(mode="L").convert("RGB")])

    with pytest.raises(BadPicture, match="animation") as refusal:
        take(data)

    assert refusal.value.code == "animated"


def test_png_of_one_frame_with_animation_chunks_is_a_picture(take: Take) -> None:
    data = in_png(PNG, chunk(b"acTL", b"\0\0\0\1\0\0\0\0"))

    _, stored = take(data)

    assert stored == PNG
