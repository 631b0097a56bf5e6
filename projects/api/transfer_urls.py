"""Addresses of jobs, exports and imports."""

from django.urls import URLPattern, URLResolver, path

from projects.api.exports import ExportDetail, ExportFile, ExportList
from projects.api.imports import ProjectImports
from projects.api.jobs import JobCancel, JobDetail, JobList, JobRetry, ProjectJobList

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", JobList.as_view(), name="jobs"),
    path("jobs/<int:job_id>/", JobDetail.as_view(), name="job"),
    path("jobs/<int:job_id>/cancel/", JobCancel.as_view(), name="job-cancel"),
    path("jobs/<int:job_id>/retry/", JobRetry.as_view(), name="job-retry"),
    path("projects/<int:project_id>/jobs/", ProjectJobList.as_view(), name="project-jobs"),
    path("projects/<int:project_id>/exports/", ExportList.as_view(), name="project-exports"),
    path("projects/<int:project_id>/imports/", ProjectImports.as_view(), name="project-imports"),
    path("exports/<int:export_id>/", ExportDetail.as_view(), name="export"),
    path("exports/<int:export_id>/file/", ExportFile.as_view(), name="export-file"),
]
