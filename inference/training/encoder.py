"""The image encoder of ``sam_nano``: convolutions, a pyramid, features at an eighth of the side.

Blocks are those of ConvNeXt (Z. Liu et al. 2022) with batch normalisation and ReLU instead of layer
normalisation and GELU: both melt into the convolutions when exported.
"""

from __future__ import annotations

from dataclasses import dataclass

from inference.segmenters.torch_door import torch

nn = torch.nn
STRIDE = 8
KERNEL = 7


@dataclass(frozen=True)
class NanoShape:
    """Sizes of a model; the defaults are those of ``sam_nano``.

    Attributes:
        side: Of the square input in pixels; a multiple of 32.
        width: Channels of embedding and decoder.
        stem: Channels at half of the side.
        widths: Channels at 1/4, 1/8, 1/16 and 1/32 of the side.
        depths: Blocks there.
        expansions: How much wider the inside of a block is, there.
        heads: Attention heads of the decoder.
        mlp: Width of the decoder's MLP.
    """

    side: int = 512
    width: int = 128
    stem: int = 32
    widths: tuple[int, int, int, int] = (64, 128, 256, 384)
    depths: tuple[int, int, int, int] = (1, 3, 6, 3)
    expansions: tuple[int, int, int, int] = (2, 3, 3, 3)
    heads: int = 8
    mlp: int = 512


class Block(nn.Module):
    """Depthwise convolution, then an MLP on each pixel; adds to its input."""

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        inner = width * expansion
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, KERNEL, padding=KERNEL // 2, groups=width, bias=False),
            nn.BatchNorm2d(width),
            nn.Conv2d(width, inner, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, width, 1, bias=False),
            _normalisation(width),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Keep the shape, B x C x h x w."""
        added: torch.Tensor = self.layers(features)
        return features + added


class NanoEncoder(nn.Module):
    """From B x 3 x S x S, normalised, to B x width x S/8 x S/8.

    Attributes:
        img_size: The side that segment-anything's predictor and ONNX wrapper prepare images for;
            the convolutions themselves take any multiple of 32.
    """

    def __init__(self, shape: NanoShape) -> None:
        super().__init__()
        self.img_size = shape.side
        first, *others = shape.widths
        self.stem = nn.Sequential(_conv(3, shape.stem, 3, 2), _conv(shape.stem, first, 3, 2))
        stages = [self._stage(first, shape.depths[0], shape.expansions[0])]
        for below, width, depth, expansion in zip(
            shape.widths, others, shape.depths[1:], shape.expansions[1:], strict=False
        ):
            stages.append(
                nn.Sequential(_conv(below, width, 2, 2), self._stage(width, depth, expansion))
            )
        self.stages = nn.ModuleList(stages)
        fine, *levels = shape.widths
        self.fine = nn.Conv2d(fine, shape.width, 2, stride=2)
        self.laterals = nn.ModuleList([nn.Conv2d(width, shape.width, 1) for width in levels])
        self.smooth = nn.ModuleList([_conv(shape.width, shape.width, 3) for _ in levels[1:]])
        self.neck = nn.Sequential(
            nn.Conv2d(shape.width, shape.width, 3, padding=1, bias=False),
            nn.BatchNorm2d(shape.width),
        )

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Encode normalised pictures, float, B x 3 x S x S."""
        features = self.stem(pixels)
        levels = []
        for stage in self.stages:
            features = stage(features)
            levels.append(features)
        merged = self.laterals[-1](levels[-1])
        for place, smooth in zip(range(len(self.laterals) - 2, -1, -1), self.smooth, strict=True):
            grown = nn.functional.interpolate(merged, scale_factor=2.0, mode="nearest")
            merged = smooth(grown + self.laterals[place](levels[place + 1]))
        embedding: torch.Tensor = self.neck(merged + self.fine(levels[0]))
        return embedding

    @staticmethod
    def _stage(width: int, depth: int, expansion: int) -> nn.Sequential:
        return nn.Sequential(*(Block(width, expansion) for _ in range(depth)))


def _conv(before: int, after: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride=stride, padding=(kernel - 1) // 2, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def _normalisation(width: int) -> nn.BatchNorm2d:
    """Start as nothing: a deep stack that begins as the identity learns from the first step."""
    normalisation = nn.BatchNorm2d(width)
    nn.init.zeros_(normalisation.weight)
    return normalisation
