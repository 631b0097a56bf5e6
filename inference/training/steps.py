"""One step of each kind: dense pre-training of the encoder, prompts for the decoder."""

from __future__ import annotations

from dataclasses import dataclass, field

from inference.segmenters.torch_door import Sam, torch
from inference.training.batches import Batch
from inference.training.encoder import STRIDE
from inference.training.losses import MaskWeights, answers_loss, hard_iou, mask_loss
from inference.training.model import (
    CORNER_1,
    CORNER_2,
    PAD,
    POSITIVE,
    Prompts,
    decode,
    normalise,
)
from inference.training.prompts import correction_clicks

MASK_STRIDE = 2  # pixels of the input to a cell of a mask
EDGE_WEIGHT = 0.5
SAME_WEIGHTS = MaskWeights(cross_entropy=0.0)
EDGE_SCALE = STRIDE // MASK_STRIDE
BOX_SHARE = 0.5  # of first prompts; the others are points


class DenseHeads(torch.nn.Module):
    """What pre-training looks at features through; thrown away afterwards."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.edges = torch.nn.Conv2d(width, EDGE_SCALE**2, 1)
        self.scale = torch.nn.Parameter(torch.tensor(8.0))
        self.threshold = torch.nn.Parameter(torch.tensor(0.4))

    def similarities(
        self, looks: torch.Tensor, levels: torch.Tensor, points: torch.Tensor
    ) -> torch.Tensor:
        """Return logits of "same instance as the anchor", B x P x h x w.

        Args:
            looks: float, B x levels x K x h x w, unit vectors of the painter; one projection a
                level, since a shirt and its wearer are two answers to the same pixel.
            levels: int64, B.
            points: float32, B x P x 2, anchors (x, y) in pixels of the view.
        """
        batch, _, width, height, across = looks.shape
        own = looks[torch.arange(batch, device=levels.device), levels]
        cells = (points / STRIDE).long()
        places = cells[..., 1].clamp(0, height - 1) * across + cells[..., 0].clamp(0, across - 1)
        flat = own.flatten(2)
        anchors = flat.gather(2, places[:, None].expand(-1, width, -1))
        cosine = torch.einsum("bcp,bcn->bpn", anchors, flat).view(batch, -1, height, across)
        return (cosine - self.threshold) * self.scale

    def edge_logits(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return logits of "a border runs here", B x 4h x 4w."""
        coarse = self.edges(embeddings)
        return torch.nn.functional.pixel_shuffle(coarse, EDGE_SCALE)[:, 0]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a step found.

    Attributes:
        loss: Scalar, to go backwards from.
        facts: Means worth plotting, by name; tensors, so that reading them can wait.
    """

    loss: torch.Tensor
    facts: dict[str, torch.Tensor]


@dataclass(frozen=True)
class DenseStep:
    """Teach features of one instance to be alike, and borders to show."""

    def __call__(self, sam: Sam, heads: DenseHeads, batch: Batch) -> Outcome:
        """Run a batch through the encoder."""
        embeddings = sam.image_encoder(normalise(sam, batch.images))
        looks = sam.painter.project(embeddings)
        logits = heads.similarities(looks, batch.levels, batch.points).flatten(0, 1)
        truth = instance_masks(batch, STRIDE)
        same = mask_loss(logits, truth, SAME_WEIGHTS).mean()
        edges = torch.nn.functional.binary_cross_entropy_with_logits(
            heads.edge_logits(embeddings).float(), border_map(batch.ids)
        )
        facts = {"same": same, "edge": edges, "iou_point": hard_iou(logits, truth).mean()}
        loss = same + EDGE_WEIGHT * edges
        return Outcome(loss, {"loss": loss.detach(), **{k: v.detach() for k, v in facts.items()}})


@dataclass(frozen=True)
class PromptStep:
    """Teach the decoder: a first prompt, then corrections with the last answer fed back.

    Attributes:
        rounds: Answers to each instance, the first one included.
        weights: Of the mask's loss.
    """

    rounds: int = 3
    weights: MaskWeights = field(default_factory=MaskWeights)

    def __call__(
        self, sam: Sam, embeddings: torch.Tensor, batch: Batch, generator: torch.Generator
    ) -> Outcome:
        """Answer every instance of the batch ``rounds`` times.

        Args:
            sam: Its prompt encoder and decoder learn; so does what made the embeddings.
            embeddings: float, B x C x h x w.
            batch: What they were made of.
            generator: Of the same device; draws kinds of prompts and clicks.
        """
        truth = instance_masks(batch, MASK_STRIDE)
        is_box = torch.rand(len(truth), generator=generator, device=truth.device) < BOX_SHARE
        points, labels = first_round(batch, is_box)
        picture_of = _picture_of(batch)
        facts: dict[str, torch.Tensor] = {}
        losses = []
        logits: torch.Tensor | None = None
        for turn in range(self.rounds):
            masks, ious = decode(sam, embeddings, Prompts(picture_of, points, labels, logits))
            loss, true_iou = answers_loss(masks, ious, truth, self.weights, is_ambiguous=turn == 0)
            losses.append(loss)
            best = _best_answer(ious) if turn == 0 else torch.zeros_like(ious[:, 0]).long()
            reached = true_iou.gather(1, best[:, None])[:, 0]
            facts |= _first_facts(reached, is_box) if turn == 0 else {f"iou_{turn}": reached.mean()}
            logits = (
                masks.detach().float().gather(1, best[:, None, None, None].expand_as(masks[:, :1]))
            )
            if turn + 1 < self.rounds:
                cells, sides = correction_clicks(truth, logits[:, 0], generator)
                points = torch.cat([points, (cells * MASK_STRIDE)[:, None]], dim=1)
                labels = torch.cat([labels, sides[:, None]], dim=1)
        total = torch.stack(losses).mean()
        return Outcome(total, {"loss": total.detach(), **facts})


def first_round(batch: Batch, is_box: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first prompts as SAM's predictor words them: a click and a pad, or two corners.

    Args:
        batch: N = B * P instances.
        is_box: bool, N.

    Returns:
        float32, N x 2 x 2 and int64, N x 2.
    """
    clicks = batch.points.flatten(0, 1)
    clicked = torch.stack([clicks, torch.zeros_like(clicks)], dim=1)
    corners = batch.boxes.reshape(-1, 2, 2)
    points = torch.where(is_box[:, None, None], corners, clicked)
    kinds = torch.tensor([[POSITIVE, PAD], [CORNER_1, CORNER_2]], device=is_box.device)
    return points, kinds[is_box.long()]


def instance_masks(batch: Batch, stride: int) -> torch.Tensor:
    """Return the share of each cell that belongs to each chosen instance, float, N x S/s x S/s."""
    inside = batch.ids[_picture_of(batch)] == batch.chosen.flatten()[:, None, None]
    return torch.nn.functional.avg_pool2d(inside.float()[:, None], stride)[:, 0]


def border_map(ids: torch.Tensor) -> torch.Tensor:
    """Return one where ids change within a cell or to the next, float, B x S/2 x S/2."""
    across = torch.nn.functional.pad((ids[:, :, 1:] != ids[:, :, :-1]).float(), (0, 1))
    down = torch.nn.functional.pad((ids[:, 1:] != ids[:, :-1]).float(), (0, 0, 0, 1))
    border = torch.maximum(across, down)[:, None]
    return torch.nn.functional.max_pool2d(border, MASK_STRIDE)[:, 0]


def _picture_of(batch: Batch) -> torch.Tensor:
    pictures, prompts = batch.chosen.shape
    return torch.arange(pictures, device=batch.ids.device).repeat_interleave(prompts)


def _best_answer(ious: torch.Tensor) -> torch.Tensor:
    """Index of the answer of the three that promises most, N, as a user would be shown."""
    return ious[:, 1:].argmax(dim=1) + 1


def _first_facts(reached: torch.Tensor, is_box: torch.Tensor) -> dict[str, torch.Tensor]:
    boxes = is_box.float()
    points = 1 - boxes
    return {
        "iou_point": (reached * points).sum() / points.sum().clamp(min=1),
        "iou_box": (reached * boxes).sum() / boxes.sum().clamp(min=1),
    }
