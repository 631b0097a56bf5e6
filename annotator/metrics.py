"""`/metrics`: figures for Prometheus, the same from every web process.

They come from the database and from the workers' own rows, so no process answers for itself alone.
No label holds anything of a user's: queues, kinds of jobs, models and workers are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from inference.services import feature_store
from projects.services import figures
from projects.services.jobs import ENDED
from projects.services.tallies import ALL, BUCKETS, SUM, tallied

LOCAL = frozenset({"127.0.0.1", "::1"})
EMBEDDING_COUNTS = ("served", "found", "missing", "evicted", "damaged")
DURATIONS = {
    "prompt_seconds": "From a prompt's arrival to its answer.",
    "embedding_seconds": "To make and store one embedding.",
}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures as text; 404 for who may not ask."""
    if not _may_ask(request):
        return HttpResponseNotFound("Not found\n", content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    """Whoever has the token; without one, this machine itself, but not through a proxy."""
    if settings.METRICS_TOKEN:
        expected = f"Bearer {settings.METRICS_TOKEN}"
        return compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and request.META.get("REMOTE_ADDR") in LOCAL


class _Figures(Collector):
    """Reads everything anew at each question."""

    def collect(self) -> Iterable[Metric]:
        """Give every figure there is."""
        counts = tallied()
        yield from _queues()
        yield from _workers()
        yield from _embeddings(counts)
        yield _outcomes(counts)
        yield CounterMetricFamily(
            "maskwright_prompts_refused",
            "Prompts sent away because too many asked at once.",
            value=counts.get("prompt_refused", 0.0),
        )
        for name, words in DURATIONS.items():
            yield _histogram(name, words, counts)


def _queues() -> Iterator[Metric]:
    depth = GaugeMetricFamily(
        "maskwright_queue_items", "Items of open jobs.", labels=["queue", "state"]
    )
    jobs = GaugeMetricFamily("maskwright_queue_jobs", "Open jobs.", labels=["queue"])
    age = GaugeMetricFamily(
        "maskwright_queue_oldest_seconds",
        "Age of the oldest open job with an item that waits.",
        labels=["queue"],
    )
    for queue in figures.queue_figures():
        depth.add_metric([queue.name, "queued"], queue.queued)
        depth.add_metric([queue.name, "running"], queue.running)
        jobs.add_metric([queue.name], queue.jobs)
        age.add_metric([queue.name], queue.oldest_seconds)
    yield from (depth, jobs, age)


def _workers() -> Iterator[Metric]:
    crew = figures.crew()
    number = GaugeMetricFamily("maskwright_workers", "Live workers.", labels=["state"])
    busy = sum(worker.busy_with is not None for worker in crew)
    number.add_metric(["busy"], busy)
    number.add_metric(["idle"], len(crew) - busy)
    held = GaugeMetricFamily(
        "maskwright_worker_memory_bytes", "Resident memory.", labels=["worker"]
    )
    most = GaugeMetricFamily(
        "maskwright_worker_memory_most_bytes", "What it may use.", labels=["worker"]
    )
    models = GaugeMetricFamily(
        "maskwright_worker_model_bytes",
        "Memory that loading a model took; there is a line for each model that is loaded.",
        labels=["worker", "model"],
    )
    for worker in crew:
        held.add_metric([worker.name], worker.memory_bytes)
        most.add_metric([worker.name], worker.memory_most_bytes)
        for name, size in worker.loaded:
            models.add_metric([worker.name, name], size)
    yield from (number, held, most, models)


def _embeddings(counts: dict[str, float]) -> Iterator[Metric]:
    number, spent = feature_store.kept_in_all()
    yield GaugeMetricFamily("maskwright_embeddings", "Embeddings that are stored.", value=number)
    yield GaugeMetricFamily("maskwright_embeddings_bytes", "Their size.", value=spent)
    yield GaugeMetricFamily(
        "maskwright_embeddings_most_bytes", "Their budget.", value=settings.EMBEDDINGS_BYTES
    )
    events = CounterMetricFamily(
        "maskwright_embedding_events",
        "served to a browser, found in the store by a worker, missing when asked for, "
        "evicted for want of room, damaged.",
        labels=["event"],
    )
    for event in EMBEDDING_COUNTS:
        events.add_metric([event], counts.get(f"embedding_{event}", 0.0))
    yield events


def _outcomes(counts: dict[str, float]) -> Metric:
    outcomes = CounterMetricFamily(
        "maskwright_jobs_ended", "Jobs by how they ended.", labels=["kind", "state"]
    )
    for name, value in sorted(counts.items()):
        what, _, rest = name.partition("|")
        if what == ENDED:
            kind, _, state = rest.partition("|")
            outcomes.add_metric([kind, state], value)
    return outcomes


def _histogram(name: str, words: str, counts: dict[str, float]) -> Metric:
    total, buckets = 0.0, []
    for most in (*map(str, BUCKETS), ALL):
        total += counts.get(f"{name}|{most}", 0.0)
        buckets.append(("+Inf" if most == ALL else most, total))
    family = HistogramMetricFamily(f"maskwright_{name}", words)
    family.add_metric([], buckets=buckets, sum_value=counts.get(f"{name}|{SUM}", 0.0))
    return family
