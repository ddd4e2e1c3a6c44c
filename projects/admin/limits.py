"""The panel of limits: what the load needs, what is left. Read live when asked for."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from projects import forecast
from projects.admin.actions import View, on_engagement
from projects.models import Engagement
from projects.stages.base import StageBlocked
from projects.stages.measuring import files_to_send


def urls(model_admin: Any) -> list[URLPattern]:
    bound: View = model_admin.admin_site.admin_view(partial(show, model_admin))
    return [path("<int:pk>/limits/", bound, name="engagement_limits")]


@on_engagement
def show(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The panel alone for a script, a page around it for a link."""
    kept = forecast.kept(engagement)
    if kept is None:
        raise StageBlocked("Scan the records first: a forecast needs to know how many will land.")
    now = f"{timezone.now():%-d %b %Y, %H:%M} UTC"
    with engagement.destination.open_destination() as destination:
        outlook = forecast.look(destination, kept.records, files_to_send(engagement), now)
    context = {"engagement": engagement, "outlook": outlook}
    if request.headers.get("HX-Request"):
        return render(request, "admin/projects/engagement/limits.html", context)
    context |= {
        **admin.admin_site.each_context(request),
        "title": f"Limits of {engagement.destination}",
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/projects/engagement/limits_page.html", context)
