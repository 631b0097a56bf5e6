"""Addresses of front-end files, with the tree's version in the path."""

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from annotator.languages import catalog_version
from annotator.module_graph import modules_of

register = template.Library()


@register.simple_tag
def asset(path: str) -> str:
    """The address of ``path`` below frontend/ (``src/main.js``, ``styles/base.css``)."""
    return static(path)


@register.simple_tag
def preload_modules(entry: str) -> SafeString:
    """Links that fetch a module and all that it imports at once."""
    links = ((static(module),) for module in modules_of(entry))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', links)


@register.simple_tag
def script_texts() -> SafeString | str:
    """The script that brings the page's texts in the present language; English needs none."""
    language = get_language() or ""
    version = catalog_version(language)
    if not version:
        return ""
    return format_html(
        '<script src="{}"></script>', reverse("script-texts", args=[version, language])
    )
