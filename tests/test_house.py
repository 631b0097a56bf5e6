"""What holds for the whole tree: floors, gates, sizes, and that docs name what exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("annotator", "projects", "inference")
MAX_LINES = 400

FORBIDDEN_IN_PYTHON = {
    r"\bpickle\.loads?\(": "pickle runs what it reads",
    r"\byaml\.load\(": "use safe_load",
    r"(?<![\w.])eval\(": "eval runs what it reads",
    r"(?<![\w.])exec\(": "exec runs what it reads",
    r"\.extractall\(": "an archive's names are a stranger's",
    r"\bmark_safe\(": "escape instead",
    r"\.raw\(": "no SQL by string",
    r"\bshell=True": "no shell",
    r"torch\.load\((?![^)]*weights_only=True)": "weights only",
}
FORBIDDEN_IN_JAVASCRIPT = {
    r"\.innerHTML\b": "text nodes only",
    r"\bouterHTML\b": "text nodes only",
    r"insertAdjacentHTML": "text nodes only",
    r"\beval\(": "eval runs what it reads",
    r"new Function\(": "runs what it reads",
    r"document\.write": "text nodes only",
    r"localStorage\.setItem\((?!\s*['\"`]mw)": "work does not live in localStorage",
}
FORBIDDEN_IN_TEMPLATES = {
    r"\sstyle=": "the content policy refuses inline styles",
    r"<script(?![^>]*\bsrc=)": "the content policy refuses inline scripts",
    r"\son[a-z]+=\"": "the content policy refuses inline handlers",
    r"\|safe\b": "escape instead",
    r"https?://(?!(www\.w3\.org|creativecommons\.org))": "nothing from elsewhere",
}


def own_files(pattern: str, *folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob(pattern))
        if not {"node_modules", "vendor", "migrations", "__pycache__"} & set(path.parts)
    ]


def offences(files: list[Path], gates: dict[str, str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()} ({reason})"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for pattern, reason in gates.items()
        if re.search(pattern, line)
    ]


def test_floors_are_kept() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [tool], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("files", "gates"),
    [
        (own_files("*.py", *HOUSES), FORBIDDEN_IN_PYTHON),
        (own_files("*.js", "frontend/src"), FORBIDDEN_IN_JAVASCRIPT),
        (own_files("*.html", "frontend/templates"), FORBIDDEN_IN_TEMPLATES),
    ],
    ids=["python", "javascript", "templates"],
)
def test_no_dangerous_call_stands_in_the_tree(files: list[Path], gates: dict[str, str]) -> None:
    assert files
    assert not offences(files, gates)


def test_no_file_is_a_hall() -> None:
    files = own_files("*.py", *HOUSES) + own_files("*.js", "frontend/src")
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in files}
    assert not {name: lines for name, lines in long.items() if lines > MAX_LINES}


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[\w.]+", line), line


def test_vendored_files_are_the_ones_we_checked() -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "CHECKSUMS"],
        cwd=ROOT / "frontend" / "vendor",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_photographs_carry_their_licence() -> None:
    for folder in (ROOT / "annotator/demo/photos", ROOT / "tests/data/photos"):
        words = (folder / "ATTRIBUTION.md").read_text()
        for photo in folder.glob("*.jpg"):
            assert photo.name in words, photo


@pytest.mark.parametrize(
    ("mark", "folders"),
    [("services", ("tests/workers", "tests/annotator")), ("e2e", ("tests/e2e",))],
)
def test_marked_tests_lie_where_bin_test_looks_for_them(
    mark: str, folders: tuple[str, ...]
) -> None:
    marked = [
        path for path in own_files("test_*.py", "tests") if f"mark.{mark}" in path.read_text()
    ]
    elsewhere = {
        path for path in marked if not any((ROOT / one) in path.parents for one in folders)
    }
    commands = (ROOT / "bin" / "test").read_text()
    assert elsewhere - {Path(__file__)} == set()
    assert f"-m {mark} {' '.join(folders)}" in re.sub(r"\\\n\s*", "", commands)
