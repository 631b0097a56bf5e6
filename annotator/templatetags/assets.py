"""Addresses of front-end files, with the tree's version in the path."""

from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def asset(path: str) -> str:
    """The address of ``path`` below frontend/ (``src/main.js``, ``styles/base.css``)."""
    return static(path)
