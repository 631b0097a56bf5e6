"""Addresses of images, their annotations and the order of work."""

from django.urls import URLPattern, path

from projects.api.annotations import (
    AnnotationDetail,
    AnnotationList,
    AnnotationRestore,
)
from projects.api.changes import ImageChangesView
from projects.api.comments import CommentDetail, CommentList
from projects.api.histories import AnnotationHistory, ImageHistory, ImageMoment
from projects.api.image_files import ImageFile, ImagePreview, ImageTile
from projects.api.images import ImageDetail, ImageList, ImageNeighbours, ImageRestore
from projects.api.tags import ImageTagging
from projects.api.work import (
    ImageLease,
    ImageReleaseLease,
    ImageReopen,
    ImageSkipped,
    ImageSubmit,
    QueueNext,
)

_IMAGE = "images/<int:image_id>/"
_ANNOTATION = f"{_IMAGE}annotations/<uuid:uuid>/"

urlpatterns: list[URLPattern] = [
    path("projects/<int:project_id>/images/", ImageList.as_view()),
    path("projects/<int:project_id>/queue/next/", QueueNext.as_view()),
    path(_IMAGE, ImageDetail.as_view()),
    path(f"{_IMAGE}restore/", ImageRestore.as_view()),
    path(f"{_IMAGE}neighbours/", ImageNeighbours.as_view()),
    path(f"{_IMAGE}history/", ImageHistory.as_view()),
    path(f"{_IMAGE}history/<int:revision_id>/", ImageMoment.as_view()),
    path(f"{_IMAGE}tags/", ImageTagging.as_view()),
    path(f"{_IMAGE}comments/", CommentList.as_view()),
    path("comments/<int:comment_id>/", CommentDetail.as_view()),
    path(f"{_IMAGE}file/", ImageFile.as_view()),
    path(f"{_IMAGE}preview/", ImagePreview.as_view()),
    path(f"{_IMAGE}tiles/<int:level>/<int:row>/<int:column>/", ImageTile.as_view()),
    path(f"{_IMAGE}lease/", ImageLease.as_view()),
    path(f"{_IMAGE}release-lease/", ImageReleaseLease.as_view()),
    path(f"{_IMAGE}submit/", ImageSubmit.as_view()),
    path(f"{_IMAGE}reopen/", ImageReopen.as_view()),
    path(f"{_IMAGE}skip/", ImageSkipped.as_view()),
    path(f"{_IMAGE}changes/", ImageChangesView.as_view()),
    path(f"{_IMAGE}annotations/", AnnotationList.as_view()),
    path(_ANNOTATION, AnnotationDetail.as_view()),
    path(f"{_ANNOTATION}history/", AnnotationHistory.as_view()),
    path(f"{_ANNOTATION}restore/", AnnotationRestore.as_view()),
]
