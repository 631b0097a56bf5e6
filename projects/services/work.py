"""The order of work: who has which image in hand, and where each image is on its way.

A lease keeps two people from being sent to the same image; it never blocks a write. Leases are
measured by the database's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from projects.errors import Conflict, InvalidInput, NotFound, sentence
from projects.models import Image, ImageSkip, ImageStatus, Project, User
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.signals import images_coming_up

LEASE = timedelta(minutes=30)
CANDIDATES = 32  # as many as others may snatch between our look and our claim
ROUNDS = 8
FORESEEN = 3  # images that are prepared while somebody works on one

ORDERS = ("uncertainty", "created", "random")
TO_ANNOTATE = (
    ImageStatus.NEW,
    ImageStatus.PRELABELLED,
    ImageStatus.IN_PROGRESS,
    ImageStatus.SENT_BACK,
)


@dataclass(frozen=True, slots=True)
class Queue:
    """A kind of work: who may do it, on which images, and the column that names whose it is."""

    action: Action
    statuses: tuple[ImageStatus, ...]
    person: str


QUEUES = {
    "annotate": Queue(Action.ANNOTATE, TO_ANNOTATE, "assignee"),
    "review": Queue(Action.REOPEN, (ImageStatus.SUBMITTED,), "reviewer"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """An image to work on next, and why it is this one."""

    image: Image
    reason: str


def next_task(
    *,
    user: User,
    project: Project,
    kind: str = "annotate",
    order: str = "uncertainty",
    pivot: float,
) -> Task | None:
    """Lease the next image to the user; None if nothing is left.

    First what is assigned to the user, then what is nobody's, then what the user already has in
    hand, last what the user passed over. No two users are given the same image.

    Args:
        user: Who asks.
        project: Where.
        kind: annotate, or review (what is submitted).
        order: uncertainty, created or random.
        pivot: 0..1, drawn by the caller; where the random order begins.

    Raises:
        Forbidden: The user's role does not allow it.
        InvalidInput: There is no such kind or order.
        Conflict: Others were faster again and again; there are images left.
    """
    if kind not in QUEUES or order not in ORDERS:
        raise InvalidInput(
            f"kind is {kind[:40]!a} and order {order[:40]!a}; known are {', '.join(QUEUES)} and "
            f"{', '.join(ORDERS)}.",
            code="bad_queue",
        )
    queue = QUEUES[kind]
    require(user=user, project=project, action=queue.action)
    waiting = _waiting(user, project, queue)
    start = 1 + int(pivot * project.next_image_number)
    for group in _groups(waiting, user, queue.person):
        image_id = _take_one(group, user, order, start)
        if image_id:
            image = Image.objects.select_related("project").get(pk=image_id)
            coming = [] if order == "random" else _coming_up(waiting, user, queue.person, order)
            tell = partial(images_coming_up.send, sender=Image, image_ids=[image_id, *coming])
            transaction.on_commit(tell, robust=True)
            return Task(image, _reason(image, order))
    return None


@transaction.atomic
def hold_lease(*, user: User, image: Image) -> None:
    """Take the image in hand, or keep it there, for another 30 minutes.

    Raises:
        Forbidden: The user's role does not allow it.
        Conflict: Somebody else has it; the facts say who and until when.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    if _lease(Image.objects.filter(_unheld() | Q(lease_user=user), pk=image.pk), user):
        return
    image = Image.objects.select_related("lease_user").get(pk=image.pk)
    holder = image.lease_user.username if image.lease_user else ""
    raise Conflict(
        f"{holder} has this image in hand.",
        code="leased",
        username=holder,
        until=image.lease_until.isoformat() if image.lease_until else None,
    )


def release_lease(*, user: User, image: Image) -> None:
    """Put the image back, if the user has it in hand.

    Raises:
        Forbidden: The user's role does not allow it.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    Image.objects.filter(pk=image.pk, lease_user=user).update(lease_user=None, lease_until=None)


@transaction.atomic
def skip_image(*, user: User, image: Image) -> None:
    """Put the image back, and last in this user's queue.

    Raises:
        Forbidden: The user's role does not allow it.
    """
    release_lease(user=user, image=image)
    ImageSkip.objects.update_or_create(image=image, user=user, defaults={"created_at": Now()})


@transaction.atomic
def submit_image(*, user: User, image: Image) -> None:
    """Say that the work on the image is done; once submitted, again changes nothing.

    Raises:
        Forbidden: The user's role does not allow it.
        Conflict: The image is accepted.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    rows = Image.objects.filter(pk=image.pk, deleted_at__isnull=True)
    submitted = rows.filter(status__in=TO_ANNOTATE).update(
        status=ImageStatus.SUBMITTED, lease_user=None, lease_until=None
    )
    if not submitted:
        _expect(rows, ImageStatus.SUBMITTED)


@transaction.atomic
def reopen_image(*, user: User, image: Image) -> None:
    """Take a submitted or accepted image back into work.

    Raises:
        Forbidden: The user's role does not allow it.
        Conflict: The image is neither.
    """
    require(user=user, project=image.project, action=Action.REOPEN)
    rows = Image.objects.filter(pk=image.pk, deleted_at__isnull=True)
    closed = rows.filter(status__in=[ImageStatus.SUBMITTED, ImageStatus.ACCEPTED])
    if not closed.update(status=ImageStatus.IN_PROGRESS):
        _expect(rows, ImageStatus.IN_PROGRESS)


def _expect(rows: QuerySet[Image], status: ImageStatus) -> None:
    """Let a repeat of what is done already pass; refuse every other status."""
    found = rows.values_list("status", flat=True).first()
    if found is None:
        raise NotFound("There is no such image.")
    if found != status:
        raise Conflict(f"The image is {found}.", code="image_status", image_status=found)


def _waiting(user: User, project: Project, queue: Queue) -> QuerySet[Image]:
    return Image.objects.filter(
        Q(**{queue.person: user}) | Q(**{f"{queue.person}__isnull": True}),
        project=project,
        deleted_at__isnull=True,
        status__in=queue.statuses,
    )


def _coming_up(waiting: QuerySet[Image], user: User, person: str, order: str) -> list[int]:
    """What the user will probably be given next, for those who prepare it."""
    found: list[int] = []
    for group in islice(_groups(waiting, user, person), 2):  # neither in hand nor passed over
        found += _first(group, order, 1)[: FORESEEN - len(found)]
    return found


def _unheld() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lte=database_now())


def _groups(waiting: QuerySet[Image], user: User, person: str) -> Iterator[QuerySet[Image]]:
    """What may be given, best group first."""
    skipped = Exists(ImageSkip.objects.filter(user=user, image=OuterRef("pk")))
    free = waiting.filter(_unheld())
    yield free.filter(~skipped, **{person: user})
    yield free.filter(~skipped, **{f"{person}__isnull": True})
    yield waiting.filter(lease_user=user, lease_until__gt=database_now())
    yield free.filter(skipped)


def _take_one(group: QuerySet[Image], user: User, order: str, start: int) -> int | None:
    """Lease one of the group; None if it is empty, not merely because others were faster."""
    for _ in range(ROUNDS):
        image_ids = _first(group, order, start)
        if not image_ids:
            return None
        for image_id in image_ids:
            if _lease(group.filter(pk=image_id), user):
                return image_id
    raise Conflict("Others took every image first; ask again.", code="queue_contended")


def _first(rows: QuerySet[Image], order: str, start: int) -> list[int]:
    """The ids to try, in the order of work."""
    if order == "uncertainty":
        parts = [rows.order_by("-priority", "pk")]
    elif order == "created":
        parts = [rows.order_by("number")]
    else:
        # A random place to begin at costs an index look-up; a shuffle would sort the whole project.
        parts = [rows.filter(number__gte=start).order_by("number")]
        parts.append(rows.filter(number__lt=start).order_by("number"))
    return [pk for part in parts for pk in part.values_list("pk", flat=True)[:CANDIDATES]]


def _lease(rows: QuerySet[Image], user: User) -> bool:
    """Lease the row if it still passes its filter: one statement, so that only one can succeed."""
    return bool(rows.update(lease_user=user, lease_until=database_now() + LEASE))


def _reason(image: Image, order: str) -> str:
    if order == "uncertainty":
        return image.priority_reason or sentence("No scores yet; the oldest comes first.")
    if order == "created":
        return sentence("The oldest comes first.")
    return sentence("Drawn at random.")
