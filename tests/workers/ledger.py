"""People who save without pause, and a ledger of what was acknowledged to them.

The oracle of every test of loss: what was acknowledged must be there, once, whole.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import numpy as np

from projects.masks.rle import area, bbox_xywh, from_bitmap, parse, to_wire
from tests.client import Client

CHANGES_AN_OBJECT = 4
PAUSE_SECONDS = 0.3  # three people at once save as often as twenty who think in between
WIDTH, HEIGHT = 64, 48


@dataclass(eq=False)
class Saver(threading.Thread):
    """Changes objects of one image one after the other, each repeated until acknowledged."""

    client: Client
    image: int
    seed: int
    acknowledged: dict[str, tuple[int, str]] = field(default_factory=dict)
    changes: int = 0
    refusals: Counter[int] = field(default_factory=Counter)  # by status; 0: no answer at all
    failure: str = ""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._end = threading.Event()
        self._random = np.random.default_rng(self.seed)

    def run(self) -> None:
        while not self._end.is_set():
            object_id, revision = str(uuid.uuid4()), None
            for _ in range(CHANGES_AN_OBJECT):
                revision = self._save(object_id, revision)
                self._end.wait(PAUSE_SECONDS)

    def _save(self, object_id: str, base: int | None) -> int:
        counts = self._mask()
        change = {
            "op": "put",
            "id": object_id,
            "change_id": str(uuid.uuid4()),
            "base_revision": base,
            "segmentation": {"size": [HEIGHT, WIDTH], "counts": counts},
        }
        body = json.dumps([change]).encode()
        while True:
            outcome = self._outcome(body)
            if outcome is not None:
                break
            self._end.wait(PAUSE_SECONDS)
        if outcome["status"] not in {200, 201}:
            self.failure = str(outcome)
        revision = int(outcome["revision"])
        self.acknowledged[object_id] = (revision, counts)
        self.changes += 1
        return revision

    def _outcome(self, body: bytes) -> Any:
        path = f"/api/v1/images/{self.image}/changes/"
        try:
            status, _, answer = self.client.raw("POST", path, body, Content_Type="application/json")
        except (OSError, HTTPException):
            status = 0
        if status == 200:
            return json.loads(answer)[0]
        self.refusals[status] += 1
        return None

    def _mask(self) -> str:
        bitmap = np.zeros((HEIGHT, WIDTH), bool)
        y, x = self._random.integers(0, (HEIGHT - 8, WIDTH - 8))
        bitmap[y : y + self._random.integers(1, 9), x : x + self._random.integers(1, 9)] = True
        return str(to_wire(from_bitmap(bitmap))["counts"])

    def end(self) -> None:
        """Let it have its last acknowledgement, then go."""
        self._end.set()
        self.join(60)
        assert not self.is_alive(), "a change was not acknowledged in a minute"


@dataclass(frozen=True)
class Verdict:
    """What became of the acknowledged changes; all but the first two must be 0."""

    objects: int
    changes: int
    lost: int
    doubled: int
    torn: int

    @property
    def is_clean(self) -> bool:
        return self.changes > 0 and (self.lost, self.doubled, self.torn) == (0, 0, 0)


def compare(client: Client, savers: list[Saver]) -> Verdict:
    """The ledgers of ended savers with what the API tells of their images."""
    lost = doubled = torn = 0
    for saver in savers:
        assert not saver.failure, saver.failure
        base = f"/api/v1/images/{saver.image}"
        mine = _all(client, f"{base}/annotations/?limit=5000")
        found = {one["id"]: one for one in mine if one["id"] in saver.acknowledged}
        for object_id, (revision, counts) in saver.acknowledged.items():
            one = found.get(object_id)
            kept = one and (one["revision"], one["segmentation"]["counts"]) == (revision, counts)
            lost += not kept
        torn += sum(_is_torn(one) for one in found.values())
        revisions = Counter(
            one["annotation"]
            for one in _all(client, f"{base}/history/?limit=200")
            if one["annotation"] in saver.acknowledged
        )
        doubled += (
            max(0, revisions.total() - saver.changes) + len(mine) - len({one["id"] for one in mine})
        )
        lost += max(0, saver.changes - revisions.total())
    objects = sum(len(saver.acknowledged) for saver in savers)
    return Verdict(objects, sum(saver.changes for saver in savers), lost, doubled, torn)


def _all(client: Client, address: str) -> list[Any]:
    results: list[Any] = []
    while address:
        page = client.call("GET", address)
        results += page["results"]
        address = page["next"] or ""
    return results


def _is_torn(one: Any) -> bool:
    rle = parse(one["segmentation"], (HEIGHT, WIDTH))
    return (area(rle), list(bbox_xywh(rle))) != (one["area"], list(one["bbox"]))
