"""Every address of the site. Out: Django's `urlpatterns`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from migrator.health import healthz

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("review/", include("projects.review.urls")),
    path("healthz", healthz),
    path(
        "favicon.ico",
        TemplateView.as_view(template_name="favicon.svg", content_type="image/svg+xml"),
    ),
]
