"""What all models that know classes share: no prompts, and the image itself for an embedding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from inference.segmenters.prompts import validate_image, validate_own_image
from inference.segmenters.protocol import Candidate, Embedding, ImageRgb, Prompt
from projects.errors import Unprocessable

CLASS_KINDS = frozenset({"classes"})


class ClassSegmenter(ABC):
    """A segmenter whose ``propose`` finds what the model knows by name.

    Attributes:
        name: As in the registry.
        version: Of its weights.
    """

    kinds = CLASS_KINDS
    stores_embedding = False
    needs_worker = True

    def __init__(self, name: str, version: str) -> None:
        self.name = name
        self.version = version

    @abstractmethod
    def find(self, image_rgb: ImageRgb) -> list[Candidate]:
        """Return a candidate for each class, or each object, in an image; best first."""

    def embed(self, image_rgb: ImageRgb) -> Embedding:
        """Return the image itself (uint8, HxWx3): such a model reads it anew each time."""
        image = validate_image(image_rgb)
        return Embedding(self.name, self.version, (image.shape[0], image.shape[1]), image)

    def predict(self, embedding: Embedding, prompt: Prompt) -> list[Candidate]:
        """Refuse: such a model takes no prompts.

        Raises:
            Unprocessable: always.
        """
        del embedding, prompt
        raise Unprocessable(
            f"{self.name} takes no prompts; it finds what it knows by name.", "unsupported_prompt"
        )

    def propose(self, image_rgb: ImageRgb, embedding: Embedding) -> list[Candidate]:
        """Return what ``find`` finds.

        Raises:
            InvalidInput: if the embedding is not of this image and segmenter.
        """
        image = validate_own_image(image_rgb, embedding, self.name, self.version)
        return self.find(image)

    def decoder_onnx(self) -> Path | None:
        """Return None: there is nothing to decode."""
        return None
