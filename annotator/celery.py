"""The Celery app: queues, broker and nothing else; work itself is in rows (``projects.models``)."""

from __future__ import annotations

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from django.conf import settings

from annotator import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

REDIS_OPTIONS = {
    "queue_order_strategy": "annotator.broker:RedisOrder",
    "visibility_timeout": 3600,  # no work hangs on redelivery; the reconciler is faster
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "health_check_interval": 10,
    # Who publishes does not wait for a server that is away; the reconciler rings again.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}


def make_app() -> Celery:
    """The app with this project's settings."""
    # Celery warns root of pickled messages; ours are JSON, and containers often run as root.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    broker.register()
    made = Celery("annotator")
    made.conf.update(settings.CELERY)
    if made.conf.broker_url.startswith("redis"):
        made.conf.broker_transport_options = REDIS_OPTIONS
    made.autodiscover_tasks()
    return made


app = make_app()
