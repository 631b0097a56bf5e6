"""The one door to transformers: folders of this machine, safetensors, and nobody else's code.

``torch_door`` comes first, since transformers' vision classes need a torchvision that imports.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from inference.segmenters import torch_door, transformers_folder
from inference.segmenters.checkpoints import CheckpointRefused
from inference.segmenters.protocol import ImageRgb
from inference.segmenters.sound_numbers import refuse_unsound_weights
from projects.errors import Unavailable

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a worker asks no other machine while it works
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import transformers
from PIL import Image as Picture
from safetensors import SafetensorError

torch = torch_door.torch
LOCAL = {"local_files_only": True, "trust_remote_code": False}
NAMED_KEYS = 3  # of missing weights, in a message

_logging: Any = transformers.utils.logging
_logging.set_verbosity_error()
_logging.disable_progress_bar()


def load_model(class_name: str, folder: Path) -> Any:
    """Load a model of a class of transformers from a folder, on the GPU if there is one.

    Raises:
        CheckpointRefused: if the weights do not fit the config, lack some of the model's, or are
            not finite.
        Unavailable: if this version of transformers has no such class.
    """
    reason = transformers_folder.why_no_weights(transformers_folder.read(folder))
    if reason:
        raise CheckpointRefused(reason)
    kind = getattr(transformers, class_name, None)
    if kind is None:
        raise Unavailable(
            f"transformers {transformers.__version__} has no {class_name}; install a newer one.",
            "model_broken",
        )
    try:
        model, told = kind.from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **LOCAL
        )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointRefused(f"{folder.name} does not load: {error}") from error
    missing = sorted(told.get("missing_keys", ()))
    if missing:
        raise CheckpointRefused(
            f"{folder.name} lacks {len(missing)} weights of {class_name}, as "
            f"{', '.join(missing[:NAMED_KEYS])}: they would be random."
        )
    refuse_unsound_weights(dict(model.named_parameters()), folder.name)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.eval().to(device)


def load_processor(class_name: str, folder: Path) -> Any:
    """Load what prepares images and words for a model.

    Raises:
        CheckpointRefused: if the folder lacks it.
    """
    try:
        return getattr(transformers, class_name).from_pretrained(folder, **LOCAL)
    except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
        raise CheckpointRefused(
            f"{folder.name} lacks what {class_name} needs (preprocessor_config.json, tokenizer): "
            f"{error}"
        ) from error


def picture_of(image_rgb: ImageRgb) -> Any:
    """Return an image (uint8, HxWx3) as processors take it without a guess where its colours are.

    Of an array of 1 or 3 rows they believe that these are the colours.
    """
    return Picture.fromarray(image_rgb)
