"""Makes the demo project: ten photographs and a schema with things and stuff."""

from __future__ import annotations

from pathlib import Path

from projects.models import Project, User
from projects.services.images import store_image
from projects.services.projects import create_project

PHOTOS = Path(__file__).parent / "photos"
NAME = "Demo: people, animals, places"
DESCRIPTION = (
    "Ten photographs to try things on. The model has proposed regions (hatched): give them a "
    "label with a digit, correct them with clicks or the brush, delete what is of no use, then "
    "submit the image and export the dataset."
)
LABELS: list[dict[str, object]] = [
    {"name": "person", "supercategory": "living", "color": "#0072b2"},
    {"name": "animal", "supercategory": "living", "color": "#e69f00"},
    {"name": "vehicle", "supercategory": "made", "color": "#009e73"},
    {"name": "food", "supercategory": "made", "color": "#d55e00"},
    {"name": "object", "supercategory": "made", "color": "#cc79a7"},
    {"name": "sky", "is_thing": False, "supercategory": "outdoor", "color": "#56b4e9"},
    {"name": "vegetation", "is_thing": False, "supercategory": "outdoor", "color": "#117733"},
    {"name": "ground", "is_thing": False, "supercategory": "outdoor", "color": "#999933"},
    {"name": "wall", "is_thing": False, "supercategory": "indoor", "color": "#332288"},
]


def make_demo_project(*, user: User) -> Project:
    """Create the demo project with its images; the caller starts the pre-labelling."""
    labels = [{**label, "hotkey": str(digit)} for digit, label in enumerate(LABELS, start=1)]
    project = create_project(
        user=user, name=NAME, description=DESCRIPTION, labels=labels, is_demo=True
    )
    for photo in sorted(PHOTOS.glob("*.jpg")):
        with photo.open("rb") as file:
            store_image(project=project, file=file, name=photo.name, split="", user=user)
    return project
