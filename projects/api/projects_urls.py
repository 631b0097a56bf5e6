"""Addresses of projects, labels, people and tokens."""

from django.urls import URLPattern, path

from projects.api.effort import ProjectEffort
from projects.api.labels import LabelDetail, LabelList
from projects.api.me import Me
from projects.api.members import InvitationList, MemberDetail, MemberList
from projects.api.projects import ProjectDetail, ProjectList, ProjectRestore
from projects.api.tags import TagDetail, TagList
from projects.api.tokens import TokenDetail, TokenList

urlpatterns: list[URLPattern] = [
    path("me/", Me.as_view()),
    path("tokens/", TokenList.as_view()),
    path("tokens/<int:token_id>/", TokenDetail.as_view()),
    path("projects/", ProjectList.as_view()),
    path("projects/<int:project_id>/", ProjectDetail.as_view()),
    path("projects/<int:project_id>/restore/", ProjectRestore.as_view()),
    path("projects/<int:project_id>/effort/", ProjectEffort.as_view()),
    path("projects/<int:project_id>/labels/", LabelList.as_view()),
    path("projects/<int:project_id>/members/", MemberList.as_view()),
    path("projects/<int:project_id>/invitations/", InvitationList.as_view()),
    path("projects/<int:project_id>/tags/", TagList.as_view()),
    path("tags/<int:tag_id>/", TagDetail.as_view()),
    path("labels/<int:label_id>/", LabelDetail.as_view()),
    path("members/<int:membership_id>/", MemberDetail.as_view()),
]
