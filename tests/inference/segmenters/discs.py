"""A mask decoder that is a formula: blobs around the click, their edges shaped by the picture.

Small random weights give masks of the whole picture; these are local, of three sizes, and of all
scores and stabilities, so that every step of sifting has something to do.
"""

from __future__ import annotations

import numpy as np

from inference.segmenters.torch_door import torch

LEVELS = (0.5, 0.3, 0.5, 0.7)  # of likeness to the click's place: the single answer, then three


class Discs(torch.nn.Module):
    """Takes the place of ``Sam.mask_decoder``; speaks its language.

    Args:
        model: Whose prompt encoder names places.
    """

    def __init__(self, model) -> None:
        super().__init__()
        self.register_buffer("inside", model.prompt_encoder.point_embeddings[1].weight.detach()[0])

    def forward(
        self,
        image_embeddings: torch.Tensor,
        image_pe: torch.Tensor,
        sparse_prompt_embeddings: torch.Tensor,
        dense_prompt_embeddings: torch.Tensor,
        multimask_output: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        click = sparse_prompt_embeddings[:, 0] - self.inside
        likeness = torch.einsum("bc,chw->bhw", click, image_pe[0]) / (click.shape[1] / 2)
        texture = image_embeddings[0].mean(dim=0)
        texture = (texture - texture.mean()) / texture.std()
        shape = likeness + 0.15 * texture
        slope = 4 + 10 * torch.sigmoid(click[:, :8].sum(dim=1))[:, None, None]
        masks = torch.stack([slope * (shape - level) for level in LEVELS], dim=1)
        masks = torch.nn.functional.interpolate(masks, scale_factor=4, mode="bilinear")
        scores = 0.6 + 0.4 * torch.sin(click[:, :4].sum(dim=1, keepdim=True) * torch.arange(1, 5))
        chosen = slice(1, None) if multimask_output else slice(0, 1)
        return masks[:, chosen], scores[:, chosen]


def answers_of(model):
    """Return the model's answers as ``find_everything`` asks for them."""

    def answer(embedding, points, labels):
        with torch.inference_mode():
            sparse, dense = model.prompt_encoder(
                points=(
                    torch.from_numpy(points[:, :1]).float(),
                    torch.from_numpy(labels[:, :1]).int(),
                ),
                boxes=None,
                masks=None,
            )
            asked = {
                "image_embeddings": torch.from_numpy(np.asarray(embedding.array, np.float32)),
                "image_pe": model.prompt_encoder.get_dense_pe(),
                "sparse_prompt_embeddings": sparse,
                "dense_prompt_embeddings": dense,
            }
            (one, one_score), (three, scores) = (
                model.mask_decoder(**asked, multimask_output=many) for many in (False, True)
            )
        return (
            torch.cat([one_score, scores], dim=1).numpy(),
            torch.cat([one, three], dim=1).numpy(),
        )

    return answer
