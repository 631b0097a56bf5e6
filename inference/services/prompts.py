"""Prompts answered while somebody waits: in this process, without torch, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings

from inference.segmenters.prompts import prompt_kinds, validate_prompt
from inference.segmenters.protocol import Candidate, Embedding, Prompt
from inference.services import decoders, segmenters
from inference.services.embeddings import ensure_embedding, stored_embedding
from inference.services.recent import RecentEmbeddings
from inference.services.waiting_line import WaitingLine
from projects.errors import Unprocessable
from projects.models import Image, User
from projects.policy import Action, require

KEPT_BYTES = 48 * 2**20  # of embeddings and small images; the process stays under 260 MB
WAITERS_PER_PLACE = 2

_line = WaitingLine()
_recent = RecentEmbeddings(KEPT_BYTES)


@dataclass(frozen=True, slots=True)
class EmbeddingMissing:
    """A worker must embed the image first."""

    segmenter: str


Answer = list[Candidate] | EmbeddingMissing
Found = TypeVar("Found", Embedding, Embedding | None)


def answer_prompt(
    *, user: User, image: Image, segmenter: str, prompt: Prompt, text: str = ""
) -> Answer:
    """The segmenter's candidates for the prompt, best first.

    Args:
        user: Who asks; anybody who may annotate the image.
        image: Whose pixels are meant.
        segmenter: By name.
        prompt: Untrusted; see ``validate_prompt``.
        text: A prompt in words, for segmenters that read.

    Raises:
        Forbidden: If the user's role does not allow it.
        InvalidInput: If the prompt is malformed or does not fit the image.
        Unprocessable: If the segmenter cannot answer this kind of prompt.
        Unavailable: If the segmenter is not installed, or too many ask at once.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    kinds = _kinds(prompt, text, image)
    for kind in kinds:
        segmenters.require_installed(name=segmenter, kind=kind)
    places = settings.PROMPTS_AT_ONCE
    with _line.place(at_once=places, waiting=WAITERS_PER_PLACE * places):
        return _answer(image, segmenter, prompt)


def _kinds(prompt: Prompt, text: str, image: Image) -> list[str]:
    if text:
        return ["text"]
    return sorted(prompt_kinds(validate_prompt(prompt, image.size_hw))) or ["points"]


def _answer(image: Image, name: str, prompt: Prompt) -> Answer:
    info = segmenters.info_of(name=name)
    if not info.needs_worker:
        own = segmenters.loaded(name=name)
        pixels = _kept(
            image, name, own.version, lambda: ensure_embedding(image=image, segmenter=own)
        )
        return own.predict(pixels, prompt)
    if not info.browser_decoder:
        raise Unprocessable(f"{name} answers no prompts here, it only pre-labels.", "no_decoder")
    decoder = decoders.decoder_of(name=name)
    embedding = _kept(image, name, decoders.version_of(name=name), lambda: _stored(image, name))
    if decoder is None or embedding is None:
        return EmbeddingMissing(name)
    return decoder.predict(embedding, prompt)


def _stored(image: Image, name: str) -> Embedding | None:
    version = decoders.version_of(name=name)
    return stored_embedding(image=image, segmenter=name, version=version)


def embedding_for_client(
    *, user: User, image: Image, segmenter: str
) -> Embedding | EmbeddingMissing:
    """The image's stored features, for a decoder in the browser.

    Raises:
        Forbidden: If the user's role does not allow it.
        Unprocessable: If this segmenter has no decoder for browsers.
        Unavailable: If it is not installed.
    """
    require(user=user, project=image.project, action=Action.ANNOTATE)
    info = segmenters.require_installed(name=segmenter, kind="points")
    if not (info.browser_decoder and info.stores_embedding):
        raise Unprocessable(f"{segmenter} has no decoder for browsers.", "no_decoder")
    return _stored(image, segmenter) or EmbeddingMissing(segmenter)


def _kept(image: Image, name: str, version: str, fetch: Callable[[], Found]) -> Embedding | Found:
    """The embedding from memory, else what ``fetch`` finds, which is remembered."""
    key = (image.sha256, name, version)
    kept = _recent.get(key)
    if kept is not None:
        return kept
    found = fetch()
    if found is not None:
        _recent.put(key, found)
    return found
