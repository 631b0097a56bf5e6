"""The page that the editor lives on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.pages.access import page, signed_in
from projects.selectors.images import get_image


@require_safe
@page
def editor(request: HttpRequest, image_id: int) -> HttpResponse:
    """Show one image in the editor; the editor itself fetches the rest."""
    image = get_image(user=signed_in(request), image_id=image_id)
    return render(request, "editor.html", {"image": image, "project": image.project})
