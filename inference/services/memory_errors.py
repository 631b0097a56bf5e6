"""Out of memory, however a model's library says so, as one error that people can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from projects.errors import Unavailable
from projects.services.memory import is_out_of_memory, shortage


class OutOfMemory(Unavailable):
    """A model does not fit into the memory that this process may use."""

    default_code = "out_of_memory"


@contextmanager
def memory_errors(*, doing: str) -> Iterator[None]:
    """Raises OutOfMemory where something inside runs out of memory.

    Args:
        doing: What is being done, for the message: "load sam_vit_b".
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(f"There was not enough memory to {doing}: {shortage()}") from error
