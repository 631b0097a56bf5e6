from __future__ import annotations

import json
from pathlib import Path

import pytest

from inference.training.__main__ import main
from inference.training.checkpoint import STATE_NAME, WEIGHTS_NAME, read
from inference.training.export import FACTS_NAME


def test_one_command_each_trains_measures_and_exports(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, figures = tmp_path / "run", tmp_path / "figures.json"
    train = ["train", "--data", str(folder), "--out", str(run), "--recipe", "smoke"]
    weights = str(run / WEIGHTS_NAME)

    statuses = [
        main([*train, "--device", "cpu", "--sitting", "0"]),
        main([*train, "--device", "cpu"]),
        main(
            [
                *("evaluate", "--data", str(folder), "--models", weights, "classic"),
                *("--splits", "val", "--per-source", "2", "--clicks", "2", "--out", str(figures)),
            ]
        ),
        main(["export", "--weights", weights, "--out", str(tmp_path / "onnx")]),
    ]

    told = capsys.readouterr()
    assert statuses == [0, 0, 0, 0]
    assert "the same command goes on" in told.err
    assert read(run / STATE_NAME)["stage"] == 3
    assert "| mean of sources |" in told.out
    measured = json.loads(figures.read_text())
    assert set(measured["models"]) == {weights, "classic"}
    assert measured["models"]["classic"]["by_source"]["shapes"]["cases"] == 2
    assert set(measured["gate"]) == set(measured["models"][weights]["by_source"])
    assert "better at every prompt" in figures.with_suffix(".md").read_text()
    facts = json.loads((tmp_path / "onnx" / FACTS_NAME).read_text())
    assert set(facts["files"]) == {"encoder.onnx", "decoder.onnx"}


def test_run_can_start_from_weights_of_its_shape(folder: Path, tmp_path: Path) -> None:
    train = ["train", "--data", str(folder), "--recipe", "smoke", "--device", "cpu"]
    main([*train, "--out", str(tmp_path / "one"), "--stages", "dense"])

    status = main(
        [
            *(*train, "--out", str(tmp_path / "two"), "--stages", "joint"),
            *("--init", str(tmp_path / "one" / WEIGHTS_NAME)),
        ]
    )

    assert status == 0
    assert read(tmp_path / "two" / STATE_NAME)["stage"] == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--hold-out", "shapes", "tiles"], "no picture is left"),
        (["--init", "absent.pt"], "absent.pt"),
        (["--stages", "sleep"], "sleep"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    status = main(
        ["train", "--data", str(folder), "--out", str(tmp_path), "--recipe", "smoke", *more]
    )

    assert status == 1
    assert message in capsys.readouterr().err
