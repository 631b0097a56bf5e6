"""Which label a model's class is proposed for, and for which none is."""

from __future__ import annotations

import pytest

from inference.scoring.class_names import KIND_OF, SAME, SYNONYM, Named, normalised, propose

LABELS = [
    Named(1, "Person"),
    Named(2, "Vehicles"),
    Named(3, "tree"),
    Named(4, "Sofa"),
    Named(5, "Straße"),
    Named(6, "animal"),
    Named(7, "car"),
]


@pytest.mark.parametrize(
    ("name", "supercategory", "label", "reason"),
    [
        ("person", "", 1, SAME),
        ("PERSONS", "", 1, SAME),
        ("pedestrian", "", 1, SYNONYM),
        ("people", "", 1, SYNONYM),
        ("car", "vehicle", 7, SAME),  # the nearer of two that fit
        ("truck", "vehicle", 2, KIND_OF),
        ("bus", "", 2, KIND_OF),  # known as a kind without the model saying so
        ("tree-merged", "", 3, SAME),
        ("trees", "", 3, SAME),
        ("couch", "", 4, SYNONYM),
        ("sofa, couch, lounge", "", 4, SAME),
        ("straße", "", 5, SAME),
        ("giraffe", "", 6, KIND_OF),
        ("dragon", "animal", 6, KIND_OF),
    ],
)
def test_a_class_finds_its_label(name: str, supercategory: str, label: int, reason: str) -> None:
    [found] = propose([Named(9, name, supercategory)], LABELS).values()

    assert (found.label, found.reason) == (label, reason)


@pytest.mark.parametrize("name", ["sky", "scar", "", "--", "carpet", "persona", "unnamed 7"])
def test_other_classes_find_none(name: str) -> None:
    assert propose([Named(9, name)], LABELS) == {}


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Cell_Phones", "cell phone"),
        ("wall-other-merged", "wall"),
        ("TrafficLight", "traffic light"),
        ("Bus", "bus"),
        ("glass", "glass"),
        ("benches", "bench"),
        ("berries", "berry"),
        ("Forêt", "foret"),
        ("other", "other"),
        ("人", "人"),
        ("", ""),
    ],
)
def test_names_are_compared_in_one_form(name: str, normal: str) -> None:
    assert normalised(name) == normal


def test_no_labels_no_proposals() -> None:
    assert propose([Named(0, "person")], []) == {}
