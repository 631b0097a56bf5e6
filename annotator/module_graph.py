"""Which front-end modules an entry needs, read from their imports.

So a page can ask for all of them at once, instead of learning of each level from the one above.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

from django.conf import settings

IMPORT = re.compile(r'^\s*(?:import|export)\b[^;"\']*?["\'](\.[^"\']+)["\'];?', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def modules_of(entry: str) -> tuple[str, ...]:
    """The entry and all that it imports, directly or not, in the order of finding them.

    Args:
        entry: A path below frontend/, such as ``src/pages/editor.js``.

    Raises:
        FileNotFoundError: If a module of these is missing.
    """
    return _walked(entry) if settings.DEBUG else _remembered(entry)


@cache
def _remembered(entry: str) -> tuple[str, ...]:
    return _walked(entry)


def _walked(entry: str) -> tuple[str, ...]:
    root = Path(settings.BASE_DIR, "frontend")
    found = {entry: None}  # a dict keeps the order
    waiting = [entry]
    while waiting:
        module = waiting.pop(0)
        text = COMMENT.sub("", (root / module).read_text())
        for target in IMPORT.findall(text):
            path = _joined(module, target)
            if path not in found:
                found[path] = None
                waiting.append(path)
    return tuple(found)


def _joined(module: str, target: str) -> str:
    """The path of an import as it is seen from the module that has it."""
    parts: list[str] = []
    for part in (PurePosixPath(module).parent / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
