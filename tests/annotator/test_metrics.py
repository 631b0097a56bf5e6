"""Figures for Prometheus: right, for few eyes, and without anything of a user's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from inference.services import feature_store
from projects.models import Job, Worker
from projects.services import tallies
from projects.services.item_runs import run_slice
from projects.services.jobs import cancel_job, create_job
from tests.factories import make_image, make_project, make_user

pytestmark = pytest.mark.django_db


def figures(client: Client | None = None) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels."""
    answer = (client or Client()).get("/metrics")
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


def test_only_this_machine_may_ask_unless_there_is_a_token(settings: Any) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get("/metrics").status_code == 404
    proxied = Client(headers={"X-Forwarded-For": "10.0.0.9"})
    assert proxied.get("/metrics").status_code == 404

    settings.METRICS_TOKEN = "a token of some length"
    far = Client(REMOTE_ADDR="10.0.0.9", headers={"Authorization": "Bearer a token of some length"})
    assert far.get("/metrics").status_code == 200
    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"Authorization": "Bearer wrong"}).get("/metrics").status_code == 404


def test_queues_are_counted() -> None:
    lead = make_user()
    project = make_project(lead=lead, name="Secret whales")
    images = [make_image(project, name="whale.png") for _ in range(3)]
    job = create_job(project=project, kind="score", params={}, images=images, user=lead)
    Job.objects.update(created_at=Now() - timedelta(hours=1))

    found = figures()

    assert found["maskwright_queue_items", "queue=bulk", "state=queued"] == 3
    assert found["maskwright_queue_items", "queue=interactive", "state=queued"] == 0
    assert found["maskwright_queue_jobs", "queue=bulk"] == 1
    assert 3600 <= found["maskwright_queue_oldest_seconds", "queue=bulk"] < 3700
    text = Client().get("/metrics").content.decode()
    assert not any(word in text for word in ("whale", lead.username))
    assert run_slice(job_id=job.pk, is_stopping=lambda: False) is False
    assert figures()["maskwright_queue_items", "queue=bulk", "state=queued"] == 0


def test_ends_of_jobs_are_counted() -> None:
    lead = make_user()
    project = make_project(lead=lead)
    done, cancelled = (
        create_job(project=make_project(lead=lead), kind="score", params={}, images=[image])
        for image in (make_image(project), make_image(project))
    )
    before = figures()

    run_slice(job_id=done.pk, is_stopping=lambda: False)
    cancel_job(user=lead, job=cancelled)

    after = figures()
    for state in ("done", "cancelled"):
        name = ("maskwright_jobs_ended_total", "kind=score", f"state={state}")
        assert after[name] == before.get(name, 0) + 1


def test_workers_tell_their_memory_and_models() -> None:
    facts = {"host": "here", "pid": 1, "heartbeat_at": Now()}
    Worker.objects.create(
        name="here:1:ab",
        memory_bytes=700,
        memory_most_bytes=1000,
        loaded=[["sam_vit_b", 400]],
        busy_with=5,
        **facts,
    )
    Worker.objects.create(name="dead", **facts | {"heartbeat_at": Now() - timedelta(hours=1)})

    found = figures()

    assert found["maskwright_workers", "state=busy"] == 1
    assert found["maskwright_workers", "state=idle"] == 0
    assert found["maskwright_worker_memory_bytes", "worker=here:1:ab"] == 700
    assert found["maskwright_worker_memory_most_bytes", "worker=here:1:ab"] == 1000
    assert found["maskwright_worker_model_bytes", "model=sam_vit_b", "worker=here:1:ab"] == 400


def test_embeddings_and_durations_are_counted() -> None:
    before = figures()
    feature_store.keep(sha256="a" * 64, segmenter="s", version="1", features=_features())
    feature_store.find(sha256="a" * 64, segmenter="s", version="1")
    for seconds in (0.003, 0.3, 400.0):
        tallies.observe("prompt_seconds", seconds)

    after = figures()

    def grew(*name: str) -> float:
        return after[name] - before.get(name, 0)

    assert after["maskwright_embeddings",] == 1
    assert after["maskwright_embeddings_bytes",] == 2 * 4
    assert grew("maskwright_prompt_seconds_bucket", "le=0.01") == 1
    assert grew("maskwright_prompt_seconds_bucket", "le=0.5") == 2
    assert grew("maskwright_prompt_seconds_bucket", "le=+Inf") == 3
    assert grew("maskwright_prompt_seconds_count") == 3
    assert grew("maskwright_prompt_seconds_sum") == pytest.approx(400.303)


def _features() -> Any:
    import numpy as np

    return np.zeros((1, 2, 2), np.float32)
