"""Folders of transformers fetched from a hub by name: safetensors and texts only, then local.

What comes is checked before it is a model: it lies in a folder of its own beside its name until it
is whole and known. huggingface_hub is imported here alone.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inference.segmenters import sidecars, transformers_folder
from inference.segmenters.download import DownloadFailed
from projects.errors import Conflict, InvalidInput, Unavailable

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]
REFUSED = ["*/*", "*.bin", "*.py", "*.onnx"]


def fetch(name: str, hub_id: str, models_dir: Path) -> Path:
    """Fetch a model of a hub into the folder of models, under a name of our own.

    Args:
        name: What it is called here.
        hub_id: "owner/model".
        models_dir: The folder of models.

    Raises:
        InvalidInput: if a name is malformed, or what came is no model that is known here.
        Conflict: if there is a model of that name.
        DownloadFailed: if the hub cannot be reached, or has no such model for us.
        Unavailable: if huggingface_hub is not installed, or the model has no safetensors.
    """
    if not sidecars.NAME.fullmatch(name):
        raise InvalidInput(f"a name is small letters, digits, _ . -; got {name[:60]!r}", "name")
    if not HUB_ID.fullmatch(hub_id):
        raise InvalidInput(f"a model of a hub is owner/model; got {hub_id[:100]!r}", "hub_id")
    target, arriving = models_dir / name, models_dir / f".{name}.arriving"
    if target.exists() or (models_dir / f"{name}.json").exists():
        raise Conflict(f"There is a model named {name} already; take another name.", "name_taken")
    arriving.mkdir(parents=True, exist_ok=True)
    _download(hub_id, arriving)
    shutil.rmtree(arriving / ".cache", ignore_errors=True)
    try:
        _refuse_strange(arriving, hub_id)
    except (InvalidInput, Unavailable):
        shutil.rmtree(arriving)
        raise
    arriving.rename(target)
    return target


def _refuse_strange(arriving: Path, hub_id: str) -> None:
    folder = transformers_folder.read(arriving)
    title = folder.family.title  # refuses a family that is not known here
    reason = transformers_folder.why_no_weights(folder)
    if reason:
        words = reason.replace(arriving.name, f"{hub_id} ({title})")
        raise Unavailable(words, "no_safetensors")


def _download(hub_id: str, folder: Path) -> None:
    try:
        with _online():
            # By name: the package is lazy, and its settings are read when this comes in.
            from huggingface_hub import snapshot_download  # noqa: PLC0415  optional
            from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415
    except ImportError as error:
        raise Unavailable("This needs: pip install transformers", "model_missing") from error
    try:
        snapshot_download(hub_id, local_dir=folder, allow_patterns=WANTED, ignore_patterns=REFUSED)
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise DownloadFailed(
            f"Could not fetch {hub_id}: {str(error).splitlines()[0]} What has come is kept; the "
            "same command goes on from there. Models behind a licence want HF_TOKEN."
        ) from error


@contextmanager
def _online() -> Iterator[None]:
    """Import without the wish of workers to stay on this machine."""
    kept = os.environ.pop("HF_HUB_OFFLINE", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["HF_HUB_OFFLINE"] = kept
