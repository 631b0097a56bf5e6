"""A worker holds one model with weights, lets go of idle ones, and refuses what does not fit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inference.services import segmenters
from inference.services.memory_errors import OutOfMemory
from inference.services.skill import MODELS, needs
from projects.services import memory, skills
from tests.inference.segmenters.small_sam import write_small_sam


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("sam_first", "sam_second")):
        write_small_sam(folder, name, seed)
    return folder


@pytest.fixture(autouse=True)
def _models(weights: Path, settings: Any) -> Iterator[None]:
    settings.MODELS_DIR = weights
    settings.INFERENCE_THREADS = 1
    segmenters.let_go_of_all()
    yield
    segmenters.let_go_of_all()


def test_one_model_with_weights_is_held_beside_the_weightless() -> None:
    for name in ("sam_first", "classic", "sam_second"):
        segmenters.loaded(name=name)

    assert set(MODELS.loaded()) == {"classic", "sam_second"}
    assert segmenters.loaded(name="sam_second") is segmenters.loaded(name="sam_second")


def test_model_that_does_not_fit_is_refused_with_the_figures(settings: Any) -> None:
    settings.WORKER_MEMORY_BYTES = memory.used_bytes()

    with pytest.raises(
        OutOfMemory, match=r"^sam_first needs at least [\d,]+ MB of memory, this wor"
    ):
        segmenters.loaded(name="sam_first")
    settings.WORKER_MEMORY_BYTES = 0

    assert segmenters.loaded(name="sam_first").name == "sam_first"


def test_model_is_let_go_when_nobody_used_it_for_long(settings: Any) -> None:
    segmenters.loaded(name="sam_first")
    segmenters.loaded(name="classic")

    MODELS.let_go_of_idle()
    assert set(MODELS.loaded()) == {"sam_first", "classic"}
    segmenters.let_go_of_idle(now=time.monotonic() + settings.MODEL_IDLE_SECONDS + 1)

    assert set(MODELS.loaded()) == {"classic"}


def test_worker_tells_what_is_installed_and_what_settings_add(settings: Any) -> None:
    settings.WORKER_ABILITIES = ["gpu"]
    settings.GPU_SEGMENTERS = ["sam_second"]

    able = skills.abilities()

    assert {"gpu", "segmenter:classic", "segmenter:sam_first", "segmenter:sam_second"} <= set(able)
    assert "segmenter:sam_vit_h" not in able
    assert needs(params={"segmenter": "sam_first"}) == ["segmenter:sam_first"]
    assert needs(params={"segmenter": "sam_second"}) == ["segmenter:sam_second", "gpu"]
    assert needs(params={}) == []


@pytest.mark.parametrize(
    ("error", "is_shortage"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("(-4:Insufficient memory) Failed to allocate 276920000 bytes"), True),
        (RuntimeError("shapes do not fit"), False),
    ],
)
def test_shortage_of_memory_is_recognised(error: Exception, is_shortage: bool) -> None:
    assert memory.is_out_of_memory(error) is is_shortage
