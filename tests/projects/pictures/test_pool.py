"""Decoding in children that may hang, die or starve without harm to their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from projects.pictures import pool as pool_module
from projects.pictures.pool import ROOT, DecodePool
from projects.pictures.types import BadPicture, Limits, Overlay, TooManyPixels
from tests.projects.pictures.samples import SCRIPT, claiming_png, encoded, exif_block, picture


@pytest.fixture
def pool() -> Iterator[DecodePool]:
    pool = DecodePool(size=2, seconds=20)
    yield pool
    pool.close()


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(encoded(picture((64, 48)), "JPEG", exif=exif_block(6)) + SCRIPT)
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that never gives a byte: whoever opens it waits."""
    path = tmp_path / "endless"
    os.mkfifo(path)
    return path


def children() -> set[int]:
    return {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    }


def test_ingest_in_a_child_is_ingest(pool: DecodePool, upload: Path, tmp_path: Path) -> None:
    result = pool.ingest(upload, tmp_path, Limits())

    assert (result.size_hw, result.turned, result.mime) == ((64, 48), True, "image/png")
    assert result.stored_path.parent == tmp_path
    assert len(result.stored_path.read_bytes()) == result.size_bytes


def test_refusals_arrive_with_their_kind_code_and_facts(pool: DecodePool, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(claiming_png(20, 5))
    (tmp_path / "text").write_bytes(b"text")

    with pytest.raises(TooManyPixels) as refusal:
        pool.ingest(tmp_path / "large", tmp_path, Limits(max_side=10))
    assert refusal.value.facts["width"] == 20
    with pytest.raises(BadPicture) as bad:
        pool.ingest(tmp_path / "text", tmp_path, Limits())
    assert bad.value.code == "bad_picture"


def test_previews_with_and_without_masks(pool: DecodePool, upload: Path, tmp_path: Path) -> None:
    plain, painted = tmp_path / "plain.jpg", tmp_path / "painted.jpg"

    pool.preview(upload, plain, 32)
    pool.preview(upload, painted, 32, [Overlay((0, 64 * 48), (255, 0, 255))])

    with Image.open(plain) as before, Image.open(painted) as after:
        assert before.size == after.size == (32, 24)
        assert before.tobytes() != after.tobytes()


def test_no_child_starts_before_it_is_needed(upload: Path, tmp_path: Path) -> None:
    before = children()
    pool = DecodePool()
    assert children() == before

    pool.ingest(upload, tmp_path, Limits())
    pool.ingest(upload, tmp_path, Limits())
    assert len(children() - before) == 1

    pool.close()
    assert children() == before


def test_hanging_picture_is_refused_and_the_next_one_works(
    upload: Path, endless: Path, tmp_path: Path
) -> None:
    pool = DecodePool(size=1, seconds=0.5)

    with pytest.raises(BadPicture, match="longer than 2 s") as refusal:
        pool.ingest(endless, tmp_path, Limits())

    assert refusal.value.code == "picture_too_slow"
    assert pool.ingest(upload, tmp_path, Limits()).size_hw == (64, 48)
    pool.close()


def test_picture_may_occupy_a_processor_for_so_long_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "PATIENCE", 1000)  # the clock stops nothing here
    large = tmp_path / "large.jpg"
    Image.effect_noise((5000, 5000), 60).convert("RGB").save(large)
    pool = DecodePool(size=1, seconds=0.2)

    with pytest.raises(BadPicture, match=r"longer than 0\.2 s") as refusal:
        pool.ingest(large, tmp_path, Limits())

    assert refusal.value.code == "picture_too_slow"
    pool.close()


def test_waiting_for_a_processor_is_not_held_against_a_picture(
    upload: Path, tmp_path: Path
) -> None:
    pool = DecodePool(size=1, seconds=1)
    before = children()
    pool.ingest(upload, tmp_path, Limits())
    (child,) = children() - before
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(pool.ingest, upload, tmp_path, Limits())
        time.sleep(1.5)
        os.kill(child, signal.SIGCONT)

        assert waiting.result().size_hw == (64, 48)
    pool.close()


def test_hanging_picture_leaves_the_other_child_free(
    pool: DecodePool, upload: Path, endless: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as executor:
        hanging = executor.submit(pool.ingest, endless, tmp_path, Limits())
        for _ in range(5):
            pool.ingest(upload, tmp_path, Limits())
        assert not hanging.done()
        endless.write_bytes(b"text")  # lets it go on

        with pytest.raises(BadPicture, match="not a JPEG"):
            hanging.result()


def test_dying_child_is_a_refusal_and_is_replaced(
    upload: Path, endless: Path, tmp_path: Path
) -> None:
    pool = DecodePool(size=1, seconds=20)
    before = children()
    pool.ingest(upload, tmp_path, Limits())
    (victim,) = children() - before
    with ThreadPoolExecutor(1) as executor:
        hanging = executor.submit(pool.ingest, endless, tmp_path, Limits())
        with endless.open("wb"):  # returns once the child reads
            os.kill(victim, signal.SIGKILL)

            with pytest.raises(BadPicture, match="broke down") as refusal:
                hanging.result()

    assert refusal.value.code == "picture_crashed"
    assert pool.ingest(upload, tmp_path, Limits()).size_hw == (64, 48)
    assert victim not in children()
    pool.close()


def test_child_that_died_idle_is_not_held_against_the_next_picture(
    pool: DecodePool, upload: Path, tmp_path: Path
) -> None:
    before = children()
    pool.ingest(upload, tmp_path, Limits())
    (victim,) = children() - before
    os.kill(victim, signal.SIGKILL)
    os.waitid(os.P_PID, victim, os.WEXITED | os.WNOWAIT)

    assert pool.ingest(upload, tmp_path, Limits()).size_hw == (64, 48)


def test_picture_that_needs_too_much_memory_is_refused(upload: Path, tmp_path: Path) -> None:
    pool = DecodePool(size=1, memory_bytes=160 << 20, seconds=20)
    large = tmp_path / "large"
    large.write_bytes(encoded(Image.new("RGB", (9000, 9000)), "PNG", compress_level=1))

    with pytest.raises(BadPicture) as refusal:
        pool.ingest(large, tmp_path, Limits())

    assert refusal.value.code == "picture_memory"
    assert pool.ingest(upload, tmp_path, Limits()).size_hw == (64, 48)
    pool.close()


def test_many_threads_share_few_children(pool: DecodePool, upload: Path, tmp_path: Path) -> None:
    before = children()
    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda _: pool.ingest(upload, tmp_path, Limits()), range(24)))

    assert len({result.sha256 for result in results}) == 1
    assert len({result.stored_path for result in results}) == 24
    assert len(children() - before) == 2


def test_children_end_with_their_parent(upload: Path, tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, os, signal\n"
        "from projects.pictures.pool import DecodePool\n"
        "from projects.pictures.types import Limits\n"
        "pool = DecodePool()\n"
        "pool.ingest(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), Limits())\n"
        "print(pathlib.Path(f'/proc/self/task/{os.getpid()}/children').read_text(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", script, str(upload), str(tmp_path)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False).stdout

    orphan = Path("/proc") / printed.decode().strip()
    until = time.monotonic() + 60
    while orphan.exists() and _is_running(orphan) and time.monotonic() < until:
        time.sleep(0.02)

    assert not (orphan.exists() and _is_running(orphan))


def _is_running(process: Path) -> bool:
    try:
        return "Z" not in (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_children_know_no_secrets(
    pool: DecodePool, upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "known to the web process alone")
    before = children()
    pool.ingest(upload, tmp_path, Limits())
    (child,) = children() - before

    assert b"SECRET_KEY" not in Path(f"/proc/{child}/environ").read_bytes()


def test_numpy_is_loaded_only_to_paint_masks(
    pool: DecodePool, upload: Path, tmp_path: Path
) -> None:
    before = children()
    pool.ingest(upload, tmp_path, Limits())
    pool.preview(upload, tmp_path / "plain.jpg", 32)
    (child,) = children() - before
    maps = Path(f"/proc/{child}/maps")
    assert "numpy" not in maps.read_text()

    pool.preview(upload, tmp_path / "painted.jpg", 32, [Overlay((64 * 48,), (0, 0, 0))])

    assert "numpy" in maps.read_text()
