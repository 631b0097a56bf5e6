from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.segmenters.torch_door import torch
from inference.training.batches import Batch, Batches, Plan, large_instances, mix
from inference.training.library import (
    Decoded,
    FileLibrary,
    MemoryLibrary,
    Picture,
    chosen_numbers,
)

PLAN = Plan((64,), pictures=3, prompts=4)


def batches(library: MemoryLibrary, seed: int = 0, plan: Plan = PLAN) -> Batches:
    return Batches(library, mix(library, range(len(library.pictures))), plan, (seed, 0))


def are_equal(one: Batch, other: Batch) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_step_alone_decides_a_batch(scenes: MemoryLibrary) -> None:
    one = batches(scenes)
    one[0]

    assert are_equal(one[3], batches(scenes)[3])
    assert not are_equal(one[3], one[4])
    assert not are_equal(one[3], batches(scenes, seed=1)[3])


def test_workers_make_the_same_batches_in_order(folder: Path) -> None:
    library = FileLibrary(folder)
    made = Batches(library, mix(library, range(4)), PLAN, (0, 0))

    stream = made.stream(5, workers=1)

    assert are_equal(next(stream), made[5])
    assert are_equal(next(stream), made[6])


def test_every_prompt_fits_its_instance(scenes: MemoryLibrary) -> None:
    batch = batches(scenes)[0]

    for b in range(3):
        ids = batch.ids[b].numpy()
        for number, box, point in zip(
            batch.chosen[b].tolist(), batch.boxes[b].tolist(), batch.points[b].tolist(), strict=True
        ):
            inside = ids == number
            ys, xs = np.nonzero(inside)
            width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
            tight = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
            assert inside[int(point[1]), int(point[0])]
            assert (np.abs(box - tight) <= 0.1 * np.array([width, height] * 2) + 1e-3).all()


def test_all_instances_come_before_any_comes_twice(scenes: MemoryLibrary) -> None:
    batch = batches(scenes, plan=Plan((64,), 4, 24))[0]

    for ids, chosen in zip(batch.ids.numpy(), batch.chosen.numpy(), strict=True):
        counts = [int((chosen == number).sum()) for number in large_instances(ids)]
        assert max(counts) - min(counts) <= 1


def test_pictures_with_many_instances_are_not_drawn_more_often() -> None:
    ids = [np.arange(16, dtype=np.int16).reshape(4, 4), np.eye(4, dtype=np.int16)]
    rgb = np.zeros((4, 4, 3), np.uint8)
    library = MemoryLibrary(
        (Picture("cells", "train", str(n), (("object", ""),)), Decoded(rgb, (ids[n],), (0,)))
        for n in range(2)
    )
    mixture = mix(library, [0, 1])
    rng = np.random.default_rng(0)

    drawn = [mixture.draw(rng) for _ in range(1000)]

    assert 430 < sum(drawn) < 570


def test_a_large_source_weighs_by_the_root_of_its_size() -> None:
    empty = Decoded(np.zeros((4, 4, 3), np.uint8), (), ())
    library = MemoryLibrary(
        (Picture("many" if n else "one", "train", str(n), ()), empty) for n in range(10)
    )

    mixture = mix(library, range(10), {})

    assert mixture.shares == pytest.approx((0.25, 0.75))


def test_held_out_source_is_never_drawn(scenes: MemoryLibrary) -> None:
    mixture = mix(scenes, chosen_numbers(scenes, ("train",), ("tiles",)))
    rng = np.random.default_rng(0)

    assert {mixture.draw(rng) % 2 for _ in range(50)} == {0}


def test_small_views_come_in_greater_number(scenes: MemoryLibrary) -> None:
    plan = Plan((32, 64), pictures=2, prompts=2)
    made = batches(scenes, plan=plan)

    shapes = {tuple(made[step].images.shape) for step in range(12)}

    assert shapes == {(8, 32, 32, 3), (2, 64, 64, 3)}


def test_picture_without_instances_is_replaced_by_shapes() -> None:
    blank = Decoded(np.zeros((32, 32, 3), np.uint8), (np.zeros((32, 32), np.int16),), (0,))
    library = MemoryLibrary([(Picture("blank", "train", "0", (("object", ""),)), blank)])

    batch = batches(library)[0]

    assert (batch.chosen > 0).all()
