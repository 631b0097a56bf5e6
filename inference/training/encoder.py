"""The image encoder of ``sam_nano``: EfficientNet-Lite, a pyramid, features at an eighth.

The backbone is EfficientNet-Lite (M. Tan and Q. Le 2019; google's ``efficientnet/lite``: no
squeeze-and-excitation, ReLU6), so that its published ImageNet weights can be the start (see
``pretrained.py``). Its batch statistics stay as they were published: batches here are small. Above
it stands a feature pyramid that ends at an eighth of the side.
"""

from __future__ import annotations

from dataclasses import dataclass

from inference.segmenters.torch_door import torch

nn = torch.nn
STRIDE = 8
KERNELS = (3, 3, 5, 3, 5, 5, 3)
STRIDES = (1, 2, 2, 2, 1, 2, 1)
EXPANSIONS = (1, 6, 6, 6, 6, 6, 6)
QUARTER, EIGHTH, SIXTEENTH, LAST = 1, 2, 4, 6  # stages whose features the pyramid takes
BACKBONE_EPSILON = 1e-3  # of its normalisation, as published
# The backbone saw (pixel - 127) / 128; segment-anything's predictor gives (pixel - mean) / std.
SAM_MEAN, SAM_STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
OWN_MEAN, OWN_STD = 127.0, 128.0


@dataclass(frozen=True)
class NanoShape:
    """Sizes of a model; the defaults are those of ``sam_nano``.

    Attributes:
        side: Of the square input in pixels; a multiple of 32.
        width: Channels of embedding and decoder.
        stem: Channels at half of the side.
        widths: Channels of the seven stages; the defaults are EfficientNet-Lite2's.
        depths: Blocks of each.
        heads: Attention heads of the decoder.
        mlp: Width of the decoder's MLP.
        layers: Of the decoder's transformer.
    """

    side: int = 512
    width: int = 128
    stem: int = 32
    widths: tuple[int, ...] = (16, 24, 48, 88, 120, 208, 352)
    depths: tuple[int, ...] = (1, 3, 3, 4, 4, 5, 1)
    heads: int = 8
    mlp: int = 512
    layers: int = 1


class FixedNorm(nn.BatchNorm2d):
    """Batch normalisation that keeps the statistics it came with, in training too."""

    def train(self, mode: bool = True) -> FixedNorm:  # noqa: ARG002, FBT001, FBT002  as torch calls it
        """Stay in the mode of use."""
        super().train(False)
        return self


class PointConv(nn.Conv2d):
    """A 1x1 convolution that learns as a matrix product, which CPUs do several times faster."""

    def __init__(self, before: int, after: int, *, has_bias: bool = False) -> None:
        super().__init__(before, after, 1, bias=has_bias)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """From B x before x h x w to B x after x h x w."""
        if not self.training:
            return super().forward(features)
        pixels = features.permute(0, 2, 3, 1)
        mixed = nn.functional.linear(pixels, self.weight.flatten(1), self.bias)
        return mixed.permute(0, 3, 1, 2)


class DepthConv(nn.Conv2d):
    """A convolution of each channel by itself; fixed weights make going backwards cheap."""

    def __init__(self, width: int, kernel: int, stride: int) -> None:
        padding = 0 if stride > 1 else kernel // 2
        super().__init__(width, width, kernel, stride, padding, groups=width, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Keep the channels, B x C x h x w."""
        is_fixed = not self.weight.requires_grad and self.stride == (1, 1)
        if not (self.training and is_fixed and features.requires_grad):
            return super().forward(features)
        weight = self.weight.to(features.dtype)
        return _FixedDepthConv.apply(features, weight)  # type: ignore[no-any-return,no-untyped-call]  # as torch declares it


class _FixedDepthConv(torch.autograd.Function):
    """The gradient of a fixed depthwise convolution is one with the turned kernel.

    As a forward convolution it takes a third of the time of torch's own gradient on a CPU.
    """

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, features: torch.Tensor, weight: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(weight)
        return _depthwise(features, weight)

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, gradient: torch.Tensor
    ) -> tuple[torch.Tensor, None]:
        (weight,) = ctx.saved_tensors  # type: ignore[attr-defined]  # torch keeps it
        return _depthwise(gradient, weight.flip(2, 3)), None


class Block(nn.Module):
    """A MobileNet block: widen each pixel, convolve each channel, narrow; adds where it can."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = before * expansion
        layers = _mixed(before, inner) if expansion > 1 else []
        if stride > 1:  # as TensorFlow pads: what is odd goes to the right and below
            less, more = (kernel - stride) // 2, (kernel - stride + 1) // 2
            layers.append(nn.ZeroPad2d((less, more, less, more)))
        layers += [DepthConv(inner, kernel, stride), _norm(inner), nn.ReLU6(inplace=True)]
        layers += [PointConv(inner, after), _norm(after)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and before == after

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """From B x before x h x w to B x after x h/stride x w/stride."""
        made: torch.Tensor = self.layers(features)
        return features + made if self.adds else made


class NanoEncoder(nn.Module):
    """From B x 3 x S x S, normalised, to B x width x S/8 x S/8.

    Attributes:
        img_size: The side that segment-anything's predictor and ONNX wrapper prepare images for;
            the convolutions themselves take any multiple of 32.
    """

    gain: torch.Tensor
    offset: torch.Tensor

    def __init__(self, shape: NanoShape) -> None:
        super().__init__()
        self.img_size = shape.side
        self._keeps_statistics = False
        mean, std = (torch.tensor(v)[:, None, None] for v in (SAM_MEAN, SAM_STD))
        self.register_buffer("gain", std / OWN_STD, persistent=False)
        self.register_buffer("offset", (mean - OWN_MEAN) / OWN_STD, persistent=False)
        self.stem = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(3, shape.stem, 3, 2, bias=False),
            _norm(shape.stem),
            nn.ReLU6(inplace=True),
        )
        stages, before = [], shape.stem
        for place, (width, depth) in enumerate(zip(shape.widths, shape.depths, strict=True)):
            stages.append(_stage(before, width, depth, place))
            before = width
        self.stages = nn.ModuleList(stages)
        taken = (EIGHTH, SIXTEENTH, LAST)
        self.fine = nn.Conv2d(shape.widths[QUARTER], shape.width, 2, stride=2)
        self.laterals = nn.ModuleList(
            [PointConv(shape.widths[place], shape.width, has_bias=True) for place in taken]
        )
        self.smooth = nn.ModuleList([_smooth(shape.width) for _ in taken[1:]])
        self.neck = nn.Sequential(
            nn.Conv2d(shape.width, shape.width, 3, padding=1, bias=False),
            nn.BatchNorm2d(shape.width),
        )

    def freeze(self, stages: int, *, depthwise: bool, statistics: bool) -> None:
        """Choose what learns: not the stem and the first ``stages``, maybe no depthwise weights.

        Args:
            stages: 0 lets everything learn.
            depthwise: Whether depthwise weights stay as they are everywhere.
            statistics: Whether the pyramid's batch statistics stay too.
        """
        self._keeps_statistics = statistics
        for parameter in self.parameters():
            parameter.requires_grad_(True)
        frozen = [self.stem, *self.stages[:stages]] if stages else []
        frozen += [m for m in self.modules() if depthwise and isinstance(m, DepthConv)]
        for module in frozen:
            module.requires_grad_(False)

    def train(self, mode: bool = True) -> NanoEncoder:  # noqa: FBT001, FBT002  as torch calls it
        """Go into the mode of training, batch statistics only if they learn."""
        super().train(mode)
        for module in self.modules():
            if self._keeps_statistics and isinstance(module, nn.BatchNorm2d):
                module.train(False)
        return self

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Encode normalised pictures, float, B x 3 x S x S."""
        features = self.stem(pixels * self.gain + self.offset)
        levels = []
        for stage in self.stages:
            features = stage(features)
            levels.append(features)
        merged = self.laterals[2](levels[LAST])
        merged = self.smooth[0](_grown(merged) + self.laterals[1](levels[SIXTEENTH]))
        merged = self.smooth[1](_grown(merged) + self.laterals[0](levels[EIGHTH]))
        embedding: torch.Tensor = self.neck(merged + self.fine(levels[QUARTER]))
        return embedding


def _stage(before: int, width: int, depth: int, place: int) -> nn.Sequential:
    kernel, expansion = KERNELS[place], EXPANSIONS[place]
    first = Block(before, width, kernel, STRIDES[place], expansion)
    others = (Block(width, width, kernel, 1, expansion) for _ in range(depth - 1))
    return nn.Sequential(first, *others)


def _mixed(before: int, after: int) -> list[nn.Module]:
    return [PointConv(before, after), _norm(after), nn.ReLU6(inplace=True)]


def _norm(width: int) -> FixedNorm:
    return FixedNorm(width, eps=BACKBONE_EPSILON)


def _smooth(width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(width, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


def _grown(features: torch.Tensor) -> torch.Tensor:
    return nn.functional.interpolate(features, scale_factor=2.0, mode="nearest")


def _depthwise(features: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    width, _, kernel, _ = weight.shape
    return nn.functional.conv2d(features, weight, padding=kernel // 2, groups=width)
