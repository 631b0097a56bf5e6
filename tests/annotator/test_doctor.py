"""`manage.py doctor`: what is there, and the fix for what is not."""

from __future__ import annotations

import io
import shutil
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def lines() -> dict[str, str]:
    out = io.StringIO()
    call_command("doctor", stdout=out)
    return {
        line.split()[1]: line for line in out.getvalue().splitlines() if not line.startswith(" ")
    }


def test_a_sound_machine_is_ok_and_models_are_optional(settings: Any, tmp_path: Any) -> None:
    settings.CELERY = {**settings.CELERY, "broker_url": f"mwsqla+sqlite:///{tmp_path}/b.sqlite3"}

    found = lines()

    for name in ("python", "disk", "database", "broker", "torch", "classic"):
        assert found[name].startswith("ok"), found[name]
    assert found["sam_vit_b"].startswith("MISSING")


def test_a_broker_that_does_not_answer_is_named_with_its_fix(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CELERY = {**settings.CELERY, "broker_url": settings.REDIS_URL}
    out = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)

    assert ended.value.code == 1
    assert "REDIS_URL" in out.getvalue()


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nearly_full = shutil._ntuple_diskusage(total=10**12, used=10**12 - 10**6, free=10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: nearly_full)
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)

    assert "uploads and exports are refused" in out.getvalue()
