"""Only promised bytes are loaded: wrong hashes, pickles and misfits are refused."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil

import pytest

from inference.segmenters import checkpoints, registry
from inference.segmenters.checkpoints import CheckpointRefused
from projects.errors import NotFound
from tests.inference.segmenters.small_sam import ARCHITECTURE, NAME, write_small_sam


class Canary:
    """A pickle that would make a folder when it is opened."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def write_sidecar(folder, sha256: str) -> None:
    stated = {"sha256": sha256, "architecture": ARCHITECTURE}
    (folder / f"{NAME}.json").write_text(json.dumps(stated))


def test_a_changed_file_is_refused_even_after_it_was_right(tmp_path):
    path = write_small_sam(tmp_path)
    assert checkpoints.verified_path(NAME, tmp_path) == path
    with path.open("r+b") as opened:
        opened.seek(5000)
        opened.write(b"changed")

    with pytest.raises(CheckpointRefused, match="expected sha256"):
        registry.load(NAME, tmp_path)


def test_a_file_is_hashed_once_while_it_stays_the_same(tmp_path, monkeypatch):
    write_small_sam(tmp_path)
    checkpoints.verified_path(NAME, tmp_path)
    hashed = []
    monkeypatch.setattr(checkpoints, "sha256_of", hashed.append)

    checkpoints.verified_path(NAME, tmp_path)

    assert hashed == []


def test_a_pickle_that_runs_code_is_refused_and_nothing_runs(tmp_path):
    canary = tmp_path / "canary"
    data = pickle.dumps(Canary(str(canary)))
    (tmp_path / f"{NAME}.pth").write_bytes(data)
    write_sidecar(tmp_path, hashlib.sha256(data).hexdigest())  # even if its hash is promised

    with pytest.raises(CheckpointRefused):
        registry.load(NAME, tmp_path)
    assert not canary.exists()


def test_a_pickle_under_a_published_name_is_refused_and_nothing_runs(tmp_path):
    canary = tmp_path / "canary"
    file_name = checkpoints.PUBLISHED["sam_vit_b"].file_name
    (tmp_path / file_name).write_bytes(pickle.dumps(Canary(str(canary))))

    with pytest.raises(CheckpointRefused):
        registry.load("sam_vit_b", tmp_path)
    assert not canary.exists()


def test_weights_of_another_architecture_are_refused(tmp_path):
    path = write_small_sam(tmp_path)
    stated = json.loads((tmp_path / f"{NAME}.json").read_text())
    stated["architecture"]["width"] = 32
    (tmp_path / f"{NAME}.json").write_text(json.dumps(stated))

    with pytest.raises(CheckpointRefused, match=path.name):
        registry.load(NAME, tmp_path)


def test_a_file_is_installed_only_if_its_bytes_are_right(tmp_path):
    origin, models = tmp_path / "origin", tmp_path / "models"
    models.mkdir()
    source = write_small_sam(origin)
    shutil.copy(origin / f"{NAME}.json", models)
    other = tmp_path / "other.pth"
    other.write_bytes(b"other bytes")

    with pytest.raises(CheckpointRefused):
        checkpoints.install_file(NAME, other, models)
    assert [path.name for path in models.iterdir()] == [f"{NAME}.json"]

    installed = checkpoints.install_file(NAME, source, models)
    assert installed.read_bytes() == source.read_bytes()
    assert registry.load(NAME, models).name == NAME


def test_an_absent_file_cannot_be_installed(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        checkpoints.install_file("sam_vit_b", tmp_path / "absent", tmp_path)
