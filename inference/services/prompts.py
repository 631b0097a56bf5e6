"""Prompts answered while somebody waits: in this process, without torch, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import TypeVar

from inference.models import Embedding as StoredEmbedding
from inference.segmenters.closer_look import (
    Predict,
    predict_merged,
    predict_within,
    region_for,
)
from inference.segmenters.prompts import prompt_kinds, validate_prompt
from inference.segmenters.protocol import Candidate, Embedding, Prompt
from inference.segmenters.region import Region, prompt_within
from inference.services import decoders, feature_store, segmenters, worker_prompts
from inference.services.embeddings import (
    content_key,
    ensure_embedding,
    pixels_of,
    stored_embedding,
)
from inference.services.recent import Key, RecentEmbeddings
from inference.services.worker_prompts import Asked
from projects.errors import Unprocessable
from projects.models import Image, User
from projects.policy import Action, require

KEPT_BYTES = 48 * 2**20  # of embeddings and small images; the process stays under 260 MB
MOST_PX_CLOSER = 16_000_000  # larger pictures take too long to read while somebody waits
PLACED = frozenset({"points", "box"})  # prompts that say where, so that a part can answer them

_recent = RecentEmbeddings(KEPT_BYTES)


@dataclass(frozen=True, slots=True)
class EmbeddingMissing:
    """A worker must embed the image, or the part of it, first."""

    segmenter: str
    region: Region | None = None


Answer = list[Candidate] | EmbeddingMissing | Asked
Answers = list[list[Candidate]] | EmbeddingMissing | Asked
Found = TypeVar("Found", Embedding, Embedding | None)


def answer_prompt(
    *,
    user: User,
    image: Image,
    segmenter: str,
    prompt: Prompt,
    text: str = "",
    region: Region | None = None,
) -> Answer:
    """The segmenter's candidates for the prompt, best first; as ``answer_prompts``."""
    answers = answer_prompts(
        user=user, image=image, segmenter=segmenter, prompts=[prompt], text=text, region=region
    )
    return answers[0] if isinstance(answers, list) else answers


def answer_prompts(
    *,
    user: User,
    image: Image,
    segmenter: str,
    prompts: Sequence[Prompt],
    text: str = "",
    region: Region | None = None,
) -> Answers:
    """The segmenter's candidates for each prompt, best first.

    Args:
        user: Who asks; anybody who may annotate the image.
        image: Whose pixels are meant.
        segmenter: By name.
        prompts: Untrusted, one an object; see ``validate_prompt``.
        text: A prompt in words, for segmenters that read.
        region: A part of the image that is encoded for itself, so that small objects are seen at
            the model's full size; its masks are merged into the whole image's.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If a prompt is malformed or does not fit the image or the region.
        Unprocessable: If the segmenter cannot answer this kind of prompt.
        Unavailable: If the segmenter is not installed.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    kinds = {kind for prompt in prompts for kind in _kinds(prompt, text, image)}
    for kind in sorted(kinds):
        segmenters.require_installed(name=segmenter, kind=kind)
    if _is_for_worker(segmenter):
        return _asked(user, image, segmenter, prompts, region)
    return _answers(image, segmenter, prompts, region)


def _is_for_worker(name: str) -> bool:
    """Whether only a worker can answer its prompts: it needs torch, and has no ONNX decoder."""
    info = segmenters.info_of(name=name)
    return info.needs_worker and not info.browser_decoder


def _asked(
    user: User, image: Image, name: str, prompts: Sequence[Prompt], region: Region | None
) -> list[list[Candidate]] | Asked:
    if region is not None and not segmenters.info_of(name=name).kinds & PLACED:
        raise Unprocessable(f"{name} looks at whole images only, at no region.", "no_region")
    checked = [validate_prompt(one, image.size_hw) for one in prompts]
    if region is not None:
        for one in checked:  # now, rather than in the worker
            validate_prompt(prompt_within(one, region), region.size_hw)
    return worker_prompts.ask(
        user=user, image=image, segmenter=name, prompts=checked, region=region
    )


def _kinds(prompt: Prompt, text: str, image: Image) -> list[str]:
    if text and not prompt.text:
        return ["text"]
    return sorted(prompt_kinds(validate_prompt(prompt, image.size_hw))) or ["points"]


def _answers(image: Image, name: str, prompts: Sequence[Prompt], region: Region | None) -> Answers:
    whole = _predictor(image, name)
    if isinstance(whole, EmbeddingMissing):
        return whole
    if region is None:
        return [_answer(image, name, one, whole) for one in prompts]
    part = _predictor(image, name, region)
    if isinstance(part, EmbeddingMissing):
        return part
    checked = [validate_prompt(one, image.size_hw) for one in prompts]
    return [predict_merged(whole, part, one, region) for one in checked]


def _answer(image: Image, name: str, prompt: Prompt, whole: Predict) -> list[Candidate]:
    """What the whole image says, or a closer look at what a box lies in."""
    if segmenters.info_of(name=name).needs_worker or prod(image.size_hw) > MOST_PX_CLOSER:
        return whole(prompt)
    own = segmenters.loaded(name=name)
    checked = validate_prompt(prompt, image.size_hw)
    region = region_for(own, checked, image.size_hw)
    if region is None:
        return whole(prompt)
    part = _kept(
        (content_key(image, region), name, own.version),
        lambda: own.embed(region.crop(pixels_of(image=image))),
    )
    return predict_within(partial(own.predict, part), checked, region, image.size_hw)


def _predictor(image: Image, name: str, region: Region | None = None) -> Predict | EmbeddingMissing:
    """What answers prompts on the image, or on a part of it in the part's own pixels."""
    info = segmenters.info_of(name=name)
    key = content_key(image, region)
    if not info.needs_worker:
        own = segmenters.loaded(name=name)
        seen = _kept(
            (key, name, own.version),
            lambda: ensure_embedding(image=image, segmenter=own, region=region),
        )
        return partial(own.predict, seen)
    decoder = decoders.decoder_of(name=name)
    version = decoders.version_of(name=name)
    embedding = _kept((key, name, version), lambda: _stored(image, name, region))
    if decoder is None or embedding is None:
        return EmbeddingMissing(name, region)
    return partial(decoder.predict, embedding)


def _stored(image: Image, name: str, region: Region | None = None) -> Embedding | None:
    version = decoders.version_of(name=name)
    return stored_embedding(image=image, segmenter=name, version=version, region=region)


def features_for_client(
    *, user: User, image: Image, segmenter: str
) -> StoredEmbedding | EmbeddingMissing:
    """The facts of the image's stored features, for a decoder in the browser.

    Raises:
        Forbidden: If the user's role does not allow it.
        Unprocessable: If this segmenter has no decoder for browsers.
        Unavailable: If it is not installed.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    info = segmenters.require_installed(name=segmenter, kind="points")
    if not (info.browser_decoder and info.stores_embedding):
        raise Unprocessable(f"{segmenter} has no decoder for browsers.", "no_decoder")
    row = feature_store.row_of(
        sha256=image.sha256, segmenter=segmenter, version=decoders.version_of(name=segmenter)
    )
    return EmbeddingMissing(segmenter) if row is None else row


def _kept(key: Key, fetch: Callable[[], Found]) -> Embedding | Found:
    """The embedding from memory, else what ``fetch`` finds, which is remembered."""
    kept = _recent.get(key)
    if kept is not None:
        return kept
    found = fetch()
    if found is not None:
        _recent.put(key, found)
    return found
