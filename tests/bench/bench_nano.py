"""Speed and weight of the bundled model: ``python -m tests.bench.bench_nano [--threads 2]``.

Encoder and decoder beside a floor: a product of two matrices with as many multiplications, which
numpy runs on as many threads. Given ``--sam``, the decoder is also compared with the graph that
segment-anything exports for a model of the same size (this loads torch).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WANTED = {"encoder": 120.0, "decoder": 15.0}  # milliseconds on two cores
MULTIPLICATIONS = {"encoder": 2.5e9, "decoder": 0.5e9}  # about
SIDE = 1024  # of the floor's matrices


def milliseconds(call, repeats: int) -> float:
    for _ in range(3):
        call()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def speed(arguments: argparse.Namespace) -> None:
    import numpy as np

    from inference.segmenters import registry
    from inference.segmenters.closer_look import predict_closer
    from inference.segmenters.protocol import Prompt

    chance = np.random.default_rng(0)
    nano = registry.load("sam_nano", arguments.models, arguments.threads)
    image = chance.integers(0, 255, (768, 1024, 3)).astype(np.uint8)
    embedding = nano.embed(image)
    click = np.array([[500, 400]], np.float32)
    one = Prompt(click, np.array([1]))
    small = Prompt(box_xyxy=(480.0, 350.0, 560.0, 420.0))
    three = Prompt(click, np.array([1]), multimask=True)
    square = chance.normal(size=(SIDE, SIDE)).astype(np.float32)
    floor = milliseconds(lambda: square @ square, arguments.repeats)
    per_multiplication = floor / SIDE**3
    calls = {
        "encoder": lambda: nano.embed(image),
        "decoder": lambda: nano._decoder.answers(
            embedding, np.zeros((1, 2, 2)), np.array([[1.0, -1.0]])
        ),
        "click to mask": lambda: nano.predict(embedding, one),
        "click to three": lambda: nano.predict(embedding, three),
        "small box": lambda: predict_closer(nano, image, embedding, small),
    }
    say(f"floor          {floor:8.1f} ms for {SIDE**3 / 1e9:.2f} billion multiplications")
    for name, call in calls.items():
        taken = milliseconds(call, arguments.repeats)
        extra = ""
        if name in WANTED:
            ratio = taken / (MULTIPLICATIONS[name] * per_multiplication)
            extra = f"  wanted {WANTED[name]:.0f} ms  {ratio:.1f} x its floor"
        say(f"{name:14} {taken:8.1f} ms{extra}")
    wire = embedding.array.astype(np.float16).nbytes
    say(f"embedding      {wire / 1e6:8.2f} MB over the wire  wanted 1.10")
    if arguments.sam:
        against_sam(nano, embedding.array.shape, arguments)


def against_sam(nano, shape: tuple[int, ...], arguments: argparse.Namespace) -> None:
    """Compare with segment-anything's own graph of a model as large as this one, unlearned."""
    import numpy as np

    from inference.segmenters import sam_export
    from inference.segmenters.onnx import OnnxDecoder
    from inference.segmenters.protocol import Embedding
    from inference.training.guided import GUIDE_CHANNELS
    from inference.training.model import build_nano

    with tempfile.TemporaryDirectory() as folder:
        path = sam_export.exported(build_nano().eval(), "sam", "0", Path(folder))
        theirs = OnnxDecoder(path, arguments.threads)
        plain = np.zeros((1, shape[1] - GUIDE_CHANNELS, *shape[2:]), np.float32)
        points, labels = np.zeros((1, 2, 2)), np.array([[1.0, -1.0]])
        slow = milliseconds(
            lambda: theirs.answers(Embedding("sam", "0", (512, 512), plain), points, labels),
            arguments.repeats,
        )
        ours = Embedding(nano.name, nano.version, (512, 512), np.zeros(shape, np.float32))
        fast = milliseconds(lambda: nano._decoder.answers(ours, points, labels), arguments.repeats)
    say(f"SAM's graph    {slow:8.1f} ms  ours, with painter and guide, {fast / slow:.2f} x that")


MEMORY = """
import sys
import django; django.setup()
import annotator.urls, numpy as np
from pathlib import Path
from django.conf import settings
from inference.segmenters import registry
from inference.segmenters.protocol import Prompt
def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000
print(f"web process, nothing loaded      {resident():6.0f} MB")
nano = registry.load("sam_nano", Path(sys.argv[1]), int(sys.argv[2]))
image = np.zeros((1500, 2000, 3), np.uint8)
embedding = nano.embed(image)
print(f"after embedding a picture        {resident():6.0f} MB")
for place in range(20):
    nano.predict(embedding, Prompt(np.array([[place * 50, 300]], np.float32), np.array([1])))
print(f"after twenty clicks              {resident():6.0f} MB  wanted 260")
"""


def memory(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "MASKWRIGHT_DATA": folder,
        }
        words = [sys.executable, "-c", MEMORY, str(arguments.models), str(arguments.threads)]
        subprocess.run(words, env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("data/models"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--sam", action="store_true")
    arguments = parser.parse_args()
    for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[library] = str(arguments.threads)  # before numpy is loaded
    speed(arguments)
    memory(arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    say(f"peak of this process {peak:.0f} MB")


if __name__ == "__main__":
    main()
