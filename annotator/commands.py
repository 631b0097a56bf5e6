"""The command lines of the web process and the worker, the same on a laptop and on a cluster."""

from __future__ import annotations

import sys

WEB_THREADS = 12  # prompts hold 8 of them at most, the others are for everything else
QUEUES = "interactive,bulk,export"  # what somebody waits for comes first


def web_command(host: str, port: int, *, workers: int = 1) -> list[str]:
    """Gunicorn with threads, without preloading: nothing forks after a model is loaded."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "annotator.wsgi:application"),
        *("--bind", bind, "--workers", str(workers), "--worker-class", "gthread"),
        *("--threads", str(WEB_THREADS), "--timeout", "120", "--graceful-timeout", "8"),
        # A client that reuses a connection after a pause must find it open.
        *("--keep-alive", "75", "--log-level", "warning"),
    ]


def worker_command(queues: str = QUEUES) -> list[str]:
    """One Celery worker that serves what somebody waits for first."""
    return [
        *(
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "--app",
            "annotator",
            "worker",
            "--pool",
            "solo",
        ),
        *("--queues", queues, "--without-mingle", "--without-gossip", "--loglevel", "warning"),
    ]
