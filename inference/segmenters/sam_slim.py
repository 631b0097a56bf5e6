"""SAM's prompt encoder and mask decoder once more, laid out so that a CPU runs them fast.

The numbers are segment-anything's (utils/onnx.py, modeling/mask_decoder.py and transformer.py) up
to rounding. What differs is the order of memory: image features stay cells x channels and heads
stay rows, so that nearly nothing is transposed; a transposed convolution that never overlaps is a
matrix product; several prompts go in at once; and nothing is drawn out to the image's size.
"""

from __future__ import annotations

from typing import Any

from inference.segmenters.torch_door import Sam, torch

PAD = -1
TOKENS_READ = 5  # the predicted IoU's, then those of the single answer and the three


class SlimDecoder(torch.nn.Module):
    """Answers P prompts of T points each, on one image or on P of them.

    Args:
        sam: A Sam of segment-anything, of any width; its modules are used, not copied. If it has a
            ``painter``, that draws the prompts over the embedding (see ``training/painter.py``).
    """

    def __init__(self, sam: Sam) -> None:
        super().__init__()
        self.prompts = sam.prompt_encoder
        self.decoder = sam.mask_decoder
        self.stride = sam.image_encoder.img_size // sam.prompt_encoder.image_embedding_size[0]
        self.painter = getattr(sam, "painter", None)

    def forward(
        self,
        image_embeddings: torch.Tensor,
        point_coords: torch.Tensor,
        point_labels: torch.Tensor,
        mask_input: torch.Tensor,
        has_mask_input: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return predicted IoU, P x 4, and logits, P x 4 x 4h x 4w.

        Args:
            image_embeddings: float, 1 x C x h x w for all prompts, or P x C x h x w.
            point_coords: float32, P x T x 2, in pixels of the model.
            point_labels: float32, P x T: 1, 0, 2 and 3 for corners of a box, -1 for padding.
            mask_input: float32, 1 x 1 x 4h x 4w for all prompts, or P x 1 x 4h x 4w: last logits.
            has_mask_input: float32, 1; whether ``mask_input`` counts.
        """
        nothing_known = image_embeddings.new_zeros(0, 0, 0)
        asked = (image_embeddings, point_coords, point_labels, mask_input, has_mask_input)
        scores, low, _ = self.answered(*asked, nothing_known)
        return scores, low

    def answered(  # noqa: PLR0917  the inputs of a file have an order
        self,
        image_embeddings: torch.Tensor,
        point_coords: torch.Tensor,
        point_labels: torch.Tensor,
        mask_input: torch.Tensor,
        has_mask_input: torch.Tensor,
        known_rows: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return what ``forward`` does, and what the first layer makes of the image alone.

        Args:
            image_embeddings: As ``forward`` takes it, and so are the next four.
            point_coords: Of the prompts.
            point_labels: Of the prompts.
            mask_input: The last logits.
            has_mask_input: Whether they count.
            known_rows: These rows, float32, 1 x R x cells, of an earlier answer on this image that
                had no logits to go on from either and no painter; 0 x ... to have them made.
        """
        cells_hw = (image_embeddings.shape[2], image_embeddings.shape[3])
        dense = self._dense(mask_input, has_mask_input, cells_hw)
        features = image_embeddings
        if self.painter is not None:
            features = features + self.painter(image_embeddings, point_coords, point_labels)
        keys = features.flatten(2).transpose(1, 2) + dense
        with torch.autocast(keys.device.type, enabled=False):  # places need more than 8 bits
            tokens = self._tokens(point_coords, point_labels, self.stride * cells_hw[0])
            positions = _positions(self.prompts.pe_layer, cells_hw, keys.device)
        rows = _first_rows(known_rows, keys, *self._first_projection(positions))
        read, keys = self._transform(tokens, keys, positions, rows)
        low = self._draw(read[:, 1:], keys, cells_hw)
        return self.decoder.iou_prediction_head(read[:, 0]), low, rows

    def _first_projection(self, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return weight and offset that make the first layer's rows of cells, R x C, 1 x R x cells.

        Where tokens look, what they then take, and where cells look: as ``_image_rows``, at once.
        """
        layer = self.decoder.transformer.layers[0]
        looked, asking = layer.cross_attn_token_to_image, layer.cross_attn_image_to_token
        placed = [
            _placed(looked.k_proj, positions),
            looked.v_proj.bias[None, :, None].expand(1, -1, positions.shape[1]),
            _placed(asking.q_proj, positions),
        ]
        weights = [looked.k_proj.weight, looked.v_proj.weight, asking.q_proj.weight]
        return torch.cat(weights), torch.cat(placed, dim=1)

    def _tokens(self, points: torch.Tensor, labels: torch.Tensor, side: int) -> torch.Tensor:
        """Return the output tokens and the points' embeddings, P x (5 + T) x C."""
        spots = self.prompts.pe_layer._pe_encoding((points.float() + 0.5) / side)  # noqa: SLF001  as theirs
        kinds = [self.prompts.not_a_point_embed, *self.prompts.point_embeddings]
        sparse = spots * (labels != PAD)[..., None]
        for number, kind in enumerate(kinds, PAD):
            sparse = sparse + kind.weight * (labels == number)[..., None]
        outputs = torch.cat([self.decoder.iou_token.weight, self.decoder.mask_tokens.weight])
        return torch.cat([outputs[None].expand(sparse.shape[0], -1, -1), sparse], dim=1)

    def _dense(
        self, logits: torch.Tensor, has_logits: torch.Tensor, cells_hw: tuple[int, int]
    ) -> torch.Tensor:
        """Return what the last answer adds to each cell, 1 or P x cells x C; 1 x 1 x C for none."""
        first, norm1, _, second, norm2, _, last = self.prompts.mask_downscaling
        numbers = [
            *(_patch_weight(first), first.bias, norm1.weight, norm1.bias),
            *(_patch_weight(second), second.bias, norm2.weight, norm2.bias),
            *(last.weight.flatten(1), last.bias, self.prompts.no_mask_embed.weight[None]),
        ]
        told: torch.Tensor = _told(logits, has_logits, cells_hw, numbers, norm1.eps)
        return told

    def _transform(
        self,
        tokens: torch.Tensor,
        keys: torch.Tensor,
        positions: torch.Tensor,
        first_rows: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the tokens that are read, P x 5 x C, and the features, P x cells x C."""
        transformer = self.decoder.transformer
        queries, rows = tokens, first_rows.chunk(3, dim=1)
        for number, layer in enumerate(transformer.layers):
            looked, asking = layer.cross_attn_token_to_image, layer.cross_attn_image_to_token
            if number:
                rows = _image_rows(looked, asking, keys, positions)
            placed = queries if layer.skip_first_layer_pe else queries + tokens
            attended = layer.self_attn(placed, placed, queries)
            queries = attended if layer.skip_first_layer_pe else queries + attended
            queries = layer.norm1(queries)
            queries = queries + _to_image(looked, queries + tokens, rows[0], rows[1])
            queries = layer.norm2(queries)
            queries = layer.norm3(queries + layer.mlp(queries))
            keys = keys + _to_tokens(asking, rows[2], queries + tokens, queries)
            keys = layer.norm4(keys)
        read, own = queries[:, :TOKENS_READ], tokens[:, :TOKENS_READ]
        final = transformer.final_attn_token_to_image
        told = _rows(final.k_proj, keys, _placed(final.k_proj, positions))
        read = read + _to_image(final, read + own, told, _rows(final.v_proj, keys))
        return transformer.norm_final_attn(read), keys

    def _draw(
        self, tokens: torch.Tensor, keys: torch.Tensor, cells_hw: tuple[int, int]
    ) -> torch.Tensor:
        """Return logits, P x 4 x 4h x 4w."""
        first, norm, act, second, last_act = self.decoder.output_upscaling
        height, width = cells_hw
        fine = act(_normalised(_spread(keys, first).reshape(-1, first.out_channels), norm))
        # Cells of 2 x 2 quarters become rows and columns while pixels still are many numbers: to
        # move single numbers about, as masks would need, takes a runtime several times as long.
        parted = fine.reshape(-1, height, width, 2, 2 * first.out_channels).transpose(2, 3)
        quarters = parted.reshape(-1, first.out_channels)
        weights, weight = self._weights(tokens), _patch_columns(second)
        bias = second.bias.repeat(2)
        rows = []
        for columns in weight.chunk(2, dim=1):  # a quarter's upper and its lower two pixels
            finest = last_act(torch.matmul(quarters, columns) + bias)
            finest = finest.reshape(tokens.shape[0], -1, second.out_channels)
            drawn = torch.matmul(weights, finest.transpose(1, 2))
            rows.append(drawn.reshape(-1, 4, 2 * height, 1, 4 * width))
        return torch.cat(rows, dim=3).reshape(-1, 4, 4 * height, 4 * width)

    def _weights(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return each mask's weights of the upscaled channels, P x 4 x C/8, all four at once."""
        hidden = tokens.transpose(0, 1)
        networks = self.decoder.output_hypernetworks_mlps
        depth = len(networks[0].layers)
        for place in range(depth):
            weight = torch.stack([one.layers[place].weight.t() for one in networks])
            bias = torch.stack([one.layers[place].bias[None] for one in networks])
            hidden = torch.matmul(hidden, weight) + bias
            hidden = torch.relu(hidden) if place + 1 < depth else hidden
        return hidden.transpose(0, 1)


def _positions(layer: Any, cells_hw: tuple[int, int], device: torch.device) -> torch.Tensor:
    """Return what tells cells apart, 1 x cells x C; runtimes compute it once, at loading."""
    height, width = cells_hw
    rows = (torch.arange(height, dtype=torch.float32, device=device) + 0.5) / height
    columns = (torch.arange(width, dtype=torch.float32, device=device) + 0.5) / width
    grid = torch.stack(
        [columns[None].expand(height, width), rows[:, None].expand(height, width)], dim=-1
    )
    positions: torch.Tensor = layer._pe_encoding(grid).reshape(1, height * width, -1)  # noqa: SLF001  as theirs
    return positions


def _image_rows(
    looked: Any, asking: Any, keys: torch.Tensor, positions: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return what a layer makes of cells before it sees tokens, each P x D x cells.

    Where tokens look, what they then take, and where cells look.
    """
    return (
        _rows(looked.k_proj, keys, _placed(looked.k_proj, positions)),
        _rows(looked.v_proj, keys),
        _rows(asking.q_proj, keys, _placed(asking.q_proj, positions)),
    )


def _to_image(
    attention: Any, queries: torch.Tensor, told: torch.Tensor, taken: torch.Tensor
) -> torch.Tensor:
    """Let tokens look at cells' rows: the module's own attention, P x T x C."""
    heads = attention.num_heads
    asked, told = _parted(_rows(attention.q_proj, queries), heads), _parted(told, heads)
    scale = told.shape[2] ** -0.5
    share = torch.softmax(torch.matmul((asked * scale).transpose(2, 3), told), dim=-1)
    answer = torch.matmul(share, _parted(taken, heads).transpose(2, 3))
    merged: torch.Tensor = attention.out_proj(answer.transpose(1, 2).flatten(2))
    return merged


def _to_tokens(
    attention: Any, asked: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    """Let cells' rows look at tokens: few weights for each of many cells, P x cells x C."""
    heads = attention.num_heads
    told = _parted(_rows(attention.k_proj, keys), heads)
    scale = told.shape[2] ** -0.5
    weighed = torch.matmul((told * scale).transpose(2, 3), _parted(asked, heads))
    # A softmax over rows: runtimes are slow at the one over a short last axis.
    raised = torch.exp(weighed - weighed.amax(dim=2, keepdim=True))
    share = raised / raised.sum(dim=2, keepdim=True)
    taken = _parted(_rows(attention.v_proj, values), heads)
    answer = torch.matmul(taken, share).flatten(1, 2)
    merged: torch.Tensor = attention.out_proj(answer.transpose(1, 2))
    return merged


def _rows(
    projection: Any, features: torch.Tensor, offset: torch.Tensor | None = None
) -> torch.Tensor:
    """Project features, P x N x C, to P x D x N; an offset takes the place of the bias."""
    added = projection.bias[:, None] if offset is None else offset
    rows: torch.Tensor = torch.matmul(projection.weight, features.transpose(1, 2)) + added
    return rows


def _placed(projection: Any, positions: torch.Tensor) -> torch.Tensor:
    """Project positions alone, 1 x D x cells: runtimes do it once, at loading."""
    rows: torch.Tensor = (
        torch.matmul(projection.weight, positions.transpose(1, 2)) + projection.bias[:, None]
    )
    return rows


def _parted(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Part rows, P x D x N, into heads: P x heads x D / heads x N."""
    parted: torch.Tensor = torch.unflatten(rows, 1, (heads, -1))
    return parted


@torch.jit.script
def _first_rows(
    known: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor, offset: torch.Tensor
) -> torch.Tensor:
    """Return rows that are known, or make them; a script, so that files keep the branch."""
    if known.shape[0] > 0:
        return known
    return torch.matmul(weight, keys.transpose(1, 2)) + offset


@torch.jit.script
def _told(
    logits: torch.Tensor,
    has_logits: torch.Tensor,
    cells_hw: tuple[int, int],
    numbers: list[torch.Tensor],
    epsilon: float,
) -> torch.Tensor:
    """Return what the last answer adds to each cell; a script, so that files keep the branch.

    Its numbers are twice weight and bias of a convolution, weight and bias of its normalisation;
    weight and bias of the last convolution; what is added where there is no answer yet.
    """
    weight1, bias1, scale1, shift1 = numbers[0], numbers[1], numbers[2], numbers[3]
    weight2, bias2, scale2, shift2 = numbers[4], numbers[5], numbers[6], numbers[7]
    weight3, bias3, nothing = numbers[8], numbers[9], numbers[10]
    if bool(has_logits.sum() == 0):
        return nothing
    height, width = cells_hw
    # 4 x 4 pixels of a cell become 2 x 2 quarters of 2 x 2 pixels.
    parted = logits.reshape(-1, height, 2, 2, width, 2, 2).permute(0, 1, 4, 2, 5, 3, 6)
    functional = torch.nn.functional
    fine = functional.linear(parted.reshape(-1, 4), weight1, bias1)
    fine = functional.gelu(functional.layer_norm(fine, scale1.shape, scale1, shift1, epsilon))
    coarse = functional.linear(fine.reshape(-1, weight2.shape[1]), weight2, bias2)
    coarse = functional.gelu(functional.layer_norm(coarse, scale2.shape, scale2, shift2, epsilon))
    told = functional.linear(coarse, weight3, bias3)
    return told.reshape(-1, height * width, told.shape[1])


def _patch_weight(convolution: Any) -> torch.Tensor:
    """Return the weights of a convolution whose stride is its kernel for pixels in patches.

    The pixels of a patch come row by row, the channels of a pixel together.
    """
    weight: torch.Tensor = convolution.weight.permute(0, 2, 3, 1).flatten(1)
    return weight


def _spread(features: torch.Tensor, convolution: Any) -> torch.Tensor:
    """Apply a transposed convolution whose stride is its kernel, ... x C to ... x (patch C')."""
    weight = _patch_columns(convolution)
    bias = convolution.bias.repeat(weight.shape[1] // convolution.out_channels)
    spread: torch.Tensor = torch.matmul(features, weight) + bias
    return spread


def _patch_columns(convolution: Any) -> torch.Tensor:
    """Return the weights of such a transposed convolution, C x (patch C')."""
    weight: torch.Tensor = convolution.weight.permute(0, 2, 3, 1).flatten(1)
    return weight


def _normalised(features: torch.Tensor, norm: Any) -> torch.Tensor:
    """Apply a LayerNorm2d to channels that are last."""
    channels = int(norm.weight.shape[0])  # a number, which exporters need, not a traced size
    return torch.nn.functional.layer_norm(features, (channels,), norm.weight, norm.bias, norm.eps)


class ReusingDecoder(torch.nn.Module):
    """``SlimDecoder.answered`` for a file: whoever asks keeps what was made of the image alone.

    That saves a fifth of the work of the next answer. Not for a Sam with a painter, which draws
    prompts over the image.
    """

    def __init__(self, sam: Sam) -> None:
        super().__init__()
        self.decoder = SlimDecoder(sam)

    def forward(self, *asked: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Take and return what ``SlimDecoder.answered`` does."""
        return self.decoder.answered(*asked)
