"""Previews show the picture and its present masks, and are made once."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from projects.errors import InvalidInput, NotFound
from projects.models import Image, Label, Project, Revision
from projects.services.images import store_image
from projects.services.previews import preview_path, trim_previews
from projects.storage import blob_path
from tests.factories import make_annotation, make_label, make_project, make_user
from tests.projects.pictures.samples import encoded, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def image() -> Image:
    alice = make_user("alice")
    project = make_project(lead=alice)
    upload = io.BytesIO(encoded(picture((300, 200))))
    return store_image(project=project, file=upload, name="x", user=alice)[0]


def shown(path: Path) -> np.ndarray:
    with Picture.open(path) as preview:
        return np.asarray(preview, dtype=int)


def left_half(image: Image) -> np.ndarray:
    mask = np.zeros(image.size_hw, dtype=bool)
    mask[:, : image.width // 2] = True
    return mask


@pytest.mark.parametrize(
    ("size", "shape"), [(1, (85, 128)), (128, (85, 128)), (129, (171, 256)), (2048, (200, 300))]
)
def test_sizes_are_rounded_up_and_never_grow_the_picture(image, size, shape):
    assert shown(preview_path(image=image, size=size)).shape == (*shape, 3)


@pytest.mark.parametrize("size", [0, -1, 2049, 10**9])
def test_other_sizes_are_refused(image, size):
    with pytest.raises(InvalidInput, match=str(size)):
        preview_path(image=image, size=size)


def test_preview_is_made_once(image):
    first = preview_path(image=image, size=256)
    made = first.stat().st_mtime_ns

    assert preview_path(image=image, size=200) == first
    assert first.stat().st_mtime_ns == made


def test_masks_are_painted_in_their_labels_colour(image):
    label = make_label(image.project, color="#ff0000")
    make_annotation(image, label=label, mask=left_half(image))

    plain = shown(preview_path(image=image, size=256))
    painted = shown(preview_path(image=image, size=256, overlay=True))

    change = painted - plain
    assert change[80:90, 60:70, 0].mean() > 30
    assert change[80:90, 60:70, 1].mean() < -10
    assert np.abs(change[:, 150:]).mean() < 3


def test_changed_masks_and_colours_make_a_new_preview(image):
    label = make_label(image.project, color="#ff0000")
    annotation = make_annotation(image, label=label, mask=left_half(image))
    first = preview_path(image=image, size=256, overlay=True)

    Label.objects.filter(pk=label.pk).update(color="#00ff00")
    second = preview_path(image=image, size=256, overlay=True)
    third_revision = Revision.objects.get(pk=annotation.current_id)
    third_revision.pk, third_revision.number, third_revision.state = None, 2, "deleted"
    third_revision.save()
    annotation.current = third_revision
    annotation.save()

    assert second != first
    assert preview_path(image=image, size=256, overlay=True) == preview_path(image=image, size=256)


def test_images_without_masks_share_the_plain_preview(image):
    assert preview_path(image=image, size=256, overlay=True) == preview_path(image=image, size=256)


def test_a_suggestion_is_an_outline_and_a_confirmed_mask_is_filled(image):
    plain = shown(preview_path(image=image, size=256)).astype(int)
    make_annotation(image, mask=left_half(image))
    outlined = shown(preview_path(image=image, size=256, overlay=True)).astype(int)
    make_annotation(image, mask=left_half(image), label=make_label(image.project))
    filled = shown(preview_path(image=image, size=256, overlay=True)).astype(int)

    inside = np.s_[60:-60, 30:100]
    assert np.abs(outlined - plain)[inside].mean() < 4  # JPEG's own difference
    assert np.abs(filled - plain)[inside].mean() > 20
    assert np.abs(outlined - plain).max() > 50


def test_missing_picture_is_said_so(image):
    blob_path(image.sha256).unlink()

    with pytest.raises(NotFound) as refusal:
        preview_path(image=image, size=512)

    assert refusal.value.code == "blob_missing"


def test_old_previews_are_trimmed_and_made_again(image):
    old, young = preview_path(image=image, size=128), preview_path(image=image, size=256)
    then = time.time() - 31 * 24 * 3600
    os.utime(old, (then, then))

    assert trim_previews() == 1

    assert (old.exists(), young.exists()) == (False, True)
    assert preview_path(image=image, size=128).exists()


def test_projects_of_the_same_picture_share_it_but_not_its_masks(image):
    alice = image.created_by
    other: Project = make_project(lead=alice)
    upload = io.BytesIO(encoded(picture((300, 200))))
    twin, _ = store_image(project=other, file=upload, name="x", user=alice)
    make_annotation(image, label=make_label(image.project), mask=left_half(image))

    assert preview_path(image=twin, size=128) == preview_path(image=image, size=128)
    assert preview_path(image=twin, size=128, overlay=True) == preview_path(image=twin, size=128)
