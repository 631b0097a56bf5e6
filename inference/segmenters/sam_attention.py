"""Attention with SAM's decomposed relative positions through torch's fused kernel.

The bias of a query (y, x) at a key (v, u) is ``q . Rh[y - v] + q . Rw[x - u]`` (segment_anything,
image_encoder.py:add_decomposed_rel_pos; MViTv2, section 3.1). Written out for every pair it is by
far the largest array of the encoder (800 MB of float32 for ViT-B), so it is made in pieces that
stay in the cache; each is the additive mask of one call of scaled_dot_product_attention.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import product

from inference.segmenters.torch_door import torch

CPU_QUERIES = 512  # in one call: two blocks of torch's kernel, and 8 MB of bias at 4,096 keys
CPU_BYTES = 16 << 20  # of bias of whole windows at once
GPU_BYTES = 512 << 20


@dataclass(frozen=True)
class Piece:
    """How much is attended to in one call.

    Attributes:
        batch: Images or windows.
        heads: Attention heads.
        rows: Rows of queries, each as wide as the image or window.
    """

    batch: int
    heads: int
    rows: int

    def parts(self, shape: Sequence[int]) -> Iterator[tuple[slice, slice, slice]]:
        """Yield where each piece of batch x heads x rows lies."""
        places = (range(0, size, step) for size, step in zip(shape, astuple(self), strict=True))
        for b, n, y in product(*places):
            yield (
                slice(b, b + self.batch),
                slice(n, n + self.heads),
                slice(y, y + self.rows),
            )


def positions(table: torch.Tensor, side: int) -> torch.Tensor:
    """Return the embedding of each distance, side (query) x side (key) x C.

    Args:
        table: 2n-1 x C, from the farthest before to the farthest after; another length than
            ``2 * side - 1`` is stretched as segment-anything does.
        side: Queries, and keys, along this axis.
    """
    wanted = 2 * side - 1
    if table.shape[0] != wanted:
        table = torch.nn.functional.interpolate(table.T[None], size=wanted, mode="linear")[0].T
    places = torch.arange(side, device=table.device)
    return table[places[:, None] - places[None, :] + side - 1]


def attend(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    across_h: torch.Tensor,
    across_w: torch.Tensor,
) -> torch.Tensor:
    """Return the attended values.

    Args:
        q: float32 or bfloat16, B x heads x h x w x C, unscaled.
        k: B x heads x h*w x C, contiguous.
        v: As ``k``.
        across_h: float32, h x h x C, of ``positions``.
        across_w: float32, w x w x C.

    Returns:
        As ``q``.
    """
    height, width = q.shape[2:4]
    exact = q.to(across_h.dtype)  # positions are exact in float32 even where attention is bfloat16
    by_row = torch.einsum("bnyxc,yvc->bnyxv", exact, across_h)[..., :, None]
    by_column = torch.einsum("bnyxc,xuc->bnyxu", exact, across_w)[..., None, :]
    piece = _piece(q)
    room = q.new_empty(piece.batch * piece.heads * piece.rows * width * height * width)
    answer = torch.empty_like(q)
    for part in piece.parts(q.shape[:3]):
        queries = q[part]
        shape = (*queries.shape[:-1], height, width)
        bias = torch.add(by_row[part], by_column[part], out=room[: math.prod(shape)].view(shape))
        answer[part] = torch.nn.functional.scaled_dot_product_attention(
            queries.flatten(2, 3),
            k[part[:2]],
            v[part[:2]],
            attn_mask=bias.flatten(4).flatten(2, 3),
        ).view(queries.shape)
    return answer


def _piece(q: torch.Tensor) -> Piece:
    batch, heads, height, width, _ = q.shape
    row_bytes = q.element_size() * width * height * width
    if q.device.type != "cpu":
        fitting = max(1, GPU_BYTES // row_bytes)
        return _filled(batch, heads, height, fitting)
    if CPU_QUERIES // width < height:  # the whole image: some rows of as many heads as keep busy
        at_once = (torch.get_num_threads() + 1) // 2
        return Piece(1, min(heads, at_once), max(1, CPU_QUERIES // width))
    return _filled(batch, heads, height, max(heads * height, CPU_BYTES // row_bytes))


def _filled(batch: int, heads: int, height: int, rows: int) -> Piece:
    """Return the piece of at most ``rows`` rows that is whole in as many dimensions as fit."""
    if rows >= heads * height:
        return Piece(min(batch, rows // (heads * height)), heads, height)
    if rows >= height:
        return Piece(1, rows // height, height)
    return Piece(1, 1, rows)
