"""The composition root as an app, for its commands and template tags."""

from django.apps import AppConfig

from annotator.celery import app as celery_app

__all__ = ["AnnotatorConfig", "celery_app"]  # tasks publish through this project's app


class AnnotatorConfig(AppConfig):
    """Django's entry to this house."""

    name = "annotator"
