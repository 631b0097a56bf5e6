"""However large the picture, what is found in it is kept as run lengths, nothing left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.segmenters.bundled import NAME as NANO
from inference.segmenters.coded import coded, drawn_out
from inference.segmenters.protocol import Candidate
from projects.masks.rle import from_bitmap, to_bitmap

FEWEST = {NANO: 40, "sam2": 40, "instances": 40, "classes": 10}
ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
@pytest.mark.parametrize("kind", [NANO, "sam2", "instances", "classes"])
def test_all_that_is_found_fits_into_little_memory(kind: str, tmp_path: Path, nano_dir) -> None:
    folder = nano_dir
    if kind == "sam2":
        pytest.importorskip("transformers")
        from tests.inference.segmenters.small_transformers import save

        save(kind, tmp_path / kind)
        folder = tmp_path
    command = [sys.executable, "-m", "tests.inference.segmenters.large_picture", kind, folder]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    assert int(ended.stdout) > FEWEST[kind]  # forty dense ones would take 2 GB


def test_a_coded_candidate_says_what_it_was() -> None:
    mask = np.zeros((4, 6), np.bool_)
    mask[1:3, 2:5] = True
    logits = np.ones((2, 3), np.float32)
    plain = Candidate(mask, 0.25, 0.75, logits, "bear", is_region=True)

    kept = coded(plain)

    assert np.array_equal(kept.mask, mask)
    assert (kept.score, kept.stability, kept.class_name) == (0.25, 0.75, "bear")
    assert kept.logits is logits
    assert kept.is_region
    assert coded(kept) is kept


def test_a_mask_is_drawn_out_to_another_size() -> None:
    mask = np.zeros((30, 40), np.bool_)
    mask[5:20, 10:33] = True

    larger = to_bitmap(drawn_out(from_bitmap(mask), (90, 120)))

    assert np.array_equal(larger[1::3, 1::3], mask)
    assert larger.sum() == pytest.approx(9 * mask.sum(), rel=0.05)
    assert drawn_out(from_bitmap(mask), (30, 40)) == from_bitmap(mask)
