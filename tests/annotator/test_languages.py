"""The language of pages and of the API: chosen by a person, else by the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from projects.models import Job, JobState
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def test_the_browser_s_language_is_taken_until_one_is_chosen(client: Client) -> None:
    german = client.get("/login/", headers={"accept-language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in german.content.decode()
    assert "Passwort" in german.content.decode()
    assert ">English</button>" in german.content.decode()  # found by who reads no German
    assert german["Content-Language"] == "de"

    chosen = client.post("/language/", {"language": "en", "next": "/login/"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/login/")
    english = client.get("/login/", headers={"accept-language": "de"})
    assert '<html lang="en"' in english.content.decode()


def test_a_choice_holds_after_logging_in(client: Client) -> None:
    client.force_login(factories.make_user())
    client.post("/language/", {"language": "de"})
    page = client.get("/").content.decode()
    assert '<html lang="de"' in page
    assert "Projekte" in page
    assert settings.LANGUAGE_COOKIE_NAME in client.cookies


def test_a_language_that_there_is_not_is_english(client: Client) -> None:
    page = client.get("/login/", headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="en"' in page
    assert "/texts/" not in page


@pytest.mark.parametrize("path", ["/nowhere/", "/projects/999999/"])
def test_error_pages_speak_the_language_too(client: Client, path: str) -> None:
    client.force_login(factories.make_user())
    answer = client.get(path, headers={"accept-language": "de"})
    assert answer.status_code == 404
    assert "Hier ist nichts" in answer.content.decode()


def test_the_api_speaks_english_to_who_asks_for_no_language(client: Client) -> None:
    client.force_login(factories.make_user())
    answer: Any = client.get("/api/v1/projects/999999/")
    assert answer.json()["detail"] == "There is no such project."
    assert answer["Content-Language"] == "en"


def test_the_api_says_to_readers_what_they_can_read_and_to_programs_the_same_codes(
    client: Client,
) -> None:
    client.force_login(factories.make_user())
    german: Any = client.get("/api/v1/projects/999999/", headers={"accept-language": "de"})
    assert german.json()["code"] == "not_found"
    assert german.json()["detail"] == "Dieses Projekt gibt es nicht."
    assert german["Content-Language"] == "de"
    refused: Any = client.post(
        "/api/v1/projects/",
        {},
        content_type="application/json",
        headers={"accept-language": "de"},
    )
    assert refused.json()["code"] == "invalid"
    assert "Dieses Feld ist zwingend erforderlich." in refused.json()["detail"]
    assert refused.json()["detail"].startswith("Die Eingabe ist ungültig: name:")


def test_what_is_stored_is_stored_in_english(client: Client) -> None:
    """Whoever caused it: others read it too, and its translation may yet change."""
    project = factories.make_project(lead=factories.make_user())
    job = Job.objects.create(
        project=project, kind="export", state=JobState.FAILED, error="The file is empty."
    )
    client.force_login(project.memberships.get().user)
    client.post("/language/", {"language": "de"})
    assert client.get(f"/api/v1/jobs/{job.pk}/").json()["error"] == "Die Datei ist leer."
    assert "Die Datei ist leer." in client.get(f"/projects/{project.pk}/jobs/").content.decode()
    job.refresh_from_db()
    assert job.error == "The file is empty."


def test_scripts_get_their_texts_by_an_address_that_may_be_kept(client: Client) -> None:
    page = client.get("/login/", headers={"accept-language": "de"}).content.decode()
    found = re.search(r'<script src="(/texts/[0-9a-f]+/de\.js)"></script>', page)
    assert found
    assert page.index(found[1]) < page.index('type="module"')
    answer = client.get(found[1])
    assert answer["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer["Cache-Control"]
    assert "R\\u00fcckg\\u00e4ngig" in answer.content.decode()
    assert client.get("/texts/000000000000/de.js").status_code == 404
    assert client.get("/texts/000000000000/fr.js").status_code == 404


def test_a_refusal_is_said_in_the_reader_s_language(client: Client) -> None:
    sent = {"username": "nobody", "password": "not this one"}
    refused = client.post("/login/", sent, headers={"accept-language": "de"}).content.decode()
    assert "Dieser Name und dieses Passwort gehören nicht zusammen." in refused
    english = client.post("/login/", sent).content.decode()
    assert "This name and password do not belong together." in english
