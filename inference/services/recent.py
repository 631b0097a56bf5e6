"""The embeddings that this process used last, kept up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from inference.segmenters.protocol import Embedding

Key = tuple[str, str, str]  # sha256 of the image, segmenter, version


class RecentEmbeddings:
    """A small store in memory, safe for threads.

    Args:
        most_bytes: What is kept at most; something larger is not kept at all.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, Embedding] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Embedding | None:
        """What is kept under the key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, embedding: Embedding) -> None:
        """Keep an embedding; the ones unused for longest go."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += embedding.array.nbytes - (old.array.nbytes if old else 0)
            self._kept[key] = embedding
            while self._bytes > self._most_bytes:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.array.nbytes
