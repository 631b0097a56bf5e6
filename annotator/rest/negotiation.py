"""Which renderer answers: the view's own, whatever the Accept header says."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONOnly(DefaultContentNegotiation):
    """Answers JSON to everybody; a view with several renderers is chosen from by ``?format=``."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Give the renderer and its media type."""
        wanted = format_suffix or request.query_params.get("format")
        first, *others = renderers
        chosen = next((one for one in others if one.format == wanted), first)
        return chosen, str(chosen.media_type)
