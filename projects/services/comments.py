"""Writes of comments: everybody says something, each changes their own words only."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from projects.errors import Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Comment, Image, Role, User
from projects.policy import Action, require
from projects.selectors.clock import database_now
from projects.services.names import clean_text

MAX_TEXT = 10_000
MAX_COMMENTS = 2_000  # of one image


@transaction.atomic
def add_comment(
    *,
    user: User,
    image: Image,
    uuid: UUID,
    text: str,
    pin_xy: tuple[float, float] | None = None,
    thread_id: int | None = None,
) -> tuple[Comment, bool]:
    """Pin a thread on a place (image_px) or, with ``thread_id``, answer in one.

    A comment of an id that came before gives the one that it made.

    Returns:
        The comment, and whether it is new.

    Raises:
        Forbidden: If the user's role does not allow it.
        NotFound: If the image has no such thread.
        InvalidInput: If there is no text, the place is outside the image, or both or neither of
            place and thread are given.
        Conflict: If the id is somebody else's comment, or the image has MAX_COMMENTS.
    """
    require(user=user, project=image.project, action=Action.COMMENT)
    # The row lock makes the looks below final: whoever comments on this image waits here.
    Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    earlier = Comment.objects.filter(image=image, uuid=uuid).first()
    if earlier:
        if earlier.author_id != user.pk:
            raise Conflict("There is a comment of this id.", "comment_exists")
        return earlier, False
    if Comment.objects.filter(image=image).count() >= MAX_COMMENTS:
        raise Conflict(f"An image has at most {MAX_COMMENTS} comments.", "too_many_comments")
    if (pin_xy is None) == (thread_id is None):
        raise InvalidInput("Give a place (x, y) or a thread to answer in.", "comment_place")
    x, y = _checked_pin(pin_xy, image) if pin_xy else (None, None)
    comment = Comment.objects.create(
        image=image,
        uuid=uuid,
        parent=_thread(image, thread_id),
        x=x,
        y=y,
        text=_clean_comment(text),
        author=user,
    )
    return comment, True


@transaction.atomic
def revise_comment(
    *, user: User, comment: Comment, text: str | None = None, resolved: bool | None = None
) -> Comment:
    """Change one's own words; close a thread or open it again. None leaves it.

    Raises:
        Forbidden: If the user's role does not allow it, or the words are somebody else's.
        InvalidInput: If there is no text left, or an answer is to be resolved.
    """
    require(user=user, project=comment.image.project, action=Action.COMMENT)
    if text is not None:
        if comment.author_id != user.pk:
            raise Forbidden("Only its author changes a comment.", "not_the_author")
        comment.text = _clean_comment(text)
        comment.edited_at = database_now()
    if resolved is not None and comment.parent_id is not None:
        raise InvalidInput("Only a thread is resolved, not an answer in it.", "not_a_thread")
    if resolved is not None and resolved != (comment.resolved_at is not None):
        comment.resolved_at = database_now() if resolved else None
        comment.resolved_by = user if resolved else None
    comment.save(update_fields=["text", "edited_at", "resolved_at", "resolved_by"])
    return comment


@transaction.atomic
def delete_comment(*, user: User, comment: Comment) -> None:
    """Take one's own comment back; leads any. A thread goes with its answers.

    Raises:
        Forbidden: If it is somebody else's.
        Conflict: If others have answered and the user does not lead the project.
    """
    role = require(user=user, project=comment.image.project, action=Action.COMMENT)
    if role != Role.LEAD:
        if comment.author_id != user.pk:
            raise Forbidden("Its author or a lead deletes a comment.", "not_the_author")
        answers = Comment.objects.filter(parent=comment, deleted_at__isnull=True)
        if answers.exclude(author=user).exists():
            raise Conflict("Others have answered; resolve the thread instead.", "comment_answered")
    comment.deleted_at = database_now()
    comment.save(update_fields=["deleted_at"])


def _thread(image: Image, thread_id: int | None) -> Comment | None:
    if thread_id is None:
        return None
    threads = Comment.objects.filter(image=image, parent__isnull=True, deleted_at__isnull=True)
    thread = threads.filter(pk=thread_id).first()
    if thread is None:
        raise NotFound("There is no such thread on this image.", "no_such_thread")
    return thread


def _checked_pin(pin_xy: tuple[float, float], image: Image) -> tuple[float, float]:
    x, y = pin_xy
    if not (0 <= x <= image.width and 0 <= y <= image.height):
        raise InvalidInput(
            f"The place is ({x:g}, {y:g}); the image is {image.width}x{image.height}.",
            "comment_place",
        )
    return x, y


def _clean_comment(text: str) -> str:
    cleaned = clean_text(text, what="The comment", longest=MAX_TEXT)
    if not cleaned:
        raise InvalidInput("The comment is empty.", "comment_empty")
    return cleaned
