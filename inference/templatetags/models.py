"""Sizes and times of models in templates."""

from __future__ import annotations

from django import template

from inference.services import model_words

register = template.Library()


@register.filter
def bytes_words(count: int) -> str:
    """Bytes in the largest unit that leaves a whole part."""
    return model_words.size_of(count)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds, or milliseconds below one."""
    return model_words.duration(seconds)
