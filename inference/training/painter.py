"""Draws prompts as maps over the embedding, which the decoder gets beside SAM's tokens.

SAM tells its decoder where a prompt is by tokens alone, and a decoder needs very many prompts to
learn what to do with them. Interactive segmenters before it (K. Sofiiuk et al., "RITM", 2021) drew
clicks and boxes as maps, which convolutions understand at once. Here both are given: besides maps
of where clicks and box are, maps of how much each cell resembles what was clicked, by the same
projections that dense pre-training has taught to tell instances apart.
"""

from __future__ import annotations

from inference.segmenters.torch_door import torch
from inference.training.library import LEVELS

nn = torch.nn
functional = torch.nn.functional
STRIDE = 8  # pixels of the input to a cell of the embedding
NEGATIVE, POSITIVE, CORNER_1, CORNER_2 = 0, 1, 2, 3  # segment-anything's labels
LOOK_WIDTH = 32  # numbers that tell instances apart, a level
INNER = 32
SPOT, HALO, PICK = 1.0, 6.0, 0.6  # standard deviations of a click's maps, in cells
RING = 0.5  # how far around a box its outside is looked at, of its half sides
MAPS = 7 + 4 * len(LEVELS)
TINY = 1e-6


class PromptPainter(nn.Module):
    """From embeddings and prompts to what is added to the embeddings.

    Attributes:
        projections: Of an embedding to ``LOOK_WIDTH`` numbers a level.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.projections = nn.Conv2d(width, len(LEVELS) * LOOK_WIDTH, 1)
        self.mix = nn.Sequential(
            nn.Conv2d(MAPS, INNER, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(INNER, INNER, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(INNER, width, 1),
        )

    def forward(
        self, embeddings: torch.Tensor, points: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """Paint prompts.

        Args:
            embeddings: float, N x C x h x w, or one for all prompts, 1 x C x h x w.
            points: float32, N x T x 2, (x, y) in pixels of the input.
            labels: N x T, 0 to 3 as above, anything else is padding.

        Returns:
            float, N x C x h x w.
        """
        looks = self.project(embeddings)
        with torch.autocast(embeddings.device.type, enabled=False):
            maps = _maps(looks, points.float(), labels)
        painted: torch.Tensor = self.mix(maps)
        return painted

    def project(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return unit vectors that are alike within an instance, B x levels x K x h x w."""
        projected = self.projections(embeddings).float()
        split = projected.unflatten(1, (len(LEVELS), LOOK_WIDTH))
        # As functional.normalize, but runtimes are several times faster at sums than at norms.
        unit: torch.Tensor = split / split.square().sum(2, keepdim=True).clamp(min=TINY**2).sqrt()
        return unit


def _maps(looks: torch.Tensor, points: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the maps of each prompt, N x MAPS x h x w."""
    rows = torch.arange(looks.shape[3], device=looks.device).float()
    columns = torch.arange(looks.shape[4], device=looks.device).float()
    places = (points + 0.5) / STRIDE - 0.5
    across = (columns - places[..., :1]).square()  # N x T x w
    down = (rows - places[..., 1:]).square()
    apart = down[..., :, None] + across[..., None, :]  # N x T x h x w, cells squared
    maps = []
    for side in (POSITIVE, NEGATIVE):
        given = (labels == side).float()[..., None, None]
        maps += [(torch.exp(-apart / (2 * s * s)) * given).amax(1)[:, None] for s in (SPOT, HALO)]
        maps.append(_likeness(looks, apart, given))
    return torch.cat([*maps, *_box_maps(looks, points, labels, rows, columns)], dim=1)


def _likeness(looks: torch.Tensor, apart: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
    """Return how much each cell is like the most similar click, 0..2, N x levels x h x w."""
    picked = functional.softmax(-apart.flatten(2) / (2 * PICK * PICK), dim=2)  # N x T x hw
    cells = looks.flatten(3)  # B x L x K x hw
    anchors = torch.matmul(picked[:, None], cells.transpose(2, 3))  # N x L x T x K
    alike = torch.matmul(functional.normalize(anchors, dim=3), cells) + 1  # N x L x T x hw
    best = (alike * given[:, None, :, :, 0]).amax(2)
    return best.reshape(*best.shape[:2], looks.shape[3], looks.shape[4])


def _box_maps(
    looks: torch.Tensor,
    points: torch.Tensor,
    labels: torch.Tensor,
    rows: torch.Tensor,
    columns: torch.Tensor,
) -> list[torch.Tensor]:
    """Return where the box is, and likeness to its middle and to what lies around it."""
    has_box = (labels == CORNER_1).float().amax(1)[:, None, None, None]
    first = (points * (labels == CORNER_1).float()[..., None]).sum(1)  # N x 2
    last = (points * (labels == CORNER_2).float()[..., None]).sum(1)
    covered, depth, ring = [], [], []
    for axis, cells in ((0, columns), (1, rows)):
        low, high = first[:, axis, None] / STRIDE, last[:, axis, None] / STRIDE
        half = ((high - low) / 2).clamp(min=0.5)
        covered.append((torch.minimum(high, cells + 1) - torch.maximum(low, cells)).clamp(0, 1))
        depth.append((1 - (cells + 0.5 - (low + high) / 2).abs() / half).clamp(-1, 1))
        ring.append((depth[-1] > -RING).float())
    inside = covered[1][:, None, :, None] * covered[0][:, None, None, :]  # N x 1 x h x w
    wide, tall = depth[0][:, None, None, :] + 0 * inside, depth[1][:, None, :, None] + 0 * inside
    middle = inside * (wide * tall).clamp(min=0.05)
    around = ring[1][:, None, :, None] * ring[0][:, None, None, :] * (1 - inside)
    likeness = [_like_mean(looks, weight) * has_box for weight in (middle, around)]
    return [inside * has_box, wide * has_box, tall * has_box, *likeness]


def _like_mean(looks: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return how much each cell is like the mean of some cells, -1..1, N x levels x h x w."""
    cells = looks.flatten(3)
    share = weight.flatten(2)[:, None]  # N x 1 x 1 x hw
    share = share / (share.sum(3, keepdim=True) + TINY)
    mean = torch.matmul(share, cells.transpose(2, 3))  # N x L x 1 x K
    mean = mean / (mean.square().sum(3, keepdim=True) + TINY).sqrt()
    alike = torch.matmul(mean, cells)[:, :, 0]
    return alike.reshape(*alike.shape[:2], looks.shape[3], looks.shape[4])
