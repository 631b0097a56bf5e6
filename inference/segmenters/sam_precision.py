"""In which numbers SAM's encoder computes: float32 ("exact") or bfloat16 where it is fast ("fast").

A processor without bfloat16 instructions emulates them, slower than float32; there "auto" is exact.
"""

from __future__ import annotations

from enum import Enum

from inference.segmenters.torch_door import torch
from projects.errors import InvalidInput


class Precision(Enum):
    """The numbers of the encoder's linear layers; what is kept between them is always float32."""

    EXACT = "exact"
    FAST = "fast"


AUTO = "auto"
CHOICES = (AUTO, *(precision.value for precision in Precision))


def choose(wish: object, device: str) -> Precision:
    """Return what a setting means on a device; "auto" is fast where the hardware has bfloat16.

    Args:
        wish: "auto", "exact" or "fast".
        device: "cpu" or "cuda".

    Raises:
        InvalidInput: if the setting is none of them.
    """
    if wish == AUTO:
        return Precision.FAST if has_bfloat16(device) else Precision.EXACT
    if wish not in CHOICES:
        raise InvalidInput(
            f"precision is one of {', '.join(CHOICES)}, got {str(wish)[:40]!r}",
            code="unknown_precision",
        )
    return Precision(wish)


def compute_exactly() -> None:
    """Have GPUs compute float32 in all its bits, in this process from now on.

    By itself torch lets cuDNN round what convolutions multiply to 10 bits (TF32).
    """
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def has_bfloat16(device: str) -> bool:
    """Say whether the device multiplies matrices of bfloat16 faster than those of float32."""
    if device.startswith("cuda"):
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)
    return _has(("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))


def has_matrix_unit(device: str) -> bool:
    """Say whether attention too gains from bfloat16: a GPU, or a CPU with tiles (AMX)."""
    return device.startswith("cuda") or _has(("amx_bf16",))


def _has(names: tuple[str, ...]) -> bool:
    found = torch.cpu.get_capabilities()
    return any(bool(found.get(name)) for name in names)
