"""What services say in English is shown in the reader's language, with its values."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from projects.errors import NotFound
from projects.sentences import OF_WORDS, said, translated
from tests.texts import LANGUAGES, catalog_of

FAILED = (
    "2 of 9 images failed. a.jpg: The comment is empty.; b.png: The checksum of a PNG chunk (IDAT) "
    "is wrong; the file is damaged."
)
GERMAN_FAILED = (
    "2 von 9 Bildern sind fehlgeschlagen. a.jpg: Der Kommentar ist leer.; b.png: Die Prüfsumme "
    "eines PNG-Abschnitts (IDAT) ist falsch; die Datei ist beschädigt."
)
PLACE = re.compile(r"\{(\w+)\}")


def test_english_readers_read_what_was_said() -> None:
    with translation.override("en"):
        assert translated("There is no such image.") == "There is no such image."
        assert said(NotFound("There is no such image.")) == "There is no such image."


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("", ""),
        ("There is no such image.", "Dieses Bild gibt es nicht."),
        ("The name Ann; Bob is taken; choose another.", "Der Name Ann; Bob ist vergeben; wählen"),
        # Numbers, words of the domain, and sentences within sentences are translated with it.
        ("The file has more than 2,000,000 bytes.", "Die Datei hat mehr als 2.000.000 Bytes."),
        ("all 3 suggestions are sure (lowest score 0.81)", "niedrigster Score 0,81"),
        ("The image is sent_back; a reviewer can tag it.", "Das Bild ist zurückgegeben; wer prüft"),
        (FAILED, GERMAN_FAILED),
        (
            "Waiting for a worker with the model sam_vit_b: none of the 2 that run has it.",
            "einen Worker mit dem Modell sam_vit_b: von den 2, die laufen, hat das keiner.",
        ),
        ("Something that nobody has written down", "Something that nobody has written down"),
        ("There is no such image." + " " * 3000, "There is no such image."),
    ],
)
def test_german_readers_read_german(english: str, german: str) -> None:
    with translation.override("de"):
        assert german in translated(english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_recognised_whatever_its_values_are(language: str) -> None:
    """None hides behind another that matches more."""
    differing = []
    for message in catalog_of(language, "sentences"):
        text, words = str(message.id), str(message.string)
        if not text:
            continue
        values = {name: "7" if name in OF_WORDS else f"q{name}q" for name in PLACE.findall(text)}
        with translation.override(language):
            came = translated(text.format(**values))
        if came != words.format(**values):
            differing.append((text, came))
    assert differing == []
