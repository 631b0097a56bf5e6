"""Who is started again, and who is given up."""

from __future__ import annotations

import sys

from annotator.supervisor import DEATHS_PER_MINUTE, Child


def died(child: Child, now: float, *, killed: bool) -> bool:
    child.start()
    assert child.process is not None
    if killed:
        child.process.kill()
    child.process.wait(20)
    return child.may_restart(now)


def test_one_that_ends_by_itself_again_and_again_is_given_up() -> None:
    child = Child("web", [sys.executable, "-S", "-c", "raise SystemExit(3)"], vital=True)

    tries = [died(child, now, killed=False) for now in range(DEATHS_PER_MINUTE + 1)]

    assert tries == [True] * DEATHS_PER_MINUTE + [False]


def test_deaths_of_the_minute_before_are_forgotten() -> None:
    child = Child("web", [sys.executable, "-S", "-c", "raise SystemExit(3)"], vital=True)

    tries = [died(child, now * 61.0, killed=False) for now in range(DEATHS_PER_MINUTE + 2)]

    assert all(tries)


def test_one_that_is_killed_is_always_started_again() -> None:
    child = Child("web", ["sleep", "60"], vital=True)

    tries = [died(child, now, killed=True) for now in range(DEATHS_PER_MINUTE + 5)]

    assert all(tries)
