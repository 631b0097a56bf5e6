"""The page that the editor lives on."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.selectors.images import get_image
from projects.visitors import page, signed_in

VIEW = (  # preferences
    *("picture", "mask_opacity", "outline_only", "pixel_grid", "minimap", "rulers"),
    *("heat_signal", "patterns", "wheel"),
)


@require_safe
@page
def editor(request: HttpRequest, image_id: int) -> HttpResponse:
    """Show one image in the editor; the editor itself fetches the rest."""
    user = signed_in(request)
    image = get_image(user=user, image_id=image_id)
    hints = ",".join(user.preferences.get("hints_seen", []))
    view = json.dumps({key: user.preferences[key] for key in VIEW if key in user.preferences})
    facts = {"image": image, "project": image.project, "hints": hints, "view": view}
    return render(request, "editor.html", facts)
