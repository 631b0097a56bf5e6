"""Finds a free port for the web process."""

from __future__ import annotations

import socket

TRIES = 100


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def first_free(host: str, port: int) -> int:
    """The port itself or the next free one above it.

    Raises:
        OSError: If none of the next hundred is free.
    """
    for candidate in range(port, min(port + TRIES, 65_536)):
        if is_free(host, candidate):
            return candidate
    raise OSError(f"No port from {port} to {min(port + TRIES, 65_536) - 1} is free on {host}.")
