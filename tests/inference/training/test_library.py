from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.training.library import FileLibrary, chosen_numbers
from inference.training.pack import pack
from projects.errors import InvalidInput, NotFound


def test_rows_of_one_picture_are_its_maps(folder: Path) -> None:
    library = FileLibrary(folder)

    decoded = library.decode(0)

    assert len(library.pictures) == 6
    assert [level for level, _ in library.pictures[0].maps] == ["object", "part"]
    assert decoded.levels == (0, 1)
    assert decoded.rgb.shape == (96, 96, 3)
    assert decoded.maps[0].dtype == np.int16


def test_splits_and_held_out_sources_are_kept_apart(folder: Path) -> None:
    library = FileLibrary(folder)

    assert chosen_numbers(library, ("val",)) == [4, 5]
    assert chosen_numbers(library, ("train",), ("tiles",)) == [0, 2]


def test_cache_holds_no_more_than_it_may(folder: Path) -> None:
    keeping, forgetting = FileLibrary(folder), FileLibrary(folder, cache_bytes=0)

    assert keeping.decode(1) is keeping.decode(1)
    assert forgetting.decode(1) is not forgetting.decode(1)


def test_library_travels_to_another_process_without_its_pixels(folder: Path) -> None:
    library = FileLibrary(folder)
    library.decode(0)

    sent = pickle.dumps(library)
    arrived = pickle.loads(sent)

    assert len(sent) < 1000
    assert np.array_equal(arrived.decode(0).maps[0], library.decode(0).maps[0])


def test_unknown_level_is_refused(folder: Path) -> None:
    index = folder / "index.csv"
    index.write_text(index.read_text().replace("part", "half"))

    with pytest.raises(InvalidInput, match="half"):
        FileLibrary(folder)


def test_map_of_another_size_is_refused(folder: Path) -> None:
    (folder / "0.jpg").write_bytes((folder / "0_ids.png").read_bytes())
    small = np.zeros((5, 5), np.uint8)
    cv2.imwrite(str(folder / "0_ids.png"), small)

    with pytest.raises(InvalidInput, match=r"0_ids\.png"):
        FileLibrary(folder).decode(0)


def test_missing_file_is_named(folder: Path) -> None:
    (folder / "2.jpg").unlink()

    with pytest.raises(NotFound, match=r"2\.jpg"):
        FileLibrary(folder).decode(2)


def test_pack_keeps_maps_exactly_and_splits(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "pack.zip"

    size = pack(folder, packed)

    one, other = FileLibrary(folder), FileLibrary(packed)
    assert size == packed.stat().st_size
    assert [p.split for p in other.pictures] == [p.split for p in one.pictures]
    for number in range(6):
        before, after = one.decode(number), other.decode(number)
        assert all(np.array_equal(a, b) for a, b in zip(before.maps, after.maps, strict=True))
        assert np.abs(before.rgb.astype(int) - after.rgb).mean() < 8


def test_packing_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "one.zip")
    pack(folder, tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_pack_that_does_not_fit_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        pack(folder, tmp_path / "pack.zip", max_bytes=1000)

    assert not list(tmp_path.glob("pack*"))
