"""Addresses of segmenters, prompts, pre-labelling and scores."""

from django.urls import URLPattern, URLResolver, path

from inference.api.class_mappings import ProjectClassMapping
from inference.api.prelabel import ProjectPrelabel, ProjectScore
from inference.api.prompts import ImageEmbedding, ImagePrompt
from inference.api.segmenters import SegmenterDecoder, Segmenters

urlpatterns: list[URLPattern | URLResolver] = [
    path("segmenters/", Segmenters.as_view(), name="segmenters"),
    path(
        "segmenters/<slug:name>/decoder.onnx",
        SegmenterDecoder.as_view(),
        name="segmenter-decoder",
    ),
    path("images/<int:image_id>/embedding/", ImageEmbedding.as_view(), name="image-embedding"),
    path("images/<int:image_id>/prompt/", ImagePrompt.as_view(), name="image-prompt"),
    path("projects/<int:project_id>/prelabel/", ProjectPrelabel.as_view(), name="prelabel"),
    path(
        "projects/<int:project_id>/segmenters/<str:name>/classes/",
        ProjectClassMapping.as_view(),
        name="class-mapping",
    ),
    path("projects/<int:project_id>/score/", ProjectScore.as_view(), name="score"),
]
