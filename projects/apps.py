"""The domain: what is annotated, by whom, and what came of it."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Django's entry to this house."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"
