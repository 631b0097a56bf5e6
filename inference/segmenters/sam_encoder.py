"""SAM's image encoder with segment-anything's weights and the same answer in less time.

Against segment_anything/modeling/image_encoder.py: attention by torch's fused kernel
(``sam_attention``); nothing is projected for the padding of windows, whose queries nobody reads and
whose keys and values are the bias alone; patches and the neck's first convolution are matrix
products on channels-last data; in ``Precision.FAST`` the linear layers of the blocks multiply
bfloat16 and sum in float32, and what is kept between blocks stays float32.
"""

from __future__ import annotations

from typing import Any

from inference.segmenters.sam_attention import attend, positions
from inference.segmenters.sam_precision import Precision, has_matrix_unit
from inference.segmenters.torch_door import torch

linear = torch.nn.functional.linear
layer_norm = torch.nn.functional.layer_norm


class Encoder(torch.nn.Module):
    """Takes the place of ``Sam.image_encoder`` and takes over its weights.

    Attributes:
        img_size: Side of the square input in pixels, under the name that SamPredictor reads.
        precision: In which numbers the blocks compute.
    """

    def __init__(self, vit: Any, precision: Precision) -> None:
        super().__init__()
        self.img_size: int = vit.img_size
        self.precision = precision
        self.patch_embed = vit.patch_embed
        self.pos_embed = vit.pos_embed
        self.neck = vit.neck
        side = vit.img_size // vit.patch_embed.proj.kernel_size[0]
        self.blocks = torch.nn.ModuleList(_Block(block, side, precision) for block in vit.blocks)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Encode normalised images, float32, B x 3 x side x side, into float32, B x C x h x w."""
        with torch.inference_mode():
            tokens = self._patches(pixels)
            for block in self.blocks:
                tokens = block(tokens)
            return self._neck(tokens)

    def _patches(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return float32, B x h x w x C: each patch of pixels as a token, with its position."""
        projection = self.patch_embed.proj
        side = projection.kernel_size[0]
        batch, colours, height, width = pixels.shape
        patches = pixels.reshape(batch, colours, height // side, side, width // side, side)
        patches = patches.permute(0, 2, 4, 1, 3, 5).flatten(3)
        tokens = linear(patches, projection.weight.flatten(1), projection.bias)
        return tokens if self.pos_embed is None else tokens.add_(self.pos_embed)

    def _neck(self, tokens: torch.Tensor) -> torch.Tensor:
        narrow, first, wide, second = self.neck
        features = linear(tokens, narrow.weight.flatten(1), narrow.bias)
        features = _norm_channels(features, first).permute(0, 3, 1, 2)
        features = wide(features).permute(0, 2, 3, 1)
        return _norm_channels(features, second).permute(0, 3, 1, 2).contiguous()


class _Block(torch.nn.Module):
    """One transformer block on tokens, float32, B x h x w x C; changes its input in place."""

    def __init__(self, block: Any, side: int, precision: Precision) -> None:
        super().__init__()
        self.norm1, self.norm2 = block.norm1, block.norm2
        self.window: int = block.window_size
        self.across_h: torch.Tensor
        self.across_w: torch.Tensor
        self.heads: int = block.attn.num_heads
        self.is_fast = precision is Precision.FAST
        self.qkv, self.proj = block.attn.qkv, block.attn.proj
        self.widen, self.narrow = block.mlp.lin1, block.mlp.lin2
        if self.is_fast:
            for layer in (self.qkv, self.proj, self.widen, self.narrow):
                layer.to(torch.bfloat16)
        reach = self.window or side
        for name, table in (("across_h", block.attn.rel_pos_h), ("across_w", block.attn.rel_pos_w)):
            self.register_buffer(name, positions(table.detach(), reach), persistent=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        tokens += self._attended(self._normed(tokens, self.norm1))
        hidden = torch.nn.functional.gelu(self.widen(self._normed(tokens, self.norm2)))
        tokens += self.narrow(hidden)
        return tokens

    def _normed(self, tokens: torch.Tensor, norm: Any) -> torch.Tensor:
        normed: torch.Tensor = norm(tokens)
        return normed.to(torch.bfloat16) if self.is_fast else normed

    def _attended(self, tokens: torch.Tensor) -> torch.Tensor:
        _, height, width, _ = tokens.shape
        q, k, v = self._split(self.qkv(tokens))
        heads = attend(q, k.flatten(2, 3), v.flatten(2, 3), self.across_h, self.across_w)
        joined = heads.permute(0, 2, 3, 1, 4).flatten(3)
        if self.window:
            joined = _unwindowed(joined, height, width)
        projected: torch.Tensor = self.proj(joined.to(self.proj.weight.dtype))
        return projected

    def _split(self, qkv: torch.Tensor) -> torch.Tensor:
        """Return q, k, v as 3 x B' x heads x h' x w' x C, contiguous; B' counts windows."""
        side = self.window or max(qkv.shape[1:3])
        if self.window:
            qkv = self._padded(qkv)
        batch, height, width, _ = qkv.shape
        split = qkv.view(batch, height // side, side, width // side, side, 3, self.heads, -1)
        split = split.permute(5, 0, 1, 3, 6, 2, 4, 7)
        kind = (
            torch.bfloat16 if self.is_fast and has_matrix_unit(qkv.device.type) else torch.float32
        )
        return split.to(kind, memory_format=torch.contiguous_format).flatten(1, 3)

    def _padded(self, qkv: torch.Tensor) -> torch.Tensor:
        """Return qkv filled up to whole windows; a padded token is zero, so its qkv is the bias."""
        batch, height, width, channels = qkv.shape
        tall, broad = (-(-size // self.window) * self.window for size in (height, width))
        if (tall, broad) == (height, width):
            return qkv
        padded = qkv.new_empty(batch, tall, broad, channels)
        padded[:, :height, :width] = qkv
        padded[:, height:] = self.qkv.bias
        padded[:, :height, width:] = self.qkv.bias
        return padded


def _unwindowed(windows: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return B x height x width x C from B' x side x side x C, without the padding."""
    side, channels = windows.shape[2:]
    down, along = -(-height // side), -(-width // side)
    whole = windows.reshape(-1, down, along, side, side, channels).transpose(2, 3)
    tokens: torch.Tensor = whole.reshape(-1, down * side, along * side, channels)
    return tokens[:, :height, :width]


def _norm_channels(features: torch.Tensor, norm: Any) -> torch.Tensor:
    """Return segment-anything's LayerNorm2d on channels-last features."""
    return layer_norm(features, norm.weight.shape, norm.weight, norm.bias, norm.eps)
