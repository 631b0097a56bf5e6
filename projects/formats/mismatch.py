"""The one error that stops a finished export."""

from __future__ import annotations

from projects.errors import ApplicationError


class ExportMismatch(ApplicationError):
    """What was read back is not what was to be written: the export must not be handed out."""

    default_code = "export_mismatch"
