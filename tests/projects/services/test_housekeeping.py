"""Once an hour, by one process, what is past its time goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from projects.models import Image, Project, User
from projects.services.housekeeping import clean_up_if_due
from projects.services.spans import is_first_in_span
from tests.factories import make_annotation, make_image, make_label, make_project

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "is_first"),
    [(timedelta(0), False), (timedelta(minutes=59), False), (timedelta(hours=1), True)],
)
def test_one_in_each_span_is_first(later: timedelta, is_first: bool) -> None:
    assert is_first_in_span(key="a", now=NOON, seconds=3600)

    assert is_first_in_span(key="a", now=NOON + later, seconds=3600) is is_first
    assert is_first_in_span(key="b", now=NOON + later, seconds=3600)


def test_what_was_deleted_a_month_ago_goes_with_its_history_and_the_rest_stays(
    django_user_model: type[User],
) -> None:
    old = make_project(name="old", deleted_at=datetime.now(UTC) - timedelta(days=31))
    young = make_project(name="young", deleted_at=datetime.now(UTC) - timedelta(days=29))
    for project in (old, young):
        make_annotation(make_image(project), label=make_label(project))

    cleaned = clean_up_if_due()

    assert cleaned is not None
    assert list(Project.objects.values_list("name", flat=True)) == ["young"]
    assert Image.objects.count() == 1
    assert clean_up_if_due() is None
