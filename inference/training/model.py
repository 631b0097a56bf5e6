"""``sam_nano``: an encoder of our own in front of segment-anything's prompt encoder and decoder.

It is a ``Sam`` of other sizes with a painter of prompts beside it, and its ONNX files have the
inputs and outputs of segment-anything's own. Training runs the same modules over several pictures,
and at several sizes, at once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

from inference.segmenters.sam_slim import SlimDecoder
from inference.segmenters.torch_door import (
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
    torch,
)
from inference.training.encoder import STRIDE, NanoEncoder, NanoShape
from inference.training.painter import PromptPainter
from projects.errors import InvalidInput

MASKS = 3  # answers to a prompt that may mean several things, beside the single one
PAD, NEGATIVE, POSITIVE, CORNER_1, CORNER_2 = -1, 0, 1, 2, 3  # segment-anything's labels
LEAK = 0.1  # GELU would be a tenth of a browser's answer; ReLU learns slowly from scratch
LOGIT_LIMIT = 32.0  # what SAM clips masks to before they are fed back


@dataclass(frozen=True, eq=False)
class Prompts:
    """Prompts on pictures of a batch.

    Attributes:
        picture_of: int64, N, which picture each is about.
        points: float32, N x T x 2, (x, y) in pixels of the view: clicks, corners, padding.
        labels: int64, N x T, see the constants above.
        logits: float, N x 1 x S/2 x S/2, the last answers, or None.
    """

    picture_of: torch.Tensor
    points: torch.Tensor
    labels: torch.Tensor
    logits: torch.Tensor | None = None


def build_nano(shape: NanoShape | None = None) -> Sam:
    """Build the model with random weights.

    Raises:
        InvalidInput: if sizes do not fit each other.
    """
    shape = shape or NanoShape()
    if shape.side % 32 or shape.width % (2 * shape.heads) or shape.width % 8:
        raise InvalidInput(f"sizes do not fit each other: {shape}")
    cells = shape.side // STRIDE
    sam = Sam(
        image_encoder=NanoEncoder(shape),
        prompt_encoder=PromptEncoder(
            embed_dim=shape.width,
            image_embedding_size=(cells, cells),
            input_image_size=(shape.side, shape.side),
            mask_in_chans=16,
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=MASKS,
            transformer=TwoWayTransformer(
                depth=shape.layers,
                embedding_dim=shape.width,
                mlp_dim=shape.mlp,
                num_heads=shape.heads,
            ),
            transformer_dim=shape.width,
            activation=partial(torch.nn.LeakyReLU, LEAK),
            iou_head_hidden_dim=shape.width,
        ),
    )
    sam.painter = PromptPainter(shape.width)
    _look_at_prompts(sam.mask_decoder.transformer)
    return sam


def shape_facts(shape: NanoShape) -> dict[str, object]:
    """Return the shape as plain lists and numbers, for a checkpoint."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(shape).items()}


def shape_of(facts: dict[str, object]) -> NanoShape:
    """Return the shape that a checkpoint states.

    Raises:
        InvalidInput: if a field is unknown.
    """
    try:
        return NanoShape(**{k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()})  # type: ignore[arg-type]  # plain values
    except TypeError as error:
        raise InvalidInput(f"this is no shape of sam_nano: {error}") from error


def normalise(sam: Sam, images: torch.Tensor) -> torch.Tensor:
    """Turn uint8 pictures, B x S x S x 3, into the encoder's input, B x 3 x S x S."""
    pixels = images.permute(0, 3, 1, 2).float()
    normal: torch.Tensor = (pixels - sam.pixel_mean) / sam.pixel_std
    return normal


def decode(
    sam: Sam, embeddings: torch.Tensor, prompts: Prompts
) -> tuple[torch.Tensor, torch.Tensor]:
    """Answer prompts on several pictures at once.

    Args:
        sam: Its prompt encoder and decoder are used.
        embeddings: float, B x C x h x w, of any size.
        prompts: N of them.

    Returns:
        Logits, N x 4 x 4h x 4w (the single answer, then the three), and predicted IoU, N x 4.
    """
    logits, has_logits = prompts.logits, 1.0
    if logits is None:
        logits, has_logits = _no_logits(embeddings), 0.0
    ious, masks = SlimDecoder(sam)(
        embeddings[prompts.picture_of],
        prompts.points,
        prompts.labels,
        logits.clamp(-LOGIT_LIMIT, LOGIT_LIMIT),
        torch.tensor([has_logits], device=embeddings.device),
    )
    return masks, ious


def count_parameters(module: torch.nn.Module) -> int:
    """Return how many numbers there are to learn or to store, buffers left out."""
    return sum(parameter.numel() for parameter in module.parameters())


def _look_at_prompts(transformer: TwoWayTransformer) -> None:
    """Let tokens begin by attending to where they are.

    With the same projection for both, a token's position is most like that of its own cell.
    """
    attentions = [layer.cross_attn_token_to_image for layer in transformer.layers]
    for attention in (*attentions, transformer.final_attn_token_to_image):
        attention.q_proj.load_state_dict(attention.k_proj.state_dict())


def _no_logits(embeddings: torch.Tensor) -> torch.Tensor:
    height, width = (4 * cells for cells in embeddings.shape[2:])
    return torch.zeros(1, 1, height, width, device=embeddings.device)
