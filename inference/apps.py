"""What the models say."""

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    """Django's entry to this house."""

    name = "inference"
    default_auto_field = "django.db.models.BigAutoField"
