"""Bodies of torchvision's operators in plain torch, for where the compiled ones do not load."""

from __future__ import annotations

import math

import torch

CHUNK = 256  # regions at once; bounds the memory of their samples


def suppress(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression: int64 indices kept, by falling score.

    Args:
        boxes: float, N x 4, (x0, y0, x1, y1).
        scores: float, N.
        iou_threshold: A box is dropped if its IoU with a better one is greater.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        iou = shared / (areas[best] + areas[order] - shared)
        order = order[~(iou > iou_threshold)]
    return torch.stack(kept) if kept else order


def roi_align(  # noqa: PLR0917  the operator's own signature
    features: torch.Tensor,
    rois: torch.Tensor,
    spatial_scale: float,
    pooled_height: int,
    pooled_width: int,
    sampling_ratio: int,
    aligned: bool,  # noqa: FBT001  as above
) -> torch.Tensor:
    """Average features at bilinear samples in a grid of bins for each region (Mask R-CNN, 3).

    Args:
        features: float, N x C x H x W.
        rois: float, K x 5, number of the image and (x0, y0, x1, y1).
        spatial_scale: From the regions' pixels to those of the features.
        pooled_height: Of the bins.
        pooled_width: Of the bins.
        sampling_ratio: Samples along a side of a bin; 0 or less takes one for each pixel of it.
        aligned: Whether pixels have their centre at a half.

    Returns:
        float, K x C x pooled_height x pooled_width.
    """
    bins = (pooled_height, pooled_width)
    pooled = features.new_zeros(len(rois), features.shape[1], *bins)
    boxes = rois[:, 1:] * spatial_scale - (0.5 if aligned else 0.0)
    for number in torch.unique(rois[:, 0]):
        places = torch.nonzero(rois[:, 0] == number)[:, 0]
        for some in torch.split(places, CHUNK if sampling_ratio > 0 else 1):
            samples = (sampling_ratio, sampling_ratio)
            if sampling_ratio <= 0:
                samples = _samples_of(boxes[some[0]], bins, aligned=aligned)
            pooled[some] = _pooled(
                features[int(number)], boxes[some], (bins, samples), aligned=aligned
            )
    return pooled


def _samples_of(box: torch.Tensor, bins: tuple[int, int], *, aligned: bool) -> tuple[int, int]:
    """As many samples down and across a bin of one region as it has pixels."""
    width, height = (float(side) for side in box[2:] - box[:2])
    if not aligned:
        width, height = max(width, 1.0), max(height, 1.0)
    return max(1, math.ceil(height / bins[0])), max(1, math.ceil(width / bins[1]))


def _pooled(
    features: torch.Tensor,
    boxes: torch.Tensor,
    shape: tuple[tuple[int, int], tuple[int, int]],
    *,
    aligned: bool,
) -> torch.Tensor:
    """Bins of regions (K x 4, in pixels of the features) of one image (C x H x W)."""
    (rows, columns), samples = shape
    size = boxes[:, 2:] - boxes[:, :2]
    size = size if aligned else size.clamp(min=1.0)
    ys = _samples(boxes[:, 1], size[:, 1], rows, samples[0])
    xs = _samples(boxes[:, 0], size[:, 0], columns, samples[1])
    height, width = features.shape[1:]
    is_inside = ((ys >= -1) & (ys <= height))[:, :, None] & ((xs >= -1) & (xs <= width))[:, None]
    grid = torch.stack(
        [
            (xs / max(width - 1, 1) * 2 - 1)[:, None].expand(-1, ys.shape[1], -1),
            (ys / max(height - 1, 1) * 2 - 1)[:, :, None].expand(-1, -1, xs.shape[1]),
        ],
        dim=-1,
    )
    flat = grid.reshape(1, -1, grid.shape[2], 2)
    values = torch.nn.functional.grid_sample(
        features[None], flat, mode="bilinear", padding_mode="border", align_corners=True
    )
    values = values.reshape(features.shape[0], *is_inside.shape) * is_inside
    means = torch.nn.functional.avg_pool2d(values.transpose(0, 1), samples)
    return means.reshape(len(boxes), features.shape[0], rows, columns)


def _samples(start: torch.Tensor, size: torch.Tensor, bins: int, samples: int) -> torch.Tensor:
    """Where the samples of K regions lie along one side: K x (bins * samples)."""
    steps = (torch.arange(bins * samples, device=start.device, dtype=start.dtype) + 0.5) / samples
    return start[:, None] + steps[None] * (size / bins)[:, None]
