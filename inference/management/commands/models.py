"""``manage.py models``: which models there are, whether they load, and how fast they are here."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.forms.models import model_to_dict

from inference.models import ModelCheck
from inference.services.model_checks import ModelFacts, check_model, facts_of_models
from inference.services.model_verification import demo_pictures, verify_model
from inference.services.model_words import duration, size_of
from inference.services.segmenters import titles
from projects.errors import ApplicationError
from projects.models import Project

COLUMNS = (
    "name", "installed", "loads", "size", "picture", "click", "everything", "memory", "default of",
    "licence",
)  # fmt: skip


class Command(BaseCommand):
    """Lists the models; with an option, loads, measures or chooses one first."""

    help = "Says which models there are, whether they load, and how fast they are on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--check",
            nargs="?",
            const="",
            metavar="NAME",
            help="load it, really (every installed one without a NAME)",
        )
        parser.add_argument("--measure", metavar="NAME", help="load it and time its work")
        parser.add_argument(
            "--verify", metavar="NAME", help="compare a SAM's fast masks with its exact ones"
        )
        parser.add_argument(
            "--pictures", type=Path, metavar="FOLDER", help="for --verify; the demo's otherwise"
        )
        parser.add_argument("--use", metavar="NAME", help="make it the default of --project")
        parser.add_argument("--project", type=int, help="a project's number, for --use")
        parser.add_argument("--json", action="store_true", help="print the list as JSON")

    def handle(self, *_args: str, **options: Any) -> None:
        """Do what is asked, then print the list."""
        try:
            if options["verify"]:
                self._verify(str(options["verify"]), options["pictures"] or demo_pictures())
                return
            broken = self._checked(options)
            if options["use"]:
                _use(str(options["use"]), options["project"])
        except ApplicationError as error:
            raise CommandError(str(error)) from error
        facts = facts_of_models()
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(one) for one in facts], indent=2))
        else:
            self._print(facts)
        if broken:
            raise CommandError("\n".join(broken))

    def _verify(self, name: str, pictures: Path) -> None:
        verdict = verify_model(name=name, pictures=pictures)
        self.stdout.write("\n".join(verdict.lines()))
        if not verdict.is_sound:
            raise CommandError(f"{name} is not sound in fast precision; set SAM_PRECISION=exact.")

    def _checked(self, options: dict[str, Any]) -> list[str]:
        """Check or measure what is asked; what does not work, in words."""
        names = [str(options["measure"])] if options["measure"] else []
        load_only = not names
        if options["check"] is not None and not names:
            installed = [one.info.name for one in facts_of_models() if one.info.installed]
            names = [str(options["check"])] if options["check"] else installed
        checks = [check_model(name=name, load_only=load_only) for name in names]
        return [f"{one.segmenter} does not work: {one.problem}" for one in checks if one.problem]

    def _print(self, facts: list[ModelFacts]) -> None:
        rows = [COLUMNS, *(_row(one) for one in facts)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self.stdout.write("  ".join(cells).rstrip())


def _use(name: str, project_id: int | None) -> None:
    known = titles()
    if name not in known:
        raise CommandError(
            f"There is no model named {name} that answers clicks; there are {', '.join(known)}."
        )
    if not Project.objects.filter(pk=project_id or 0).update(segmenter=name):
        raise CommandError(f"--use takes --project with a project's number; {project_id} is none.")


def _row(one: ModelFacts) -> tuple[str, ...]:
    check = one.check
    times = (
        (check.embed_seconds, check.prompt_seconds, check.everything_seconds)
        if check
        else (None, None, None)
    )
    return (
        one.info.name,
        "yes" if one.info.installed else "no",
        _loads(one),
        size_of(one.info.size_bytes),
        *(duration(seconds) for seconds in times),
        size_of(check.peak_bytes) if check else "-",
        ", ".join(str(project.pk) for project in one.default_of) or "-",
        one.info.licence,
    )


def _loads(one: ModelFacts) -> str:
    if one.check is None:
        return "-"
    if one.is_outdated:
        return "not since its files changed"
    return "no" if one.check.problem else "yes"


def _as_json(one: ModelFacts) -> dict[str, object]:
    return {
        **asdict(one.info),
        "kinds": sorted(one.info.kinds),
        "check": _check_json(one.check),
        "is_outdated": one.is_outdated,
        "default_of": [project.pk for project in one.default_of],
    }


def _check_json(check: ModelCheck | None) -> dict[str, object] | None:
    if check is None:
        return None
    facts = model_to_dict(check, exclude=["id", "segmenter"])
    return {**facts, "checked_at": check.checked_at.isoformat()}
