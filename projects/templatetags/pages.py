"""What the pages' templates say often: icons, states, progress in parts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext, gettext_lazy

from projects import sentences
from projects.models import ImageStatus, JobState
from projects.pages import words as domain_words
from projects.selectors.projects import ProjectCounts

register = template.Library()

STATE_WORDS: dict[str, Promise] = {
    ImageStatus.NEW: gettext_lazy("new"),
    ImageStatus.PRELABELLED: gettext_lazy("pre-labelled"),
    ImageStatus.IN_PROGRESS: gettext_lazy("in progress"),
    ImageStatus.SUBMITTED: gettext_lazy("submitted"),
    ImageStatus.ACCEPTED: gettext_lazy("accepted"),
    ImageStatus.SENT_BACK: gettext_lazy("sent back"),
    JobState.QUEUED: gettext_lazy("waiting"),
    JobState.RUNNING: gettext_lazy("running"),
    JobState.DONE: gettext_lazy("done"),
    JobState.FAILED: gettext_lazy("failed"),
    JobState.CANCELLED: gettext_lazy("cancelled"),
}
KIND_WORDS: dict[str, Promise] = {
    "prelabel": gettext_lazy("Pre-labelling"),
    "export": gettext_lazy("Export"),
    "import": gettext_lazy("Import"),
    "score": gettext_lazy("Scoring"),
    "embed": gettext_lazy("Preparing images"),
    "measure_model": gettext_lazy("Measuring a model"),
}
ATTRIBUTE_KINDS: dict[str, Promise] = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "choice": gettext_lazy("choice"),
    "checkbox": gettext_lazy("checkbox"),
}
IMPORT_WORDS: dict[str, Promise] = {
    "annotations": gettext_lazy("as annotations"),
    "prelabels": gettext_lazy("as pre-labels"),
}
SECONDS_A_MINUTE = MINUTES_AN_HOUR = 60
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
    return str(KIND_WORDS.get(kind, kind.replace("_", " ").capitalize()))


@register.filter
def as_share(value: float) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return f"{round(value * 100)} %"


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, in the largest unit; less than a minute is "just now"."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(moment, depth=1)}


@register.filter
def day(moment: datetime) -> str:
    """A day as tables have it."""
    return date_format(moment, gettext("j M Y"))


@register.filter
def long_day(moment: datetime) -> str:
    """A day with its month in full."""
    return date_format(moment, gettext("j F Y"))


@register.filter
def role_word(role: str) -> str:
    """What a role is called."""
    return domain_words.role_word(role)


@register.filter
def said(text: str) -> str:
    """What a service has said or stored, in the reader's language."""
    return sentences.translated(text)


@register.filter
def attribute_kind(kind: str) -> str:
    """What a kind of attribute is called."""
    return str(ATTRIBUTE_KINDS.get(kind, kind))


@register.filter
def taken_as(word: str) -> str:
    """As what an import takes a file's objects."""
    return str(IMPORT_WORDS.get(word, word))


@register.filter
def duration(seconds: float) -> str:
    """A span of time in its two largest units."""
    if round(seconds, 1) < SECONDS_A_MINUTE:
        return f"{number_format(round(seconds, 1), 1)} s"
    minutes, rest = divmod(round(seconds), SECONDS_A_MINUTE)
    if minutes < MINUTES_AN_HOUR:
        return f"{minutes} min {rest} s"
    return f"{minutes // MINUTES_AN_HOUR} h {minutes % MINUTES_AN_HOUR} min"


@register.inclusion_tag("parts/progress.html")
def progress(counts: ProjectCounts) -> dict[str, object]:
    """A project's progress as a bar in four parts, with words for those who cannot see it."""
    parts = [
        ("accepted", gettext("done"), counts.accepted),
        ("submitted", gettext("in review"), counts.submitted),
        ("in_progress", gettext("in work"), counts.in_work),
        ("new", gettext("to do"), counts.to_do),
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
