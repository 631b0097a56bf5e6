from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.protocol import Candidate, Embedding, Prompt
from inference.training.evaluate import Outcome, choose_cases, judge
from inference.training.library import Decoded, MemoryLibrary, Picture
from inference.training.report import MEAN, as_comparison, as_table, gate, summarise


class Knowing:
    """A test segmenter that was shown the id map as the picture's red channel.

    ``reach`` is how many clicks it needs before it answers; until then it answers nothing.
    """

    name, version, kinds = "knowing", "1", frozenset({"points", "box"})
    stores_embedding = needs_worker = False

    def __init__(self, reach: int = 1) -> None:
        self.reach = reach
        self.asked: list[Prompt] = []

    def embed(self, image_rgb: np.ndarray) -> Embedding:
        return Embedding(self.name, self.version, image_rgb.shape[:2], image_rgb)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        self.asked.append(prompt)
        ids = np.asarray(embedding.array)[..., 0]
        if prompt.box_xyxy is not None:
            x0, y0, x1, y1 = (int(v) for v in prompt.box_xyxy)
            mask = np.zeros(ids.shape, bool)
            mask[y0:y1, x0:x1] = True
        elif len(prompt.points_xy) < self.reach:
            mask = np.zeros(ids.shape, bool)
        else:
            x, y = prompt.points_xy[0].astype(int)
            mask = ids == ids[y, x]
        return [Candidate(mask, 0.5, 1.0, np.full((4, 4), len(prompt.points_xy), np.float32))]

    def propose(self, image_rgb: np.ndarray, embedding: Embedding) -> list[Candidate]:
        return []

    def decoder_onnx(self) -> None:
        return None


@pytest.fixture
def discs() -> MemoryLibrary:
    ids = np.zeros((40, 60), np.int16)
    ids[5:25, 5:25], ids[10:30, 35:55] = 1, 2
    ids[10:20, 10:20] = 1
    rgb = np.stack([ids, ids, ids], axis=2).astype(np.uint8)
    return MemoryLibrary(
        (
            Picture(source, "val", source, (("object", ""), ("part", ""))),
            Decoded(rgb, (ids, ids), (0, 1)),
        )
        for source in ("one", "other")
    )


def test_right_at_once_needs_one_click(discs: MemoryLibrary) -> None:
    cases = choose_cases(discs, [0, 1], 10)

    outcomes = judge(Knowing(), discs, cases)

    assert len(outcomes) == 8
    assert {o.source for o in outcomes} == {"one", "one parts", "other", "other parts"}
    for outcome in outcomes:
        numbers = outcome.tally().numbers
        assert outcome.click_ious == (1.0,)
        assert numbers["noc_0.90"] == 1
        assert numbers["failed_0.90"] == 0
        assert numbers["iou_5"] == 1.0
        assert numbers["iou_box"] == 1.0


def test_never_right_fails_after_the_last_click(discs: MemoryLibrary) -> None:
    knowing = Knowing(reach=99)

    outcomes = judge(knowing, discs, choose_cases(discs, [0], 1), max_clicks=20)

    for outcome in outcomes:
        assert outcome.tally().numbers["noc_0.85"] == 20
        assert outcome.tally().numbers["failed_0.85"] == 1
        assert len(outcome.click_ious) == 20
    clicks = [tuple(map(tuple, p.points_xy)) for p in knowing.asked if len(p.points_xy) == 20]
    assert all(len(set(points)) == 20 for points in clicks)


def test_last_answer_is_fed_back_and_only_the_first_click_is_ambiguous(
    discs: MemoryLibrary,
) -> None:
    knowing = Knowing(reach=3)

    judge(knowing, discs, choose_cases(discs, [0], 1)[:1])

    clicks = [p for p in knowing.asked if p.box_xyxy is None]
    assert [p.multimask for p in clicks] == [True, False, False]
    assert clicks[0].logits is None
    assert [float(p.logits[0, 0, 0]) for p in clicks[1:]] == [1.0, 2.0]


def test_cases_follow_from_the_seed_and_spread_over_sources(discs: MemoryLibrary) -> None:
    one, two = choose_cases(discs, [0, 1], 1), choose_cases(discs, [0, 1], 1)

    assert [c.source for c in one] == [c.source for c in two]
    assert sorted(c.source for c in one) == ["one", "one parts", "other", "other parts"]
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize(
    ("ious", "noc", "failed"),
    [((0.5, 0.86, 0.92), 2, 0), ((0.9,), 1, 0), ((0.5, 0.84), 20, 1), ((0.85,), 1, 0)],
)
def test_clicks_are_counted_to_the_first_that_reaches(
    ious: tuple[float, ...], noc: int, failed: int
) -> None:
    numbers = Outcome("any", 0.0, ious).tally().numbers

    assert numbers["noc_0.85"] == noc
    assert numbers["failed_0.85"] == failed


def test_sources_count_alike_whatever_their_size() -> None:
    outcomes = [Outcome("few", 1.0, (1.0,))] + [Outcome("many", 0.0, (0.5, 0.95))] * 3

    summary = summarise([outcome.tally() for outcome in outcomes])

    assert summary["many"]["cases"] == 3
    assert summary[MEAN]["iou_box"] == 0.5
    assert summary[MEAN]["iou_1"] == 0.75
    table = as_table(summary).splitlines()
    assert table[0].startswith("| source | cases | iou_1")
    assert len(table) == 5


def test_only_some_cases_get_all_clicks(discs: MemoryLibrary) -> None:
    cases = choose_cases(discs, [0, 1], 2)

    outcomes = judge(Knowing(reach=99), discs, cases, max_clicks=9, counted=1)

    lengths = [len(outcome.click_ious) for outcome in outcomes if outcome.source == "one"]
    assert sorted(lengths) == [5, 9]
    summary = summarise([outcome.tally() for outcome in outcomes])
    assert summary["one"]["failed_0.85"] == 1
    assert summary["one"]["cases"] == 2


def summary_of(**changes: float) -> dict:
    outcome = Outcome("cats", 0.8, (0.6, 0.7, 0.8, 0.86, 0.91))
    figures = {**summarise([outcome.tally()])["cats"], **changes}
    return {"cats": figures, "cats parts": figures}


def test_gate_names_every_prompt_that_is_not_better() -> None:
    ours = summary_of()

    assert gate(ours, summary_of(iou_box=0.8, iou_1=0.65, iou_3=0.1, iou_5=0.1)) == {
        "cats": ["1 point", "box"],
        "cats parts": ["1 point", "box"],
    }
    worse = dict.fromkeys(("iou_1", "iou_box", "iou_3", "iou_5"), 0.1)
    assert gate(ours, summary_of(**worse))["cats"] == []


def test_comparison_shows_both_marks_what_is_held_out_and_says_who_is_better() -> None:
    ours, theirs = summary_of(), summary_of(iou_box=0.9, iou_1=0.1, iou_3=0.1, iou_5=0.1)

    table = as_comparison(("nano", "classic"), ours, theirs, ["cats"]).splitlines()

    assert table[0].startswith("Each cell: nano / classic")
    assert table[4].startswith("| cats (never trained on) | 1 | 0.600 / 0.100 | 0.800 / 0.900 |")
    assert table[5].startswith("| cats parts (never trained on) |")
    assert "| 4.0 (0%) / 4.0 (0%) | 5.0 (0%) / 5.0 (0%) | no: box |" in table[4]
    assert len({line.count("|") for line in table[2:]}) == 1


def test_boxes_are_asked_as_the_product_asks_them() -> None:
    ids = np.zeros((400, 600), np.int16)
    ids[100:140, 200:240] = 1
    rgb = np.stack([ids, ids, ids], axis=2).astype(np.uint8)
    picture = Picture("one", "val", "one", (("object", ""),))
    library = MemoryLibrary([(picture, Decoded(rgb, (ids,), (0,)))])
    model = Knowing()
    model.looks_closer = True

    [outcome] = judge(model, library, choose_cases(library, [0], 1))

    assert model.asked[0].box_xyxy == (76, 76, 116, 116)  # in a part of 192 pixels
    assert outcome.box_iou == 1.0
