"""Boundaries that follow the picture, in the exported files: a guided filter between the two.

The decoder sees features at an eighth of the side; its masks know edges only roughly. So the
encoder file puts a small gray picture behind the features, and the decoder file smooths its masks
along it (K. He and J. Sun, "Fast Guided Filter", 2015: the fit at half of the masks' resolution).
Whoever decodes needs no image for it, and answers are the same in a server and in a browser.
Nothing is learned here, and training knows nothing of it.
"""

from __future__ import annotations

from inference.segmenters.sam_slim import SlimDecoder
from inference.segmenters.torch_door import Sam, torch

functional = torch.nn.functional
GUIDE_STRIDE = 4  # pixels of the encoder's input to one of the guide: half of the masks' fineness
GUIDE_CHANNELS = 4  # a cell's 2 x 2 pixels of the guide
GRAY = (0.299, 0.587, 0.114)
WHITE = 255.0
EDGE_EPSILON = (10 / WHITE) ** 2  # steps of the guide below 10 of 255 do not stop the smoothing
CLEAR_LOGIT = 8.0  # beyond it a pixel is far from any boundary and stays as it is
SURE = 1e-3  # shares are kept so far from 0 and 1


class GuidedEncoder(torch.nn.Module):
    """The encoder with the guide behind its features: 1 x 3 x S x S to 1 x (C + 4) x S/8 x S/8."""

    weights: torch.Tensor
    offset: torch.Tensor

    def __init__(self, sam: Sam) -> None:
        super().__init__()
        self.encoder = sam.image_encoder
        mix = torch.tensor(GRAY).view(1, 3, 1, 1)
        self.register_buffer("weights", sam.pixel_std.view(1, 3, 1, 1) * mix / WHITE)
        self.register_buffer("offset", (sam.pixel_mean.view(1, 3, 1, 1) * mix / WHITE).sum())

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Encode a normalised picture."""
        gray = functional.conv2d(pixels, self.weights) + self.offset
        guide = functional.avg_pool2d(gray, GUIDE_STRIDE)
        return torch.cat([self.encoder(pixels), functional.pixel_unshuffle(guide, 2)], dim=1)


class GuidedDecoder(torch.nn.Module):
    """The decoder on such embeddings; prompts and answers are ``SlimDecoder``'s."""

    def __init__(self, sam: Sam) -> None:
        super().__init__()
        self.decoder = SlimDecoder(sam)

    def forward(
        self,
        image_embeddings: torch.Tensor,
        point_coords: torch.Tensor,
        point_labels: torch.Tensor,
        mask_input: torch.Tensor,
        has_mask_input: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return predicted IoU, P x 4, and logits, P x 4 x 4h x 4w, for 1 x (C + 4) x h x w."""
        features = image_embeddings[:, :-GUIDE_CHANNELS]
        guide = functional.pixel_shuffle(image_embeddings[:, -GUIDE_CHANNELS:], 2)
        scores, low = self.decoder(features, point_coords, point_labels, mask_input, has_mask_input)
        return scores, follow(low, guide)


def follow(logits: torch.Tensor, guide: torch.Tensor) -> torch.Tensor:
    """Return logits, P x M x h x w, smoothed along a guide, 1 x 1 x h/2 x w/2, 0..1."""
    shares = torch.sigmoid(functional.avg_pool2d(logits, 2))
    centre, mean = _mean(guide), _mean(shares)
    slope = (_mean(guide * shares) - centre * mean) / (
        _mean(guide * guide) - centre * centre + EDGE_EPSILON
    )
    smooth = (_mean(slope) * guide + _mean(mean - slope * centre)).clamp(SURE, 1 - SURE)
    followed = _grown(torch.log(smooth / (1 - smooth)))
    return torch.where(logits.abs() < CLEAR_LOGIT, followed, logits)


def _mean(pixels: torch.Tensor) -> torch.Tensor:
    """Return the mean of each pixel and its neighbours."""
    return functional.avg_pool2d(pixels, 3, stride=1, padding=1, count_include_pad=False)


def _grown(pixels: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(pixels, scale_factor=2.0, mode="bilinear", align_corners=False)
