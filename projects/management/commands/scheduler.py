"""`manage.py scheduler`: rings again for jobs that were lost, and cleans up once an hour."""

from __future__ import annotations

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from projects.services.housekeeping import clean_up_if_due
from projects.services.reconciler import SPAN_SECONDS, reconcile
from projects.tasks import ring

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Reconcile and clean up until Ctrl-C or TERM; of several, one acts at a time."""

    help = "Rings again for jobs whose message or worker was lost; cleans up once an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, **options: Any) -> None:
        """Run until told to stop."""
        stop = Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            _one_pass()
            if options["once"] or stop.wait(SPAN_SECONDS):
                return


def _one_pass() -> None:
    try:
        for job_id in reconcile():
            logger.info("ringing again for job %s", job_id)
            ring(job_id)
        clean_up_if_due()
    except DatabaseError:
        logger.exception("the database does not answer; trying again")
    finally:
        connection.close()
