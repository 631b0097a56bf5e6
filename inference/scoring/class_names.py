"""Which label of a project a model's class probably is: names compared as people would.

The proposal is for a person to look at. Names are normalised (case, accents, plural, the endings
that datasets add), then looked up among synonyms that segmentation datasets disagree on, then among
what they are kinds of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from projects.errors import sentence

SAME, SYNONYM, KIND_OF = sentence("same name"), sentence("synonym"), sentence("kind of")

# Each line names one thing: where one dataset says the one word, another says another.
SYNONYMS = """
person, people, human, pedestrian, man, woman, boy, girl, child, rider
car, automobile, auto
bicycle, bike, cycle
motorcycle, motorbike, minibike
airplane, aeroplane, plane, aircraft
truck, lorry
bus, autobus, coach
boat, ship, vessel
tv, television, tvmonitor, tv monitor, monitor, screen
cell phone, mobile phone, cellphone, smartphone, telephone
couch, sofa, settee
potted plant, pottedplant, houseplant
dining table, diningtable, table, desk
fridge, refrigerator, icebox
hair drier, hair dryer, hairdryer
donut, doughnut
hot dog, hotdog
cup, mug
road, street, roadway
sidewalk, pavement, footpath
vegetation, plant, foliage, bush, shrub
tree, vegetation
grass, lawn
ground, dirt, earth, soil
water, sea, river, lake, ocean
sand, beach
mountain, hill
building, house, edifice, skyscraper
sky, cloud
wall, wall brick, wall stone, wall tile, wall wood
fence, railing
floor, flooring, floor wood
ceiling, ceiling tile
window, windowpane, window blind
traffic light, stoplight, traffic signal
traffic sign, street sign, signboard
stop sign, stopsign
rug, carpet, mat
curtain, drape
cow, cattle, ox
sheep, lamb
dog, puppy
cat, kitten
horse, pony
tumor, tumour
"""

# What the things of COCO are kinds of, for models that do not say so themselves.
KINDS = {
    "vehicle": "bicycle car motorcycle airplane bus train truck boat",
    "animal": "bird cat dog horse sheep cow elephant bear zebra giraffe",
    "furniture": "chair couch bed dining_table potted_plant toilet",
    "food": "banana apple sandwich orange broccoli carrot hot_dog pizza donut cake",
    "electronic": "tv laptop mouse remote keyboard cell_phone",
    "appliance": "microwave oven toaster sink fridge",
    "kitchen": "bottle wine_glass cup fork knife spoon bowl",
    "sports": "frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard "
    "surfboard tennis_racket",
    "outdoor": "traffic_light fire_hydrant stop_sign parking_meter bench",
    "accessory": "backpack umbrella handbag tie suitcase",
    "plant": "tree grass flower vegetation",
}
ENDINGS = re.compile(r"\b(merged|other|stuff|thing|things|region|area)\b")
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
SPLIT = re.compile(r"[,;/|()]")
SHORTEST_PLURAL = 4
UNCHANGED = frozenset({"bus", "grass", "skis", "scissors", "glass", "tennis", "gas", "lens"})


@dataclass(frozen=True, slots=True)
class Named:
    """A label or a class: what it is called and what it is a kind of."""

    key: int
    name: str
    supercategory: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The label that a class probably is, and why."""

    label: int
    reason: str


def propose(classes: Iterable[Named], labels: Sequence[Named]) -> dict[int, Proposal]:
    """Return by the class's key the label that it probably is; classes without one are absent.

    Args:
        classes: The model's.
        labels: The project's; of two that fit equally, the first is taken.
    """
    by_word: dict[str, int] = {}
    for label in labels:
        for word in words_of(label.name):
            by_word.setdefault(word, label.key)
    found = {one.key: _proposal(one, by_word) for one in classes}
    return {key: proposal for key, proposal in found.items() if proposal is not None}


def words_of(name: str) -> list[str]:
    """Return the normalised names that one name holds: "sofa, couch" holds two."""
    parts = [name, *SPLIT.split(name)]
    return list(dict.fromkeys(word for word in map(normalised, parts) if word))


def normalised(name: str) -> str:
    """Return a name as it is compared: "Trees-Merged" is "tree"."""
    plain = unicodedata.normalize("NFKD", _split_camel(name)).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if any(letter.isalpha() and letter > "\x7f" for letter in letters):
        return " ".join(letters.split())  # other scripts have endings of their own
    words = NOT_A_WORD.sub(" ", letters).strip()
    kept = ENDINGS.sub(" ", words).split() or words.split()
    return " ".join([*kept[:-1], _singular(kept[-1])]) if kept else ""


def _split_camel(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or word in UNCHANGED or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes", "oes")) else word[:-1]


def _proposal(one: Named, by_word: Mapping[str, int]) -> Proposal | None:
    for reason, words in (
        (SAME, words_of(one.name)),
        (SYNONYM, list(_synonyms(one.name))),
        (KIND_OF, list(_kinds(one))),
    ):
        for word in words:
            if word in by_word:
                return Proposal(by_word[word], reason)
    return None


def _synonyms(name: str) -> Iterator[str]:
    for word in words_of(name):
        yield from _GROUPS.get(word, ())


def _kinds(one: Named) -> Iterator[str]:
    for kind in [one.supercategory, *(_KIND_OF.get(word, "") for word in words_of(one.name))]:
        yield from words_of(kind)
        yield from _synonyms(kind)


def _groups() -> dict[str, list[str]]:
    """Every other word of the lines that a word stands in, nearest first."""
    groups: dict[str, list[str]] = {}
    for line in SYNONYMS.strip().splitlines():
        words = [normalised(word) for word in line.split(",")]
        for word in words:
            groups.setdefault(word, []).extend(other for other in words if other != word)
    return groups


_GROUPS = _groups()
_KIND_OF = {word.replace("_", " "): kind for kind, words in KINDS.items() for word in words.split()}
