"""The long runs of "nothing is lost": ``python -m tests.bench.bench_lost_edits``.

500 edits offline over a closed tab, the browser killed at 50 moments after an edit, ten ways in
which two tabs take turns: the tests of ``tests/e2e/test_nothing_is_lost.py`` with larger numbers.
Ends with pytest's status, 0 if not one edit was lost or doubled.
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--interleavings", type=int, default=10)
    given = parser.parse_args()
    os.environ["LOST_EDITS"] = str(given.edits)
    os.environ["LOST_KILLS"] = str(given.kills)
    os.environ["LOST_INTERLEAVINGS"] = str(given.interleavings)
    which = "many_edits or killed or two_tabs"
    return int(
        pytest.main(["-q", "--durations=0", "-k", which, "tests/e2e/test_nothing_is_lost.py"])
    )


if __name__ == "__main__":
    sys.exit(main())
