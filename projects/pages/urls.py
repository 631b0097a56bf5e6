"""Addresses of the pages."""

from django.urls import URLPattern, path

from projects.pages import (
    account,
    editor,
    effort,
    exports,
    gallery,
    help_page,
    imports,
    jobs,
    people,
    project_list,
    project_pages,
    queue,
    schema,
    ways_in,
)

urlpatterns: list[URLPattern] = [
    path("", project_list.home, name="home"),
    path("login/", ways_in.log_in, name="login"),
    path("logout/", ways_in.log_out, name="logout"),
    path("login/link/<str:secret>/", ways_in.follow_login_link, name="login-link"),
    path("invite/<str:secret>/", ways_in.follow_invitation, name="invite"),
    path("reset/<str:secret>/", ways_in.follow_reset_link, name="reset"),
    path("projects/new/", project_list.new_project, name="project-new"),
    path("projects/<int:project_id>/", project_pages.overview, name="project"),
    path("projects/<int:project_id>/restore/", project_list.restore, name="project-restore"),
    path("projects/<int:project_id>/images/", gallery.gallery, name="project-images"),
    path("projects/<int:project_id>/queue/", queue.queue, name="project-queue"),
    path("projects/<int:project_id>/schema/", schema.schema, name="project-schema"),
    path("projects/<int:project_id>/exports/", exports.exports, name="project-exports"),
    path("projects/<int:project_id>/imports/", imports.imports, name="project-imports"),
    path("projects/<int:project_id>/people/", people.people, name="project-people"),
    path("projects/<int:project_id>/effort/", effort.effort, name="project-effort"),
    path("projects/<int:project_id>/jobs/", jobs.project_jobs, name="project-jobs"),
    path("projects/<int:project_id>/settings/", project_pages.settings, name="project-settings"),
    path("images/<int:image_id>/", editor.editor, name="editor"),
    path("jobs/", jobs.all_jobs, name="jobs"),
    path("account/", account.account, name="account"),
    path("help/", help_page.help_page, name="help"),
]
