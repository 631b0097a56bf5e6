"""What a data folder gets once: its owner's account and the demo project."""

from __future__ import annotations

from collections.abc import Callable

from annotator.demo.project import make_demo_project
from inference.segmenters import advised
from projects.models import Image, Project, User
from projects.services import decoders
from projects.services.jobs import create_job
from projects.tasks import ring

OWNER = "admin"


def needs_first_start() -> bool:
    """Whether nobody has an account here yet."""
    return not User.objects.exists()


def owner() -> User:
    """The account that the printed link logs in: the first superuser, made if there is none."""
    user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        user = User(username=OWNER, is_superuser=True)
        user.set_unusable_password()
        user.save()
    return user


def demo_project(*, user: User, say: Callable[[str], None]) -> Project:
    """Make the demo project and ask for its pre-labelling, which the worker does."""
    project = make_demo_project(user=user)
    decoders.pool().close()  # this process decodes nothing more
    images = Image.objects.filter(project=project)
    job = create_job(
        project=project,
        kind="prelabel",
        params={
            "segmenter": project.segmenter,
            "mode": "everything",
            "tidying": dict(advised.TIDYING),
        },
        images=images,
        user=user,
    )
    ring(job.pk)
    say(f"Made the demo project with {images.count()} photographs; the worker pre-labels them.")
    return project
