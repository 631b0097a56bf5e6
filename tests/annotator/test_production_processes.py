"""The processes of docker-compose.yml, run plainly against real PostgreSQL and Redis."""

from __future__ import annotations

import io
import json
import os
import secrets
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import yaml
from pycocotools.coco import COCO

from tests.client import Client
from tests.processes import ROOT, environment, free_port, manage, running
from tests.servers import database_url, redis_url

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]

PHOTOS = ROOT / "annotator" / "demo" / "photos"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def compose_command(service: str) -> list[str]:
    """What follows `python manage.py` in the service's command."""
    words = [str(word) for word in COMPOSE["services"][service]["command"]]
    assert words[:2] == ["python", "manage.py"]
    return words[2:]


@pytest.fixture
def database() -> Iterator[str]:
    server = database_url()
    name = f"mw_{secrets.token_hex(6)}"
    with Admin(server) as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    user_and_host = server.rpartition("/")[0]
    host = user_and_host.rpartition("@")[2]
    yield f"postgres://postgres:{secrets.token_urlsafe(16)}@{host}/{name}"
    with Admin(server) as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Admin:
    def __init__(self, url: str) -> None:
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True

    def __enter__(self) -> psycopg2.extensions.cursor:
        return self.connection.cursor()

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def test_the_main_job_runs_as_compose_starts_it(database: str, tmp_path: Path) -> None:
    port = free_port()
    extra = {
        "MASKWRIGHT_ENV": "production",
        "MASKWRIGHT_DATA": str(tmp_path / "data"),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url(),
        "BEHIND_PROXY": "1",
    }
    web = compose_command("web")
    web[web.index("--port") + 1] = str(port)
    web[web.index("--host") + 1] = "127.0.0.1"

    with running(*web, **extra):
        anonymous = Client(f"http://127.0.0.1:{port}", "", X_Forwarded_Proto="https")
        _until_healthy(anonymous)
        manage("create_user", "alice", "--password-stdin", stdin="a long enough word\n", **extra)
        token = manage("create_token", "--user", "alice", "--scope", "write", **extra)
        client = Client(
            anonymous.address, token, **{"X-Forwarded-Proto": "https", "Host": "127.0.0.1"}
        )
        with (
            running(*compose_command("worker"), **extra),
            running(*compose_command("scheduler"), **extra),
        ):
            archive = _main_job(client)

    names = archive.namelist()
    document = json.loads(archive.read(next(n for n in names if "instances" in n)))
    (tmp_path / "instances.json").write_text(json.dumps(document))
    coco = COCO(str(tmp_path / "instances.json"))
    assert len(coco.getImgIds()) == 1
    assert [coco.annToMask(a).sum() for a in coco.dataset["annotations"]] == [
        a["area"] for a in coco.dataset["annotations"]
    ]
    assert len(coco.getAnnIds()) == 1


def _until_healthy(client: Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if client.raw("GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web process did not become healthy")


def _main_job(client: Client) -> zipfile.ZipFile:
    project = client.call(
        "POST",
        "/api/v1/projects/",
        {"name": "Zoo", "labels": [{"name": "bear", "color": "#0072b2"}]},
    )
    label = project["labels"][0]["id"]
    base = f"/api/v1/projects/{project['id']}"
    image = client.upload(f"{base}/images/", PHOTOS / "01-bear.jpg")
    job = client.call("POST", f"{base}/prelabel/", {"segmenter": "classic", "mode": "everything"})
    assert client.finished(job["job"])["state"] == "done"
    annotations = f"/api/v1/images/{image['id']}/annotations/"
    suggestion = client.call("GET", annotations)["results"][0]
    client.call(
        "PUT",
        f"{annotations}{suggestion['id']}/",
        {**suggestion, "label": label, "state": "confirmed"},
        If_Match=f'"{suggestion["revision"]}"',
    )
    job = client.call("POST", f"{base}/exports/", {"format": "coco_instances"})
    done = client.finished(job["job"])
    assert done["state"] == "done", done
    status, _, body = client.raw("GET", f"/api/v1/exports/{done['result']['export']}/file/")
    assert status == 200
    return zipfile.ZipFile(io.BytesIO(body))


def test_no_service_but_web_publishes_a_port() -> None:
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["web"]
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8080:8080"]


def test_every_service_has_a_health_check_and_survives_a_restart() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_what_needs_the_tables_waits_for_web_to_make_them() -> None:
    for name in ("worker", "worker-gpu", "scheduler"):
        assert COMPOSE["services"][name]["depends_on"]["web"] == {"condition": "service_healthy"}


def test_redis_keeps_a_log_and_asks_for_a_password() -> None:
    command = COMPOSE["services"]["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert "REDIS_PASSWORD:?" in command[command.index("--requirepass") + 1]


def test_our_own_services_name_commands_that_exist() -> None:
    known = manage("help", "--commands", MASKWRIGHT_DATA=os.environ.get("MASKWRIGHT_DATA", ""))
    for name in ("web", "worker", "worker-gpu", "scheduler"):
        assert compose_command(name)[0] in known.split(), name
    assert environment()["PYTHONUNBUFFERED"] == "1"
