"""Words of the domain in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.models import Role

ROLE_WORDS: dict[str, Promise] = {
    Role.ANNOTATOR: gettext_lazy("annotator"),
    Role.REVIEWER: gettext_lazy("reviewer"),
    Role.LEAD: gettext_lazy("lead"),
}


def role_word(role: str) -> str:
    """What a role is called; an unknown one by its own name."""
    return str(ROLE_WORDS.get(role, role))
