"""How much memory this process holds, and how much it may."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from django.conf import settings

from projects.errors import sentence

STATM = Path("/proc/self/statm")
VMSTAT = Path("/proc/vmstat")
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
MIB = 2**20
# Libraries of models have no class of their own for it, or one that nobody here may import.
WORDS = (
    "can't allocate memory",
    "failed to allocate memory",
    "insufficient memory",
    "bad_alloc",
    "bad allocation",
)
NAMES = frozenset({"OutOfMemoryError"})  # torch's is no MemoryError
SHARE = 0.9  # of what the machine or container has; the rest is for everything else


def used_bytes() -> int:
    """Resident memory of this process."""
    if STATM.is_file():
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def most_bytes() -> int:
    """The ceiling: WORKER_MEMORY_MB, else most of what the machine or its container has."""
    return settings.WORKER_MEMORY_BYTES or int(_there_is() * SHARE)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error is a library's way of saying that memory ran out."""
    words = str(error).lower()
    is_named = isinstance(error, MemoryError) or type(error).__name__ in NAMES
    return is_named or any(word in words for word in WORDS)


def shortage() -> str:
    """What this process held and may hold, and what to do about it, for people."""
    return sentence(
        f"the worker held {used_bytes() / MIB:,.0f} MB of the {most_bytes() / MIB:,.0f} MB that "
        "it may use. Use a smaller model, smaller pictures, or a larger machine."
    )


def oom_kills(vmstat: Path) -> int:
    """How many processes of this machine were ever killed for want of memory; 0 if unknown."""
    if not vmstat.is_file():
        return 0
    facts = dict(line.split() for line in vmstat.read_text().splitlines())
    return int(facts.get("oom_kill", 0))


def _there_is() -> int:
    there_is = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = CGROUP_LIMIT.read_text().strip() if CGROUP_LIMIT.is_file() else ""
    return min(there_is, int(limit)) if limit.isdigit() else there_is
