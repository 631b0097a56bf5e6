from __future__ import annotations

import numpy as np
import pytest

from inference.segmenters.torch_door import SamPredictor, torch
from inference.training.encoder import NanoShape
from inference.training.model import (
    CORNER_1,
    CORNER_2,
    PAD,
    POSITIVE,
    Prompts,
    build_nano,
    count_parameters,
    decode,
    normalise,
    shape_facts,
    shape_of,
)
from inference.training.recipe import recipe_named
from inference.training.steps import DenseHeads, first_round, instance_masks
from projects.errors import InvalidInput

TINY = recipe_named("smoke").shape


def tiny() -> object:
    torch.manual_seed(0)
    return build_nano(TINY).eval()


def test_model_and_embedding_are_as_small_as_promised() -> None:
    sam = build_nano()

    with torch.inference_mode():
        embedding = sam.eval().image_encoder(torch.zeros(1, 3, 512, 512))

    assert count_parameters(sam) <= 8_000_000
    assert embedding.shape == (1, 128, 64, 64)
    assert 2 * embedding.numel() <= 1_100_000
    assert sam.prompt_encoder.mask_input_size == (256, 256)


class Nothing(torch.nn.Module):
    """A painter that adds nothing, so that what is left is SAM."""

    def forward(self, embeddings: torch.Tensor, *_prompts: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(embeddings)


@pytest.mark.parametrize(
    ("labels", "arguments"),
    [
        pytest.param([POSITIVE, PAD], {"point_labels": np.array([1])}, id="click"),
        pytest.param([CORNER_1, CORNER_2], {}, id="box"),
    ],
)
def test_answers_are_those_of_segment_anything(
    labels: list[int], arguments: dict[str, np.ndarray]
) -> None:
    sam = tiny()
    sam.painter = Nothing()
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    points = np.array([[10, 20], [0, 0] if labels[1] == PAD else [50, 60]], np.float32)
    predictor = SamPredictor(sam)
    predictor.set_image(image)
    prompt = {"point_coords": points[:1]} if labels[1] == PAD else {"box": points.ravel()}

    with torch.no_grad():
        embedding = sam.image_encoder(normalise(sam, torch.from_numpy(image)[None]))
        masks, ious = decode(
            sam,
            embedding,
            Prompts(
                torch.zeros(1, dtype=torch.int64),
                torch.from_numpy(points)[None],
                torch.tensor([labels]),
            ),
        )
    _, three, low = predictor.predict(**prompt, **arguments, multimask_output=True)
    _, one, single = predictor.predict(**prompt, **arguments, multimask_output=False)

    assert torch.allclose(predictor.features, embedding, atol=1e-5)
    assert np.allclose(masks[0].numpy(), np.concatenate([single, low]), atol=1e-4)
    assert np.allclose(ious[0].numpy(), np.concatenate([one, three]), atol=1e-5)


def test_prompts_know_their_picture_and_last_answer() -> None:
    sam = tiny()
    chance = torch.Generator().manual_seed(0)
    embeddings = torch.randn(2, 32, 8, 8, generator=chance)
    points = torch.tensor([[[9.0, 9.0], [0, 0]]]).repeat(3, 1, 1)
    labels = torch.tensor([[POSITIVE, PAD]]).repeat(3, 1)
    logits = torch.randn(3, 1, 32, 32, generator=chance)

    with torch.no_grad():
        together, _ = decode(sam, embeddings, Prompts(torch.tensor([0, 1, 1]), points, labels))
        alone, _ = decode(sam, embeddings[1:], Prompts(torch.tensor([0]), points[:1], labels[:1]))
        fed, _ = decode(sam, embeddings, Prompts(torch.tensor([0, 1, 1]), points, labels, logits))

    assert torch.allclose(together[1], alone[0], atol=1e-5)
    assert torch.allclose(together[1], together[2], atol=1e-5)
    assert not torch.allclose(together[0], together[1], atol=1e-3)
    assert not torch.allclose(fed[1], together[1], atol=1e-3)


def test_views_of_other_sizes_are_served_by_the_same_weights() -> None:
    sam = tiny()

    with torch.no_grad():
        embedding = sam.image_encoder(torch.zeros(1, 3, 96, 96))
        masks, _ = decode(
            sam,
            embedding,
            Prompts(torch.tensor([0]), torch.zeros(1, 2, 2), torch.tensor([[POSITIVE, PAD]])),
        )

    assert masks.shape == (1, 4, 48, 48)


def test_shape_survives_being_stored() -> None:
    assert shape_of(shape_facts(TINY)) == TINY
    with pytest.raises(InvalidInput, match="colour"):
        shape_of({"colour": 3})


@pytest.mark.parametrize("wrong", [NanoShape(side=100), NanoShape(width=100)])
def test_sizes_that_do_not_fit_are_refused(wrong: NanoShape) -> None:
    with pytest.raises(InvalidInput, match="fit"):
        build_nano(wrong)


def test_anchor_is_like_itself_and_unlike_the_opposite() -> None:
    heads = DenseHeads(4)
    looks = torch.zeros(1, 3, 4, 4, 4)
    looks[:, :, 0], looks[:, :, 0, :, 2:] = 1, -1

    logits = heads.similarities(looks, torch.tensor([1]), torch.tensor([[[3.0, 3.0]]]))

    assert (logits[0, 0, :, :2] > 0).all()
    assert (logits[0, 0, :, 2:] < 0).all()


def test_masks_of_cells_are_shares_of_pixels(scenes) -> None:  # type: ignore[no-untyped-def]
    from inference.training.batches import Batches, Plan, mix

    batch = Batches(scenes, mix(scenes, range(8)), Plan((64,), 2, 3), (0, 0))[0]

    cells = instance_masks(batch, 2)
    points, labels = first_round(batch, torch.tensor([True, False] * 3))

    assert cells.shape == (6, 32, 32)
    expected = (batch.ids[1] == batch.chosen[1, 0]).float()
    assert cells[3].sum() * 4 == expected.sum()
    assert cells[3, 5, 7] == expected[10:12, 14:16].mean()
    assert labels[:2].tolist() == [[CORNER_1, CORNER_2], [POSITIVE, PAD]]
    assert points[0].flatten().tolist() == batch.boxes[0, 0].tolist()
    assert points[1, 0].tolist() == batch.points[0, 1].tolist()
