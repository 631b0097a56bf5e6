"""Files of a run: the full state to go on from, and the weights alone to ship or start from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from inference.segmenters.torch_door import Sam, torch
from inference.training.encoder import NanoShape
from inference.training.model import build_nano, shape_facts, shape_of
from projects.errors import InvalidInput, NotFound

State: TypeAlias = dict[str, Any]  # nested dicts of tensors and plain values, as torch keeps them

FORMAT = 1
STATE_NAME = "state.pt"
WEIGHTS_NAME = "weights.pt"


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a state so that a crash leaves either the old file or the new one."""
    temporary = path.with_suffix(f".{os.getpid()}.part")
    with temporary.open("wb") as opened:
        torch.save(dict(state), opened)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(path)


def read(path: Path) -> State:
    """Read a state, on the CPU; tensors and plain values alone are accepted.

    Raises:
        NotFound: if there is no such file.
        InvalidInput: if it is of another format.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}", code="no_file")
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise InvalidInput(f"{path.name} is no file of training of format {FORMAT}")
    return state


def save_weights(path: Path, sam: Sam, shape: NanoShape) -> None:
    """Write a model's weights in float16; means and variances stay float32, they may be large."""
    parameters = dict(sam.named_parameters())
    state = {
        name: (tensor.half() if name in parameters else tensor).contiguous().cpu()
        for name, tensor in sam.state_dict().items()
    }
    save(path, {"format": FORMAT, "shape": shape_facts(shape), "weights": state})


def load_weights(path: Path) -> tuple[Sam, NanoShape]:
    """Build the model of a weights file, float32, on the CPU, ready to answer.

    Raises:
        NotFound: if there is no such file.
        InvalidInput: if it is not one.
    """
    state = read(path)
    if "weights" not in state:
        raise InvalidInput(f"{path.name} holds no weights; look for {WEIGHTS_NAME} beside it")
    shape = shape_of(state["shape"])
    sam = build_nano(shape)
    sam.load_state_dict({name: tensor.float() for name, tensor in state["weights"].items()})
    return sam.eval(), shape
