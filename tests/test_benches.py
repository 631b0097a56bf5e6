"""Each measurement can still be started: its imports are there and it says what it takes."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # all of them together load torch

BENCHES = sorted(
    path.stem
    for path in (Path(__file__).parent / "bench").glob("*.py")
    if 'if __name__ == "__main__"' in path.read_text()
)


@pytest.mark.parametrize("name", BENCHES)
def test_it_says_what_it_takes(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    monkeypatch.delitem(sys.modules, f"tests.bench.{name}", raising=False)  # a test may use it
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"tests.bench.{name}", run_name="__main__")
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out
