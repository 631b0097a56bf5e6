"""What other houses want done once an hour: dotted paths, put here when their apps are ready."""

from __future__ import annotations

from typing import Protocol, cast

from django.utils.module_loading import import_string


class Chore(Protocol):
    """Removes what nobody needs any more; doing so twice does no harm."""

    def __call__(self) -> int:
        """Clean up; the number of things that went."""
        ...


_paths: set[str] = set()


def register_chore(path: str) -> None:
    """Add the dotted path of a ``Chore``."""
    _paths.add(path)


def do_chores() -> dict[str, int]:
    """Do every chore; what went, by the chore's path."""
    return {path: cast("Chore", import_string(path))() for path in sorted(_paths)}
