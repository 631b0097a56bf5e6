"""A hundred prompts at one moment: ``python -m tests.bench.bench_prompts``.

Starts the product's web process on a picture of 1024x768 whose features are stored, and asks the
bundled model, or ``classic``, which has no weights and calculates ten times as long.
First saves alone, then the same saves while a hundred clients send a prompt each, again and again;
``--once``: each one prompt, all at the same moment, as the test E48 has it.
Prints how many prompts were answered and how many sent away with 503, how long those who were
sent away waited and how many of them knew within 100 ms, and what became of the saves: the ratio
of their 95th percentile to that alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.blobs import objects
from tests.bench.data_folder import set_up
from tests.processes import free_port, running

WIDTH, HEIGHT = 1024, 768
SAVERS = 4
PAUSE_SECONDS = 0.2  # between two saves of one person
BUSY = 503
GOOD = 200
BLINK = 100  # ms in which those who are sent away should know


class Client:
    """One client that keeps its connection."""

    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._http.connect()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, body: Any) -> tuple[int, float]:
        """The status and how many milliseconds it took."""
        began = time.perf_counter()
        self._http.request("POST", f"/api/v1/{path}", json.dumps(body), self._headers)
        answer = self._http.getresponse()
        answer.read()
        return answer.status, (time.perf_counter() - began) * 1000


def together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def savers(port: int, token: str, image: int, until: float, taken: list[float]) -> Any:
    masks = objects(1, count=10, width=WIDTH, height=HEIGHT)

    def save() -> None:
        client = Client(port, token)
        while time.monotonic() < until:
            change = {"op": "put", "base_revision": None, "segmentation": masks[0]["rle"]}
            ids = {"id": str(uuid.uuid4()), "change_id": str(uuid.uuid4())}
            status, milliseconds = client.post(f"images/{image}/changes/", [change | ids])
            assert status == GOOD, status
            taken.append(milliseconds)
            time.sleep(PAUSE_SECONDS)

    return [threading.Thread(target=save) for _ in range(SAVERS)]


def crowd(
    *, port: int, token: str, image: int, until: float, clients: int, segmenter: str, once: bool
) -> list[tuple[int, float]]:
    """Ask with many clients: in a process of its own, or its threads would hold up who saves."""
    answers: list[tuple[int, float]] = []
    everybody = threading.Barrier(clients)

    def prompt() -> None:
        client = Client(port, token)
        everybody.wait()
        while time.monotonic() < until:
            answers.append(client.post(f"images/{image}/prompt/", click(segmenter)))
            if once:
                break
            time.sleep(1)  # as Retry-After says

    together([threading.Thread(target=prompt) for _ in range(clients)])
    return answers


def click(segmenter: str) -> dict[str, Any]:
    return {"points": [[WIDTH // 2, HEIGHT // 2, 1]], "segmenter": segmenter}


def warm_up(port: int, token: str, image: int, segmenter: str) -> None:
    """The first prompt of a process loads the model; those after it are what is measured."""
    status, _ = Client(port, token).post(f"images/{image}/prompt/", click(segmenter))
    assert status == GOOD, status


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else float("nan")


def within(values: list[float], most: float) -> float:
    return sum(value < most for value in values) / len(values) if values else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--segmenter", default="sam_nano", choices=["sam_nano", "classic"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        set_up(data)
        token, image = make_image(given.segmenter)
        port = free_port()
        words = ["start", "--no-demo", "--no-worker", "--data", str(data), "--port", str(port)]
        with running(*words) as process:
            process.login_link()
            warm_up(port, token, image, given.segmenter)
            alone: list[float] = []
            together(savers(port, token, image, time.monotonic() + given.seconds, alone))
            beside: list[float] = []
            with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
                elsewhere.submit(time.monotonic).result()  # it has begun
                until = time.monotonic() + given.seconds
                who = {"clients": given.clients, "segmenter": given.segmenter, "once": given.once}
                asked = elsewhere.submit(
                    crowd, port=port, token=token, image=image, until=until, **who
                )
                together(savers(port, token, image, until, beside))
                answers = asked.result()
    refused = [milliseconds for status, milliseconds in answers if status == BUSY]
    answered = [milliseconds for status, milliseconds in answers if status == GOOD]
    sys.stdout.write(
        f"{given.clients} clients of {given.segmenter}: "
        f"{len(answered)} prompts answered (p95 {p95(answered):.0f} ms), "
        f"{len(refused)} sent away (p95 {p95(refused):.0f} ms, {within(refused, BLINK):.1%} within "
        f"{BLINK} ms), "
        f"{len(answers) - len(refused) - len(answered)} of another status\n"
        f"saves: alone p50 {median(alone):.0f} and p95 {p95(alone):.0f} ms, beside the crowd "
        f"{median(beside):.0f} and {p95(beside):.0f} ms, worst {max(alone):.0f} and "
        f"{max(beside):.0f} ms, ratio of p95 "
        f"{p95(beside) / p95(alone):.2f}\n"
    )


def make_image(segmenter: str) -> tuple[str, int]:
    """A token and the id of an image with a stored picture and the segmenter's features of it."""
    from django.conf import settings

    from inference.services import segmenters
    from inference.services.embeddings import ensure_embedding
    from projects.services.tokens import create_token
    from tests.factories import make_project, make_user
    from tests.pictures import store_picture

    (Path(settings.DATA_DIR) / "tmp").mkdir(exist_ok=True)
    lead = make_user("bench")
    image = store_picture(make_project(lead=lead), width=WIDTH, height=HEIGHT)
    ensure_embedding(image=image, segmenter=segmenters.loaded(name=segmenter))
    _, token = create_token(user=lead, name="bench", scope="write")
    return token, image.pk


if __name__ == "__main__":
    main()
