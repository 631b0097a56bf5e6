"""Addresses of the pages of models."""

from django.urls import URLPattern, path

from inference.pages.class_mappings import class_mapping
from inference.pages.models import models
from inference.pages.prelabel import prelabel

urlpatterns: list[URLPattern] = [
    path("models/", models, name="models"),
    path("projects/<int:project_id>/prelabel/", prelabel, name="project-prelabel"),
    path(
        "projects/<int:project_id>/models/<str:name>/classes/",
        class_mapping,
        name="project-class-mapping",
    ),
]
