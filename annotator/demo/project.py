"""Makes the demo project: ten photographs and a schema with things and stuff."""

from __future__ import annotations

from pathlib import Path

from projects.errors import sentence
from projects.models import Project, User
from projects.services.images import store_image
from projects.services.labels import LabelDraft
from projects.services.projects import create_project

PHOTOS = Path(__file__).parent / "photos"
NAME = "Demo: people, animals, places"
DESCRIPTION = sentence(
    "Ten photographs to try things on. The model has proposed regions (hatched): give them a "
    "label with a digit, correct them with clicks or the brush, delete what is of no use, then "
    "submit the image and export the dataset."
)
LABELS = (
    LabelDraft(name="person", supercategory="living", color="#0072b2"),
    LabelDraft(name="animal", supercategory="living", color="#e69f00"),
    LabelDraft(name="vehicle", supercategory="made", color="#009e73"),
    LabelDraft(name="food", supercategory="made", color="#d55e00"),
    LabelDraft(name="object", supercategory="made", color="#cc79a7"),
    LabelDraft(name="sky", supercategory="outdoor", color="#56b4e9", is_thing=False),
    LabelDraft(name="vegetation", supercategory="outdoor", color="#117733", is_thing=False),
    LabelDraft(name="ground", supercategory="outdoor", color="#999933", is_thing=False),
    LabelDraft(name="wall", supercategory="indoor", color="#332288", is_thing=False),
)


def make_demo_project(*, user: User) -> Project:
    """Create the demo project with its images; the caller starts the pre-labelling."""
    project = create_project(user=user, name=NAME, description=DESCRIPTION, labels=LABELS)
    Project.objects.filter(pk=project.pk).update(is_demo=True)
    for photo in sorted(PHOTOS.glob("*.jpg")):
        with photo.open("rb") as file:
            store_image(project=project, file=file, name=photo.name, user=user)
    return project
