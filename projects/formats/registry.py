"""The formats by name. Members are loaded on demand: the table knows only their dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from projects.errors import InvalidInput, sentence


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """An option as a form shows it; a choice of words, or yes and no without ``choices``."""

    name: str
    title: str
    default: str | bool
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """A format as lists and dialogs show it.

    Attributes:
        name: Its name in the API.
        path: The dotted path of the module that writes it (``write``, ``Options``).
        checker: The dotted path of the module that reads an export back (``check``).
        title: For people.
        description: What it holds and what for, in one or two sentences.
        extension: Of the exported file.
        options: What can be chosen.
        reader: The dotted path of the module that reads it, where one does.
        stuff_option: The option without which objects of stuff labels stay out, if any does.
    """

    name: str
    path: str
    checker: str
    title: str
    description: str
    extension: str
    options: tuple[OptionInfo, ...]
    reader: str = ""
    stuff_option: str = ""

    def holds_stuff(self, options: Mapping[str, object]) -> bool:
        """Whether objects of stuff labels go in under these options."""
        return not self.stuff_option or bool(options.get(self.stuff_option))


_WITH_IMAGES = OptionInfo("with_images", "Include the image files", default=True)

FORMATS: dict[str, FormatInfo] = {
    "coco_instances": FormatInfo(
        name="coco_instances",
        path="projects.formats.coco_instances",
        checker="projects.formats.coco_instances_check",
        title="COCO instances",
        description="Each object with its own mask, objects may overlap. For instance segmentation "
        "and detection: pycocotools, torchvision, Detectron2, datumaro.",
        extension="zip",
        options=(
            OptionInfo(
                "segmentation",
                "Masks as",
                default="rle",
                choices=(
                    ("rle", sentence("compressed run lengths (exact, small)")),
                    (
                        "rle_uncompressed",
                        sentence("lists of run lengths (exact, for simple readers)"),
                    ),
                    ("polygon", sentence("polygons (objects with holes stay run lengths)")),
                ),
            ),
            OptionInfo("with_stuff", "Include objects of stuff labels", default=False),
            _WITH_IMAGES,
        ),
        reader="projects.formats.coco_instances_reader",
        stuff_option="with_stuff",
    ),
    "coco_panoptic": FormatInfo(
        name="coco_panoptic",
        path="projects.formats.coco_panoptic",
        checker="projects.formats.coco_panoptic_check",
        title="COCO panoptic",
        description="Each pixel belongs to one thing, to the stuff of one label, or to nothing. "
        "For panoptic segmentation: panopticapi, transformers, datumaro.",
        extension="zip",
        options=(
            OptionInfo(
                "overlap",
                "Where objects overlap",
                default="z-order",
                choices=(
                    ("z-order", sentence("the one on top keeps the pixels")),
                    (
                        "label_priority",
                        sentence("the label that comes first in the schema keeps them"),
                    ),
                    ("fail", sentence("stop and say where")),
                ),
            ),
            _WITH_IMAGES,
        ),
    ),
}


def info(name: str) -> FormatInfo:
    """Look a format up.

    Raises:
        InvalidInput: There is none of the name.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise InvalidInput(
            f"format is {name!r}, expected one of {', '.join(sorted(FORMATS))}",
            code="unknown_format",
        ) from None


def load(name: str) -> ModuleType:
    """Import the module that writes a format.

    Raises:
        InvalidInput: There is none of the name.
    """
    return import_module(info(name).path)


def load_checker(name: str) -> ModuleType:
    """Import the module that reads an export of a format back.

    Raises:
        InvalidInput: There is none of the name.
    """
    return import_module(info(name).checker)


def load_reader(name: str) -> ModuleType:
    """Import the module that reads a format.

    Raises:
        InvalidInput: There is none of the name, or it is only written.
    """
    path = info(name).reader
    if not path:
        readable = sorted(known for known, each in FORMATS.items() if each.reader)
        raise InvalidInput(
            f"{name} cannot be imported, only {', '.join(readable)}", code="unreadable_format"
        )
    return import_module(path)
