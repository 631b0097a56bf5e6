"""Exports proved before they are handed out: read back whole, then sealed with the outcome."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from projects.formats import registry
from projects.formats.archive import Member, ZipWriter, append
from projects.formats.mismatch import ExportMismatch
from projects.formats.read_back import Checked
from projects.formats.records import Dataset, Report

VERIFICATION = "verification.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export: what it holds, and the proof that went into it."""

    report: Report
    verification: Mapping[str, object]


def export(
    dataset: Dataset, path: Path, *, format_name: str, options: Mapping[str, object]
) -> Export:
    """Write an archive, read it back, and add the outcome as its last member.

    The same records and options give the same bytes.

    Args:
        dataset: The records; they stream twice.
        path: The archive; it is removed again where anything fails.
        format_name: One of the registry's.
        options: Plain values for the format's ``Options``.

    Raises:
        InvalidInput: Unknown format or option.
        ExportMismatch: What was read back is not what was to be written.
    """
    module = registry.load(format_name)
    chosen = module.Options.of(options)
    try:
        with ZipWriter(path) as out:
            report: Report = module.write(dataset, out, chosen)
        check = registry.load_checker(format_name).check
        with zipfile.ZipFile(path) as opened:
            files = _compared_files(opened, out.members)
            checked: Checked = check(dataset, opened, chosen)
        verification = _content(format_name, report, checked, files)
        append(path, VERIFICATION, json.dumps(verification, indent=1).encode("ascii"))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Export(report, verification)


def _content(
    format_name: str, report: Report, checked: Checked, files: Mapping[str, Member]
) -> dict[str, object]:
    if checked.counts.get("images", 0) != report.images:
        raise ExportMismatch(
            f"{report.images} images were written, {checked.counts.get('images', 0)} read back"
        )
    return {
        "outcome": "verified",
        "format": format_name,
        "how": "The finished archive was opened anew and compared with the records, object by "
        "object; files are compared by SHA-256. This file is the archive's last member and "
        "describes all others.",
        "counts": {**checked.counts, "categories": report.categories},
        "splits": dict(report.splits),
        "findings_by_code": dict(sorted(report.findings.counts.items())),
        **checked.facts,
        "files": {
            name: {"size": member.size, "sha256": member.sha256} for name, member in files.items()
        },
    }


def _compared_files(opened: zipfile.ZipFile, written: Mapping[str, Member]) -> Mapping[str, Member]:
    if opened.namelist() != list(written):
        raise ExportMismatch("the archive's members are not those that were written")
    for name, member in written.items():
        if _hashed(opened, name) != member:
            raise ExportMismatch(f"{name} is not what was written")
    return written


def _hashed(opened: zipfile.ZipFile, name: str) -> Member:
    digest, size = hashlib.sha256(), 0
    with opened.open(name) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Member(size, digest.hexdigest())
