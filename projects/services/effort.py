"""What changes cost the people who made them: read so that it never refuses a change, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from projects.models import Annotation, EffortEvent, User

MOST_COUNTED = 100_000
MOST_ACTIVE_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What one change cost; ``prompts`` are questions to a model."""

    clicks: int = 0
    strokes: int = 0
    undos: int = 0
    redos: int = 0
    prompts: int = 0
    active_ms: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """The effort of a change that was written."""

    annotation: Annotation
    change_id: UUID
    effort: Effort


def read_effort(sent: object) -> Effort | None:
    """Read what a client says of its effort; what cannot be is dropped or cut, never refused.

    Returns:
        None if nothing was spent, or nothing of it can be read.
    """
    if not isinstance(sent, Mapping):
        return None
    read = {one.name: _figure(one.name, sent.get(one.name)) for one in fields(Effort)}
    return Effort(**read) if any(read.values()) else None


def note_effort(*, user: User, spent: Iterable[Spent]) -> None:
    """Keep what changes cost; one that is there already stays as it is."""
    EffortEvent.objects.bulk_create(
        [
            EffortEvent(
                annotation=one.annotation,
                change_id=one.change_id,
                user=user,
                **asdict(one.effort),
            )
            for one in spent
        ],
        ignore_conflicts=True,
    )


def _figure(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return min(max(value, 0), MOST_ACTIVE_MS if name == "active_ms" else MOST_COUNTED)
