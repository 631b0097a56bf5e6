"""Production refuses what would be a hole, by the variable's name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, environment

GOOD = {
    "MASKWRIGHT_ENV": "production",
    "SECRET_KEY": "T3st-0nly-" + "qwertzuiopasdfghjklyxcvbnm0123456789-QWERTZ",
    "ALLOWED_HOSTS": "label.example.org",
    "DATABASE_URL": "postgres://maskwright:longer-word-9@127.0.0.1/maskwright",
    "REDIS_URL": "redis://:longer-word-9@127.0.0.1:6379/0",
}


def load_settings(
    folder: Path, code: str = "import annotator.settings", **changes: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(MASKWRIGHT_DATA=str(folder), **{**GOOD, **changes}),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_whole_production_settings_load(tmp_path: Path) -> None:
    assert load_settings(tmp_path).returncode == 0


def test_what_the_address_of_the_database_asks_for_is_kept(tmp_path: Path) -> None:
    code = "from annotator.settings import DATABASES; print(DATABASES['default']['OPTIONS'])"
    address = GOOD["DATABASE_URL"] + "?sslmode=verify-full"

    done = load_settings(tmp_path, code, DATABASE_URL=address)

    assert done.stdout.strip() == "{'connect_timeout': 5, 'sslmode': 'verify-full'}"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://postgres:postgres@db/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://postgres@db/x"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"INFERENCE_THREADS": "many"}, "INFERENCE_THREADS"),
        ({"SAM_PRECISION": "half"}, "SAM_PRECISION"),
    ],
)
def test_a_weak_or_missing_setting_stops_the_start(
    tmp_path: Path, changes: dict[str, str], word: str
) -> None:
    done = load_settings(tmp_path, **changes)

    assert done.returncode != 0
    assert word in done.stderr.splitlines()[-1]


def test_two_fresh_folders_have_different_keys(tmp_path: Path) -> None:
    local = dict.fromkeys(GOOD, "")
    for name in ("one", "two"):
        assert load_settings(tmp_path / name, **local).returncode == 0

    assert (tmp_path / "one/secret_key").read_text() != (tmp_path / "two/secret_key").read_text()


def test_check_deploy_has_no_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment(MASKWRIGHT_DATA=str(tmp_path), **GOOD),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
