from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.processes import ROOT, environment

OURS = """
import os
from pathlib import Path
from inference.segmenters import onnx, onnx_classes, sam_int8
from inference.training import export
onnx.open_session(Path("inference/segmenters/weights/sam_nano/decoder.onnx"), 1)
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""


def test_nothing_is_noted_of_what_runs(tmp_path: Path) -> None:
    """The variable is looked at too, as not every machine makes onnxruntime keep its database."""
    home = tmp_path / "home"
    home.mkdir()
    given = environment(HOME=str(home), XDG_CACHE_HOME=str(home / "cache"))

    subprocess.run(
        [sys.executable, "-c", OURS],
        cwd=ROOT,
        env={name: value for name, value in given.items() if name != "ORT_DISABLE_TELEMETRY"},
        check=True,
        timeout=600,
    )

    assert not list(home.rglob("onnxruntime.db"))
