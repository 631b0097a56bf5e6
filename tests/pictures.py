"""Stored pictures for tests: a row and the bytes behind it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from PIL import Image as Picture

from projects.models import Image, Project
from tests.factories import make_image


def scene(width: int = 64, height: int = 48, seed: int = 0) -> np.ndarray:
    """Two bright shapes on a dark ground, with a little noise; uint8, HxWx3."""
    rows, columns = np.mgrid[:height, :width]
    pixels = np.full((height, width, 3), (30, 40, 50), np.uint8)
    pixels[height // 6 : height // 2, width // 8 : width // 3] = (220, 60, 40)
    disc = (rows - height * 0.6) ** 2 + (columns - width * 0.7) ** 2 < (height / 5) ** 2
    pixels[disc] = (60, 200, 90)
    noise = np.random.default_rng(seed).integers(0, 6, pixels.shape, np.uint8)
    return pixels + noise


def store_picture(project: Project, *, width: int = 64, height: int = 48, **fields: Any) -> Image:
    """An image whose file is stored; each call makes another picture."""
    seed = Image.objects.filter(project=project).count()
    buffer = io.BytesIO()
    Picture.fromarray(scene(width, height, seed)).save(buffer, "PNG")
    data = buffer.getvalue()
    digest = hashlib.sha256(data + str(project.pk).encode()).hexdigest()
    stored = hashlib.sha256(data).hexdigest()
    path = Path(settings.DATA_DIR) / "blobs" / stored[:2] / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return make_image(
        project,
        width=width,
        height=height,
        sha256=stored,
        size_bytes=len(data),
        **{"upload_sha256": digest, "name": f"scene{seed}.png", **fields},
    )
