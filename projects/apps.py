"""The domain: what is annotated, by whom, and what came of it."""

from importlib import import_module

from django.apps import AppConfig

from projects.services.job_kinds import EXPORT, MINUTE, JobKind, register


class ProjectsConfig(AppConfig):
    """Django's entry to this house."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the jobs that this house can do, and hang up the bell."""
        import_module("projects.tasks")
        register(
            JobKind(
                name="export",
                queue=EXPORT,
                run="projects.services.exports.run_export",
                item_seconds=360 * MINUTE,
                open_at_once=3,
                action="export",
            )
        )
        register(
            JobKind(
                name="import",
                queue=EXPORT,
                run="projects.services.imports.run_import",
                item_seconds=360 * MINUTE,
                action="import",
                undo="projects.services.imports.undo_import",
            )
        )
