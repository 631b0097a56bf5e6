"""Seconds and peak memory of exports: ``python -m tests.bench.bench_export [--floor SCRIPT]``.

Each format is exported in a process of its own, as a worker would, from masks alone (no pictures
in the archive). ``--floor`` is a script that writes the same masks as fast as this machine can,
called as ``SCRIPT coco|panoptic_runs FOLDER`` in the same run; the ratio to it travels between
machines, the seconds do not.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.blobs import objects
from tests.bench.data_folder import fill, set_up, write_lines
from tests.processes import environment

WIDTH, HEIGHT = 1024, 768
FORMATS = {"coco_instances": "coco", "coco_panoptic": "panoptic_runs"}


def export_once(data: Path, job_id: int) -> None:
    """Run the job here and say what it took."""
    set_up(data)
    from projects.models import Export
    from projects.services.item_runs import run_slice

    before = peak_megabytes()
    start, cpu = time.perf_counter(), time.process_time()
    while run_slice(job_id=job_id, is_stopping=lambda: False):
        pass
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    export = Export.objects.get(job_id=job_id)
    sys.stdout.write(
        f"{seconds:.2f} s ({cpu:.2f} s of CPU), peak {peak_megabytes():.0f} MiB "
        f"({before:.0f} MiB before), {export.size_bytes / 1e6:.1f} MB\n"
    )


def peak_megabytes() -> float:
    """Of this program alone: what getrusage says was also that of whoever started it."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def python(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--masks", type=int, default=10, help="on each image")
    parser.add_argument("--floor", type=Path)
    parser.add_argument("--once", nargs=2, metavar=("DATA", "JOB"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        export_once(Path(given.once[0]), int(given.once[1]))
        return
    shape = {"width": WIDTH, "height": HEIGHT}
    masks = [objects(seed, count=given.masks, **shape) for seed in range(given.images)]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        set_up(data)
        project = fill(images=given.images, masks=masks, **shape)
        write_lines(Path(folder), masks=masks, **shape)
        from projects.services.jobs import create_job

        for name, floor in FORMATS.items():
            params = {
                "format": name,
                "options": {"with_images": False},
                "filters": {"include": "confirmed", "statuses": [], "splits": []},
            }
            job = create_job(project=project, kind="export", params=params)
            words = ("-m", "tests.bench.bench_export", "--once", str(data), str(job.pk))
            sys.stdout.write(f"{name}: {python(*words, cwd=Path.cwd())}\n")
            if given.floor:
                script = str(given.floor.resolve())
                sys.stdout.write(f"  floor: {python(script, floor, '.', cwd=Path(folder))}\n")


if __name__ == "__main__":
    main()
