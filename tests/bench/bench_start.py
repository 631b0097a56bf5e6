"""How long `manage.py start` takes: ``python -m tests.bench.bench_start``.

Measures the first start of an empty data folder (database, demo), two later ones, the web
process's resident memory at rest and after 100 prompts, and whether torch is mapped into it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.client import Client
from tests.processes import Running, free_port, manage

PHOTO = Path(__file__).parents[1] / "data" / "photos" / "cyclist.jpg"
PROMPTS = 100
REST_SECONDS = 5


def seconds_to_page(data: Path, port: int) -> tuple[float, Running]:
    """From the command to the first whole page."""
    process = Running(["start", "--data", str(data), "--port", str(port)])
    page = Client(f"http://127.0.0.1:{port}", "")
    while True:
        try:
            if page.raw("GET", "/login/")[0] == 200:
                return time.monotonic() - process.started, process
        except OSError:
            time.sleep(0.02)
        assert process.process.poll() is None, process.lines


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def web_process(pid: int) -> int:
    """The gunicorn worker below `start`."""
    for child in children(pid):
        if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes():
            below = [
                one
                for one in children(child)
                if b"gunicorn" in Path(f"/proc/{one}/cmdline").read_bytes()
            ]
            return below[0] if below else child
    raise AssertionError("no web process")


def megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def prompts(data: Path, port: int) -> list[float]:
    """Milliseconds of each of 100 prompts on a photograph."""
    folder = {"MASKWRIGHT_DATA": str(data)}
    manage("create_user", "bench", "--password-stdin", stdin="a long enough word\n", **folder)
    client = Client(f"http://127.0.0.1:{port}", manage("create_token", "--user", "bench", **folder))
    project = client.call("POST", "/api/v1/projects/", {"name": "Bench"})
    image = client.upload(f"/api/v1/projects/{project['id']}/images/", PHOTO)
    taken = []
    for step in range(PROMPTS):
        x = image["width"] * (step % 10 + 0.5) / 10
        y = image["height"] * (step // 10 + 0.5) / 10
        start = time.perf_counter()
        client.call("POST", f"/api/v1/images/{image['id']}/prompt/", {"points": [[x, y, 1]]})
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", free_port()
        first, process = seconds_to_page(data, port)
        process.login_link()
        process.stop()
        later = []
        for _ in range(2):
            seconds, process = seconds_to_page(data, port)
            later.append(seconds)
            process.login_link()
            process.stop()
        _, process = seconds_to_page(data, port)
        try:
            process.login_link()
            time.sleep(REST_SECONDS)
            web = web_process(process.process.pid)
            at_rest = megabytes(web)
            taken = sorted(prompts(data, port))
            after = megabytes(web)
            torch = "torch" in Path(f"/proc/{web}/maps").read_text()
        finally:
            process.stop()
    sys.stdout.write(
        f"first start to first page {first:.2f} s, later {statistics.median(later):.2f} s\n"
        f"web process at rest {at_rest:.0f} MiB, after {PROMPTS} prompts {after:.0f} MiB, "
        f"torch mapped: {torch}\n"
        f"prompt (classic) p50 {taken[len(taken) // 2]:.0f} ms, "
        f"p95 {taken[int(len(taken) * 0.95)]:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
