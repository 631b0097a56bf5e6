"""How secrets are named in the database, so that a stolen copy opens nothing."""

from __future__ import annotations

import hashlib


def token_digest(secret: str) -> str:
    """Give the SHA-256 (hex) under which a token, link or invitation is kept.

    Secrets are random and long, so that a slow hash would protect nothing more.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
