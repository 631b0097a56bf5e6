"""Names the front-end tree by its content, so that every file of it may be cached for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

SERVED = ("src", "styles", "vendor", "images")
DIGITS = 12  # hex digits: 48 bits tell trees apart


def tree_version(frontend: Path) -> str:
    """Hash of the paths, sizes and contents of all files that browsers fetch."""
    digest = hashlib.sha256()
    for folder in SERVED:
        for path in sorted((frontend / folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(frontend)).encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:DIGITS]
