"""What this process could do as a worker, told by the houses that do it.

They put a dotted path here when their app is ready, so that nothing here imports upwards. Knows no
tables: apps import it before those.
"""

from __future__ import annotations

from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class Skill(Protocol):
    """What a house's part of a worker tells, and gives up when memory is short."""

    def abilities(self) -> list[str]:
        """What this process could do, by name."""
        ...

    def loaded(self) -> dict[str, int]:
        """The models that it holds in memory, and the bytes that loading each took."""
        ...

    def make_room(self) -> None:
        """Let go of everything that can be loaded again."""
        ...

    def let_go_of_idle(self) -> None:
        """Let go of what was not used for long."""
        ...


_skills: set[str] = set()


def register_skill(path: str) -> None:
    """Add the dotted path of a ``Skill``."""
    _skills.add(path)


def skills() -> list[Skill]:
    """What the houses of this process can do."""
    return [cast("Skill", import_string(path)) for path in sorted(_skills)]


def abilities() -> list[str]:
    """What this process could do, by name, and what its settings add."""
    own = {ability for skill in skills() for ability in skill.abilities()}
    return sorted(own | set(settings.WORKER_ABILITIES))


def make_room() -> None:
    """Let go of everything that can be loaded again."""
    for skill in skills():
        skill.make_room()
