"""The long runs of kills and outages: ``python -m tests.bench.bench_kills``.

The web process killed 200 times and the worker 50 times while people save and jobs run, Redis dead
and frozen for a minute each, the largest allowed pictures in a worker with 1 GB, in one job and
then of several projects at once (sent, opened, cut into tiles, pre-labelled): the tests of
``tests/workers`` with larger numbers, and what they measure. Ends with pytest's status, 0 if no
acknowledged save was lost, doubled or torn, and every job ended with its effect once or a reason.
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest

TESTS = ("kills", "broker_away", "memory_ceiling")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker-kills", type=int, default=50)
    parser.add_argument("--web-kills", type=int, default=200)
    parser.add_argument("--broker-away", type=float, default=60, help="seconds, twice")
    parser.add_argument("--pictures", type=int, default=4, help="of the largest size")
    parser.add_argument("--ceiling", type=int, default=1024, help="MB of a worker")
    parser.add_argument("--only", choices=TESTS, help="one of the runs")
    given = parser.parse_args()
    os.environ["WORKER_KILLS"] = str(given.worker_kills)
    os.environ["WEB_KILLS_A_ROUND"] = str(max(1, given.web_kills // given.worker_kills))
    os.environ["BROKER_AWAY_SECONDS"] = str(given.broker_away)
    os.environ["LARGEST_PICTURES"] = str(given.pictures)
    os.environ["LARGEST_SIDE"] = "10000"  # 100 megapixels, the default of MAX_IMAGE_MEGAPIXELS
    os.environ["CEILING_MB"] = str(given.ceiling)
    chosen = [given.only] if given.only else TESTS
    files = [f"tests/workers/test_{name}.py" for name in chosen]
    return int(pytest.main(["-q", "-s", "--durations=0", *files]))


if __name__ == "__main__":
    sys.exit(main())
