"""Which kinds of job there are: a table of names and dotted paths.

Houses put their kinds into the table when their app is ready, so that a job is started and run by
name and nothing here imports upwards. Knows no tables: apps and broker import it before those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from django.utils.module_loading import import_string

from projects.errors import InvalidInput

INTERACTIVE = "interactive"  # somebody waits in front of a screen
BULK = "bulk"
EXPORT = "export"
QUEUES = (INTERACTIVE, BULK, EXPORT)  # in the order in which a worker looks at them

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to finish one item, for as long as its token stands in the item's row."""

    item_id: int
    job_id: int
    project_id: int
    kind: str
    image_id: int | None
    attempt: int
    token: UUID
    params: Mapping[str, object]


class Undo(Protocol):
    """Takes back what a job has written before it was cancelled or failed."""

    def __call__(self, *, job_id: int) -> None:
        """Take it back; doing so twice does no harm."""
        ...


class Needs(Protocol):
    """Says what a worker must be able to do, by the names that workers tell of themselves."""

    def __call__(self, *, params: Mapping[str, object]) -> list[str]:
        """Name it for a job with these params."""
        ...


class ItemRunner(Protocol):
    """Does one item's work and finishes it with the claim, in the transaction of its effects."""

    def __call__(self, *, claim: Claim) -> None:
        """Work; raise ApplicationError for what trying again cannot mend."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """How jobs of one kind are queued and run.

    Attributes:
        name: As in ``Job.kind``.
        queue: One of ``QUEUES``.
        run: Dotted path of an ``ItemRunner``.
        item_seconds: A worker that is busy with one item for longer is ended.
        open_at_once: How many unfinished jobs of this kind a project may have.
        action: What a role must allow to start, cancel and retry it (``policy.Action``).
        is_listed: Whether people see it in lists of jobs.
        is_ahead: Whether nobody waits for it yet: it comes after the others of its queue.
        needs: Dotted path of a ``Needs`` for kinds that not every worker can do, or "".
        undo: Dotted path of an ``Undo`` for kinds that write before their one item ends, or "".
    """

    name: str
    queue: str
    run: str
    item_seconds: float = 15 * MINUTE
    open_at_once: int = 1
    action: str = "run_jobs"
    is_listed: bool = True
    is_ahead: bool = False
    needs: str = ""
    undo: str = ""


_KINDS: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Put a kind into the table; called once per kind when its app is ready."""
    _KINDS[kind.name] = kind


def kind_named(name: str) -> JobKind:
    """The kind of that name.

    Raises:
        InvalidInput: If there is none.
    """
    if name not in _KINDS:
        raise InvalidInput(f"There is no job of kind {name!r}; there are {', '.join(_KINDS)}.")
    return _KINDS[name]


def listed_names() -> list[str]:
    """The kinds that people see in lists."""
    return [kind.name for kind in _KINDS.values() if kind.is_listed]


def unlisted_names() -> list[str]:
    """The kinds that no list shows."""
    return [kind.name for kind in _KINDS.values() if not kind.is_listed]


def names_in_queues(queues: Sequence[str]) -> list[str]:
    """The kinds that wait in any of these queues."""
    return [kind.name for kind in _KINDS.values() if kind.queue in queues]


def rank_of(name: str) -> tuple[int, bool]:
    """How urgent a kind is; what is smaller comes first, what is equal takes turns."""
    kind = kind_named(name)
    return (0 if kind.queue == INTERACTIVE else 1, kind.is_ahead)


def needs_of(kind: JobKind, params: Mapping[str, object]) -> list[str]:
    """What a worker must be able to do for a job of this kind with these params."""
    return cast("Needs", import_string(kind.needs))(params=params) if kind.needs else []


def runner_of(kind: JobKind) -> ItemRunner:
    """The function behind the kind's dotted path."""
    return cast("ItemRunner", import_string(kind.run))


def undo(kind: JobKind, *, job_id: int) -> None:
    """Take back what a job of this kind has written, where its kind needs that."""
    if kind.undo:
        cast("Undo", import_string(kind.undo))(job_id=job_id)
