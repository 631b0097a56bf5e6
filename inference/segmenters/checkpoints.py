"""Checkpoints of SAM in a folder: which bytes are trusted, how they arrive, how they are checked.

Trust rests on a pinned sha256: no library of a model opens a file before its hash is known. Files
arrive under a temporary name in the same folder and are renamed once they have passed. No torch.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inference.segmenters import descriptions, download
from inference.segmenters.sam_shape import VIT_B, VIT_H, VIT_L, SamShape, parse_shape
from projects.errors import NotFound, Unavailable, sentence

logger = logging.getLogger(__name__)

PUBLISHED_URL = "https://dl.fbaipublicfiles.com/segment_anything"
SIDECAR_NAME = re.compile(r"sam_[a-z0-9_.]{1,60}")
BLOCK_BYTES = 1 << 20
DECODER_LAYOUT = "decoder-3"  # of the graph; another one is exported anew beside the old file
Progress = download.Progress
MEND = sentence("Mend its description if that is wanted.")
VERIFIED_FILE = ".verified.json"  # what was hashed when, so that 2.6 GB are not read at each start


class CheckpointRefused(Unavailable):
    """The bytes are not those that were promised."""

    default_code = "checkpoint_refused"


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights that is trusted.

    Attributes:
        file_name: In the folder of models, and at the published address.
        sha256: Of the whole file, lower case hex.
        shape: The sizes of the model that the weights belong to.
        title: What a person reads.
        licence: SPDX name.
        is_published: Whether ``fetch`` knows an address for it.
    """

    name: str
    file_name: str
    sha256: str
    shape: SamShape
    title: str = ""
    licence: str = "Apache-2.0"
    is_published: bool = False

    @property
    def version(self) -> str:
        """The beginning of the hash: other weights, other embeddings."""
        return self.sha256[:16]


PUBLISHED: dict[str, Checkpoint] = {
    "sam_vit_b": Checkpoint(
        "sam_vit_b",
        "sam_vit_b_01ec64.pth",
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
        VIT_B,
        is_published=True,
    ),
    "sam_vit_l": Checkpoint(
        "sam_vit_l",
        "sam_vit_l_0b3195.pth",
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
        VIT_L,
        is_published=True,
    ),
    "sam_vit_h": Checkpoint(
        "sam_vit_h",
        "sam_vit_h_4b8939.pth",
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
        VIT_H,
        is_published=True,
    ),
}


def find(name: str, models_dir: Path) -> Checkpoint:
    """Return what is promised about a checkpoint, published or described by a sidecar.

    Raises:
        NotFound: if neither knows the name.
        InvalidInput: if the sidecar is malformed.
    """
    if name in PUBLISHED:
        return PUBLISHED[name]
    if SIDECAR_NAME.fullmatch(name) and (models_dir / f"{name}.json").is_file():
        return read_sidecar(models_dir / f"{name}.json")
    raise NotFound(
        f"There is no checkpoint named {name!r}; the published ones are {', '.join(PUBLISHED)}.",
        code="unknown_checkpoint",
    )


def read_sidecar(path: Path) -> Checkpoint:
    """Read ``<name>.json``, which describes the SAM in ``<name>.pth`` beside it.

    It holds ``{"sha256": "...", "architecture": "vit_b" | {"width": .., "depth": .., "heads": ..,
    "global_blocks": [..], "image_side": .., ...}, "title": "...", "licence": "..."}``; the last two
    may be left out. The architecture's fields are those of ``SamShape``.

    Raises:
        InvalidInput: naming the file and what is wrong with it.
    """
    return descriptions.read(path, partial(_described, path.stem))


def sidecars(models_dir: Path) -> Iterator[Checkpoint]:
    """Iterate over what sidecar files describe; a malformed one is logged and left out."""
    return descriptions.sound(_sidecar_files(models_dir), read_sidecar)


def malformed(models_dir: Path) -> list[str]:
    """Say what is wrong with the sidecars that ``sidecars`` leaves out, a sentence for each."""
    return descriptions.malformed(_sidecar_files(models_dir), read_sidecar)


def _sidecar_files(models_dir: Path) -> list[Path]:
    found = sorted(models_dir.glob("sam_*.json"))
    named = [path for path in found if SIDECAR_NAME.fullmatch(path.stem)]
    return [path for path in named if not is_of_a_family(path)]


def is_of_a_family(path: Path) -> bool:
    """Whether a description names a family, and so is for ``sidecars`` to read."""
    try:
        return '"family"' in path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


def is_installed(name: str, models_dir: Path) -> bool:
    """Say whether the file of a checkpoint is there; its bytes are checked by ``verified_path``."""
    return (models_dir / find(name, models_dir).file_name).is_file()


def verified_path(name: str, models_dir: Path) -> Path:
    """Return the checkpoint's file after its sha256 was found to be the pinned one.

    The answer is remembered by size and time of change, so that a large file is read once.

    Raises:
        NotFound: if there is no checkpoint of that name.
        CheckpointRefused: if the file holds other bytes; the file is left where it is.
        Unavailable: if the file is absent.
    """
    checkpoint = find(name, models_dir)
    fix = sentence(f"Delete it and run: manage.py fetch_model {name}")
    return verify(models_dir / checkpoint.file_name, checkpoint.sha256, fix)


def verify(path: Path, sha256: str, fix: str = MEND) -> Path:
    """Return a file in the folder of models after its sha256 was found to be the pinned one.

    Args:
        path: Of the file.
        sha256: 64 lower case hex digits.
        fix: What to do about other bytes, for people.

    Raises:
        CheckpointRefused: if the file holds other bytes; the file is left where it is.
        Unavailable: if the file is absent.
    """
    if not path.is_file():
        raise Unavailable(f"{path.name} is not in {path.parent}", code="model_missing")
    stamp = _stamp(path)
    known = _read_verified(path.parent).get(path.name)
    came = known["sha256"] if known and known["stamp"] == stamp else sha256_of(path)
    if came != sha256:
        raise CheckpointRefused(
            f"{path.name} is not the file it claims to be: expected sha256 {sha256}, "
            f"got {came}. {fix}"
        )
    if not known or known["stamp"] != stamp:
        _remember(path.parent, path.name, stamp, came)
    return path


def install_file(name: str, source: Path, models_dir: Path) -> Path:
    """Copy a checkpoint from a local file into the folder of models, checked on the way.

    Raises:
        CheckpointRefused: if the bytes are others; nothing is installed.
        InsufficientStorage: if the disk lacks the room.
        NotFound: if the name or the file is unknown.
    """
    checkpoint = find(name, models_dir)
    if not source.is_file():
        raise NotFound(f"There is no file {source}", code="no_file")
    models_dir.mkdir(parents=True, exist_ok=True)
    download.refuse_full_disk(models_dir, source.stat().st_size)
    descriptor, temporary_name = tempfile.mkstemp(dir=models_dir, suffix=".part")
    temporary = Path(temporary_name)
    try:
        with os.fdopen(descriptor, "wb") as target, source.open("rb") as origin:
            shutil.copyfileobj(origin, target, BLOCK_BYTES)
        return _install(checkpoint, temporary, models_dir)
    finally:
        temporary.unlink(missing_ok=True)


def fetch(
    name: str,
    models_dir: Path,
    base_url: str = PUBLISHED_URL,
    progress: Progress | None = None,
    pause: Callable[[float], None] | None = None,
) -> Path:
    """Download a published checkpoint, going on where an earlier attempt was cut.

    Args:
        name: One of ``PUBLISHED``.
        models_dir: Where it goes; made if absent.
        base_url: The folder that serves the file.
        progress: Told the bytes so far and in all (None where the server does not say).
        pause: Waits some seconds between attempts; ``time.sleep`` unless told otherwise.

    Raises:
        DownloadFailed: if the server cannot be reached or keeps cutting; what came is kept.
        CheckpointRefused: if other bytes came; they are removed.
        InsufficientStorage: if the disk lacks the room.
        NotFound: if no checkpoint of that name is published.
    """
    checkpoint = find(name, models_dir)
    if not checkpoint.is_published:
        raise NotFound(f"{name} is not published anywhere; use --from FILE", code="not_published")
    models_dir.mkdir(parents=True, exist_ok=True)
    part = models_dir / f"{checkpoint.file_name}.part"
    url = f"{base_url.rstrip('/')}/{checkpoint.file_name}"
    download.download(url, part, progress=progress, pause=pause)
    try:
        return _install(checkpoint, part, models_dir)
    except CheckpointRefused:
        part.unlink()
        raise


def decoder_path(name: str, version: str, models_dir: Path) -> Path:
    """Return where the ONNX decoder of a segmenter's version lies once it is exported."""
    return models_dir / f"{name}.{version}.{DECODER_LAYOUT}.onnx"


def small_decoder_path(path: Path) -> Path:
    """Return where the same decoder with weights of 8 bits lies, if it is offered."""
    return path.with_suffix(".int8.onnx")


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, in lower case hex."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _described(name: str, stated: Mapping[str, object]) -> Checkpoint:
    return Checkpoint(
        name=name,
        file_name=f"{name}.pth",
        sha256=descriptions.sha256_in(stated),
        shape=parse_shape(stated.get("architecture")),
        title=str(stated.get("title", name))[:200],
        licence=str(stated.get("licence", "not stated"))[:200],
    )


def _install(checkpoint: Checkpoint, arrived: Path, models_dir: Path) -> Path:
    """Move a file that has arrived to its name, durably, once its hash is right."""
    with arrived.open("rb") as opened:
        came = hashlib.file_digest(opened, "sha256").hexdigest()
        if came != checkpoint.sha256:
            raise CheckpointRefused(
                f"{checkpoint.name} not installed: expected sha256 {checkpoint.sha256}, got {came}"
            )
        os.fsync(opened.fileno())
    target = models_dir / checkpoint.file_name
    arrived.chmod(0o644)
    arrived.replace(target)
    _sync_folder(models_dir)
    _remember(models_dir, target.name, _stamp(target), came)
    return target


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stamp(path: Path) -> list[int]:
    state = path.stat()
    return [state.st_size, state.st_mtime_ns, state.st_ino]


def _read_verified(models_dir: Path) -> dict[str, dict[str, object]]:
    try:
        stored = json.loads((models_dir / VERIFIED_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _remember(models_dir: Path, file_name: str, stamp: list[int], sha256: str) -> None:
    """Note a hash; a folder that cannot be written only means that it is computed again."""
    verified = {**_read_verified(models_dir), file_name: {"stamp": stamp, "sha256": sha256}}
    temporary = models_dir / f"{VERIFIED_FILE}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(verified), encoding="utf-8")
        temporary.replace(models_dir / VERIFIED_FILE)
    except OSError as error:
        logger.info("Could not note the hash of %s: %s", file_name, error)
