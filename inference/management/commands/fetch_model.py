"""``manage.py fetch_model NAME``: download or install a SAM checkpoint, checked by its sha256."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.segmenters import checkpoints, hub
from inference.segmenters.download import DownloadFailed
from projects.errors import ApplicationError

MEGABYTE = 1e6
STEPS = 20  # lines of progress where nobody watches a terminal


class Command(BaseCommand):
    """Installs a checkpoint into the folder of models; only the pinned bytes are accepted."""

    help = "Download a SAM checkpoint (resumes where it was cut), or install it from a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        names = ", ".join(checkpoints.PUBLISHED)
        parser.add_argument("name", help=f"one of {names}, or a model described by NAME.json")
        parser.add_argument("--from", dest="source", type=Path, help="install this file instead")
        parser.add_argument(
            "--hub",
            metavar="OWNER/MODEL",
            help="a model that transformers loads; its safetensors become the folder NAME",
        )
        parser.add_argument("--url", default=checkpoints.PUBLISHED_URL, help="folder to fetch from")

    def handle(self, *_args: str, **options: Any) -> None:
        """Fetch or install, and say where the file lies."""
        name, source = str(options["name"]), options["source"]
        models_dir = Path(settings.MODELS_DIR)
        try:
            if options["hub"]:
                path = hub.fetch(name, str(options["hub"]), models_dir)
            elif source is not None:
                path = checkpoints.install_file(name, source, models_dir)
            elif checkpoints.is_installed(name, models_dir):
                path = checkpoints.verified_path(name, models_dir)
            else:
                path = checkpoints.fetch(name, models_dir, options["url"], self._report())
        except DownloadFailed as error:
            words = "" if options["hub"] else f"\n{self._without_network(name, options['url'])}"
            raise CommandError(f"{error}{words}") from error
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name} is installed: {path}")

    def _report(self) -> checkpoints.Progress:
        """Return what writes a line whenever another part of the file is there."""
        written = -1

        def report(done: int, total: int | None) -> None:
            nonlocal written
            step = done * STEPS // total if total else done // (100 * int(MEGABYTE))
            if step != written:
                written = step
                of = f" of {total / MEGABYTE:.0f}" if total else ""
                self.stdout.write(f"{done / MEGABYTE:.0f}{of} MB")
                self.stdout.flush()

        return report

    def _without_network(self, name: str, base_url: str) -> str:
        checkpoint = checkpoints.PUBLISHED[name]
        return (
            "What has come so far is kept; the same command goes on from there. Without a network: "
            f"fetch {base_url.rstrip('/')}/{checkpoint.file_name} on another machine "
            f"(sha256 {checkpoint.sha256}) and run: manage.py fetch_model {name} --from FILE"
        )
