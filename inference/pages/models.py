"""The page of the segmenters: what is installed, and how to get the rest."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inference.pages.access import page
from inference.services.segmenters import described

_KIND_WORDS = {
    "points": "clicks",
    "box": "boxes",
    "mask": "refining a mask",
    "text": "text",
    "everything": "pre-labelling",
}


@require_safe
@page
def models(request: HttpRequest) -> HttpResponse:
    """Show every segmenter that this server knows."""
    rows = [
        {
            "info": info,
            "kinds": [word for kind, word in _KIND_WORDS.items() if kind in info.kinds],
            "is_default": info.name == settings.DEFAULT_SEGMENTER,
        }
        for info in described()
    ]
    return render(request, "models.html", {"nav": "models", "rows": rows})
