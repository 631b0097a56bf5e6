"""Images stored by the service."""

from __future__ import annotations

import io
from typing import Any

from projects.models import Image, Project, User
from projects.services.images import store_image
from tests.projects.pictures.samples import (
    encoded,
    picture,
)

PNG = encoded(picture())


def store(project: Project, user: User, data: bytes = PNG, **fields: Any) -> tuple[Image, bool]:
    values = {"name": "street.png", "split": "", **fields}
    return store_image(project=project, file=io.BytesIO(data), user=user, **values)
