"""The composition root as an app, for its commands and template tags."""

from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Django's entry to this house."""

    name = "annotator"
