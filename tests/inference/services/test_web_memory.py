"""The web process with a decoder of SAM's size in it stays small, and without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.segmenters import registry
from tests.bench.bench_sam_decoder import RSS
from tests.bench.random_sam import NAME, write_random_sam
from tests.processes import ROOT, environment

MOST_BYTES = 260e6


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_web_process_with_a_decoder_stays_under_260_mb(tmp_path: Path) -> None:
    write_random_sam(tmp_path)
    registry.load(NAME, tmp_path).decoder_onnx()
    np.save(tmp_path / "features.npy", np.zeros((1, 256, 64, 64), np.float16))

    told = subprocess.run(
        [sys.executable, "-c", RSS, NAME, str(tmp_path)],
        cwd=ROOT,
        env=environment(MASKWRIGHT_DATA=str(tmp_path / "data")),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    ).stdout.split()

    assert told[1] == "False"
    assert int(told[0]) * 1024 < MOST_BYTES
