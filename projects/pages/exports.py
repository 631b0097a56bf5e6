"""The page of a project's exports: what one would hold, how it went, and the finished ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from projects.formats.registry import FORMATS, FormatInfo, OptionInfo
from projects.models import Export, ImageStatus, JobState, Split
from projects.pages.jobs import job_rows
from projects.pages.project_frame import Frame, frame
from projects.policy import Action, require
from projects.selectors.jobs import exports_of, jobs_of
from projects.services.export_records import CONFIRMED, SUGGESTED, ExportFilter
from projects.services.exports import KIND, count_for, estimated_bytes, start_export
from projects.tasks import ring
from projects.visitors import page

SHOWN = 50
FINDINGS_SHOWN = 20  # of each export; its report holds the rest
FIRST_FORMAT = "coco_instances"
UNFINISHED = [JobState.QUEUED, JobState.RUNNING, JobState.FAILED]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form asks for."""

    info: FormatInfo
    options: dict[str, str | bool]
    wanted: ExportFilter

    @classmethod
    def of(cls, sent: QueryDict) -> Wish:
        """Read the form; before it is sent its options are the format's own."""
        info = FORMATS.get(sent.get("format", ""), FORMATS[FIRST_FORMAT])
        is_sent = "sent" in sent
        return cls(
            info=info,
            options={
                option.name: _chosen(option, sent) if is_sent else option.default
                for option in info.options
            },
            wanted=ExportFilter(
                include=SUGGESTED if sent.get("include") == SUGGESTED else CONFIRMED,
                statuses=tuple(w for w in sent.getlist("status") if w in ImageStatus.values),
                splits=tuple(
                    "" if word == "none" else word
                    for word in sent.getlist("split")
                    if word == "none" or word in Split.values
                ),
            ),
        )


@require_http_methods(["GET", "POST"])
@page
def exports(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show what an export would hold and those that there are; a POST starts one."""
    shown = frame(request, project_id)
    require(user=shown.user, project=shown.project, action=Action.EXPORT)
    if request.method == "POST":
        return _start(request, shown)
    wish = Wish.of(request.GET)
    counts = count_for(
        project=shown.project,
        format_name=wish.info.name,
        options=wish.options,
        wanted=wish.wanted,
    )
    jobs = jobs_of(user=shown.user, kinds=[KIND], project=shown.project, states=UNFINISHED)
    context = shown.context(
        "exports",
        formats=FORMATS.values(),
        wish=wish,
        options=[(option, wish.options[option.name]) for option in wish.info.options],
        statuses=[(w.value, w.label, w.value in wish.wanted.statuses) for w in ImageStatus],
        splits=_split_choices(wish),
        includes_suggested=wish.wanted.include == SUGGESTED,
        hold=counts,
        size=estimated_bytes(counts, wish.options),
        jobs=job_rows(user=shown.user, jobs=jobs.order_by("-id")[:5]),
        rows=[_row(export) for export in _latest(shown)],
    )
    return render(request, "projects/exports.html", context)


def _start(request: HttpRequest, shown: Frame) -> HttpResponse:
    wish = Wish.of(request.POST)
    job = start_export(
        user=shown.user,
        project=shown.project,
        format_name=wish.info.name,
        options=wish.options,
        wanted=wish.wanted,
    )
    transaction.on_commit(lambda: ring(job.pk))
    messages.success(
        request, gettext("The export has started; it appears below when it is verified.")
    )
    return redirect("project-exports", shown.project.pk)


def _latest(shown: Frame) -> list[Export]:
    rows = exports_of(user=shown.user, project=shown.project).order_by("-id")
    return list(rows[:SHOWN])


def _chosen(option: OptionInfo, sent: QueryDict) -> str | bool:
    came = sent.get(f"option-{option.name}", "")
    return came if option.choices else came == "on"


def _split_choices(wish: Wish) -> list[tuple[str, str, bool]]:
    named = [(word, word, word in wish.wanted.splits) for word in Split.values if word]
    return [*named, ("none", gettext("no split"), "" in wish.wanted.splits)]


def _row(export: Export) -> dict[str, Any]:
    proof = export.report.get("verification", {})
    findings: dict[str, int] = export.report.get("findings_by_code", {})
    return {
        "export": export,
        "title": FORMATS[export.format].title if export.format in FORMATS else export.format,
        "counts": export.report.get("counts", {}),
        "is_verified": proof.get("outcome") == "verified",
        "finding_count": sum(findings.values()),
        "findings": export.report.get("findings", [])[:FINDINGS_SHOWN],
        "author": export.created_by.username if export.created_by else "",
    }
