"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from annotator import health
from annotator.languages import script_texts
from annotator.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("language/", set_language, name="language"),
    path("texts/<slug:version>/<slug:language>.js", script_texts, name="script-texts"),
    path("api/v1/", include("projects.api.projects_urls")),
    path("api/v1/", include("projects.api.images_urls")),
    path("api/v1/", include("projects.api.transfer_urls")),
    path("api/v1/", include("inference.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="api_docs.html"),
        name="api-docs",
    ),
    path("", include("inference.pages.urls")),
    path("", include("projects.pages.urls")),
]

handler400 = "annotator.rest.handlers.bad_request"
handler403 = "annotator.rest.handlers.permission_denied"
handler404 = "annotator.rest.handlers.page_not_found"
handler500 = "annotator.rest.handlers.server_error"
