"""Counters hold exactly, whoever counts at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from projects.errors import ApplicationError, InvalidInput, TooManyRequests
from projects.models import LimitCount
from projects.services.accounts import check_credentials
from projects.services.limits import forget_before, forgive, spend
from tests.databases import database_for_threads
from tests.factories import make_user


def spend_one(key: str = "login:alice:10.0.0.1", limit: int = 3) -> None:
    spend(key=key, limit=limit, window_seconds=900, message="Wait.")


@pytest.mark.django_db
def test_the_limit_passes_and_one_more_does_not():
    for _ in range(3):
        spend_one()

    with pytest.raises(TooManyRequests) as refused:
        spend_one()

    assert 1 <= refused.value.facts["retry_after"] <= 900
    assert LimitCount.objects.get().count == 3


@pytest.mark.django_db
def test_keys_count_apart_and_are_not_stored_in_clear():
    for name in ("a", "b"):
        spend_one(f"login:{name}:10.0.0.1", limit=1)

    assert LimitCount.objects.count() == 2
    assert not LimitCount.objects.filter(key__contains="10.0.0.1").exists()


@pytest.mark.django_db
def test_a_new_window_begins_at_zero():
    spend_one(limit=1)
    LimitCount.objects.update(window_start=timezone.now() - timedelta(seconds=1800))

    spend_one(limit=1)

    assert forget_before(moment=timezone.now() - timedelta(seconds=1000)) == 1


@pytest.mark.django_db
def test_what_is_forgiven_counts_no_more():
    spend_one(limit=1)
    forgive(key="login:alice:10.0.0.1")

    spend_one(limit=1)

    with pytest.raises(TooManyRequests):
        spend_one(limit=1)


@pytest.mark.django_db
def test_the_right_password_works_from_elsewhere_while_one_place_is_locked_out(settings):
    settings.LOGIN_ATTEMPTS = 2
    alice = make_user("alice")
    for _ in range(2):
        with pytest.raises(InvalidInput):
            check_credentials(username="alice", password="wrong", address="10.0.0.1")

    with pytest.raises(TooManyRequests):
        check_credentials(username="ALICE", password="a long enough word", address="10.0.0.1")

    assert (
        check_credentials(username="alice", password="a long enough word", address="10.0.0.2")
        == alice
    )


@pytest.mark.django_db
def test_logging_in_clears_the_count(settings):
    settings.LOGIN_ATTEMPTS = 2
    make_user("alice")
    for password in ("wrong", "a long enough word") * 3:
        try:
            check_credentials(username="alice", password=password, address="10.0.0.1")
        except InvalidInput:
            continue

    assert not LimitCount.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("username", "password", "active"),
    [
        ("alice", "wrong", True),
        ("nobody", "a long enough word", True),
        ("alice", "a long enough word", False),
        ("alice", "x" * 2000, True),
        ("ali\x00ce", "x", True),
        ("", "", True),
    ],
)
def test_a_refusal_does_not_say_what_is_wrong(username, password, active):
    make_user("alice", is_active=active)

    with pytest.raises(InvalidInput) as refused:
        check_credentials(username=username, password=password, address="10.0.0.1")

    assert refused.value.message == "This name and password do not belong together."


@pytest.mark.django_db(transaction=True)
def test_of_200_attempts_in_50_threads_exactly_the_limit_is_evaluated(settings, tmp_path):
    settings.LOGIN_ATTEMPTS = 10

    def guess(number: int) -> str:
        try:
            check_credentials(username="alice", password=f"guess {number}", address="10.0.0.1")
        except ApplicationError as error:
            return error.code
        finally:
            connection.close()
        return "in"

    with database_for_threads(tmp_path), ThreadPoolExecutor(50) as pool:
        make_user("alice")
        answers = list(pool.map(guess, range(200)))

    assert answers.count("wrong_credentials") == 10
    assert answers.count("too_many_requests") == 190
