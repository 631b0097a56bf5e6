"""Which segmenters there are, by name, as the house that knows them says.

It puts its dotted path here when its app is ready, so that nothing here imports upwards. It is
asked anew each time: models are installed while the server runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from django.utils.module_loading import import_string


class TitlesByName(Protocol):
    """Says which segmenters there are."""

    def __call__(self) -> Mapping[str, str]:
        """Give what people read, by name."""
        ...


_paths: set[str] = set()


def register(path: str) -> None:
    """Add the dotted path of a ``TitlesByName``."""
    _paths.add(path)


def segmenter_titles() -> dict[str, str]:
    """Every known segmenter's title by its name."""
    return {
        name: title
        for path in sorted(_paths)
        for name, title in cast("TitlesByName", import_string(path))().items()
    }
