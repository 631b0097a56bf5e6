"""What the pages' templates say often: icons, states, progress in parts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from projects.models import ImageStatus, JobState
from projects.selectors.projects import ProjectCounts

register = template.Library()

STATE_WORDS: dict[str, str] = {
    ImageStatus.NEW: "new",
    ImageStatus.PRELABELLED: "pre-labelled",
    ImageStatus.IN_PROGRESS: "in progress",
    ImageStatus.SUBMITTED: "submitted",
    ImageStatus.ACCEPTED: "accepted",
    ImageStatus.SENT_BACK: "sent back",
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}
KIND_WORDS = {
    "prelabel": "Pre-labelling",
    "export": "Export",
    "import": "Import",
    "score": "Scoring",
    "embed": "Preparing images",
}
BAR_WIDTH = 100.0  # of the viewBox of a stacked bar


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        size,
        static("styles/icons.svg"),
        name,
    )


@register.simple_tag
def state(name: str) -> SafeString:
    """A state as a shape and a word."""
    return format_html('<span class="state {}">{}</span>', name, STATE_WORDS.get(name, name))


@register.filter
def kind_words(kind: str) -> str:
    """What a kind of job is called."""
    return KIND_WORDS.get(kind, kind.replace("_", " ").capitalize())


@register.filter
def as_share(value: float) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return f"{round(value * 100)} %"


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, in the largest unit; less than a minute is "just now"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return "just now"
    return f"{timesince(moment, depth=1)} ago"


@register.inclusion_tag("parts/progress.html")
def progress(counts: ProjectCounts) -> dict[str, object]:
    """A project's progress as a bar in four parts, with words for those who cannot see it."""
    parts = [
        ("accepted", "done", counts.accepted),
        ("submitted", "in review", counts.submitted),
        ("in_progress", "in work", counts.in_work),
        ("new", "to do", counts.to_do),
    ]
    whole = max(counts.images, 1)
    bars, left = [], 0.0
    for name, _, count in parts:
        width = count / whole * BAR_WIDTH
        bars.append({"name": name, "x": f"{left:.3f}", "width": f"{width:.3f}"})
        left += width
    words = ", ".join(f"{count} {word}" for _, word, count in parts)
    legend = [{"name": name, "word": word, "count": count} for name, word, count in parts]
    return {"bars": bars, "words": words, "counts": counts, "legend": legend}


@register.filter
def labelled(counts: ProjectCounts) -> int:
    """Images whose labelling is finished, reviewed or not."""
    return counts.submitted + counts.accepted
