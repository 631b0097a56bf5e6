"""The sizes of a SAM: the three published ones, and any other as a sidecar file states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from projects.errors import InvalidInput

MAX_SIDE = 4096  # four times the published input; beyond it attention does not fit in memory


@dataclass(frozen=True)
class SamShape:
    """What must be known to build a Sam before its weights are loaded.

    Attributes:
        image_side: Side of the square input in pixels.
        patch_side: Side of a patch; the embedding is ``image_side // patch_side`` wide and high.
        width: Channels of the encoder.
        depth: Blocks of the encoder.
        heads: Attention heads of the encoder.
        global_blocks: Which blocks attend to the whole image.
        window_side: Side of the attention window of the others, in patches.
        prompt_width: Channels of embedding and decoder (256 in all published ones).
    """

    width: int
    depth: int
    heads: int
    global_blocks: tuple[int, ...]
    image_side: int = 1024
    patch_side: int = 16
    window_side: int = 14
    prompt_width: int = 256


VIT_B = SamShape(width=768, depth=12, heads=12, global_blocks=(2, 5, 8, 11))
VIT_L = SamShape(width=1024, depth=24, heads=16, global_blocks=(5, 11, 17, 23))
VIT_H = SamShape(width=1280, depth=32, heads=16, global_blocks=(7, 15, 23, 31))


def parse_shape(stated: object) -> SamShape:
    """Return the shape that a sidecar states, in full or as "vit_b", "vit_l" or "vit_h".

    Raises:
        InvalidInput: naming the field that is missing, unknown or out of range.
    """
    if isinstance(stated, str):
        return _published(stated)
    if not isinstance(stated, Mapping):
        raise InvalidInput(f"the architecture is a name or an object, got {type(stated).__name__}")
    unknown = sorted(set(stated) - {known.name for known in fields(SamShape)})
    if unknown:
        raise InvalidInput(f"unknown fields in the architecture: {', '.join(unknown)}")
    sizes = {key: _whole(key, stated[key]) for key in stated if key != "global_blocks"}
    missing = sorted({"width", "depth", "heads"} - set(sizes))
    if missing:
        raise InvalidInput(f"the architecture lacks {', '.join(missing)}")
    blocks = stated.get("global_blocks", ())
    if not isinstance(blocks, (list, tuple)) or not all(type(block) is int for block in blocks):
        raise InvalidInput("global_blocks is a list of whole numbers")
    return _checked(SamShape(**sizes, global_blocks=tuple(blocks)))


def _published(name: str) -> SamShape:
    shapes = {"vit_b": VIT_B, "vit_l": VIT_L, "vit_h": VIT_H}
    if name not in shapes:
        raise InvalidInput(
            f"the architecture is one of {', '.join(shapes)} or an object, got {name!r}"
        )
    return shapes[name]


def _whole(key: str, number: object) -> int:
    if type(number) is not int or not 0 < number <= MAX_SIDE:
        raise InvalidInput(f"{key} is a whole number from 1 to {MAX_SIDE}, got {number!r}")
    return number


def _checked(shape: SamShape) -> SamShape:
    if shape.image_side % shape.patch_side or shape.width % shape.heads or shape.prompt_width % 8:
        raise InvalidInput(
            "image_side must be a multiple of patch_side, width of heads, prompt_width of 8"
        )
    return shape
