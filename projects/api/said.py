"""Fields of what services have said, which people read."""

from __future__ import annotations

from rest_framework import serializers

from projects.sentences import translated


class SaidField(serializers.CharField):
    """A sentence, in the language that the request asks for; English unless it asks."""

    def to_representation(self, value: str) -> str:
        """Give it as the reader understands it."""
        return translated(super().to_representation(value))
