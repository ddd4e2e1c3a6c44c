"""The page of one destination's fields: what is there, missing, unfit; as a sheet and as the
packages that create or remove them.

In: the account, asked now. Out: a page or a file; a run that creates, checks or removes.
"""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from connectors.base import Destination
from connectors.capabilities import field_maker
from projects import manifest, queue
from projects.admin.actions import View, on_engagement
from projects.admin.base import address
from projects.cells import FORMATS
from projects.gates import refusals
from projects.models import Connection, CreatedField, Engagement
from projects.stages import check_fields, fields, undo_fields
from projects.stages.base import StageBlocked

STAGES = (check_fields.NAME, fields.NAME, undo_fields.NAME)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": SHEET, "zip": "application/zip"}


def urls(model_admin: Any) -> list[URLPattern]:
    def at(route: str, view: View, name: str) -> URLPattern:
        bound: View = model_admin.admin_site.admin_view(partial(view, model_admin))
        return path(f"<int:pk>/fields/<str:role>/{route}", bound, name=name)

    return [
        at("", show, "engagement_fields"),
        at("file/<str:name>/", download, "engagement_fields_file"),
        at("start/<str:stage>/", start, "engagement_fields_start"),
    ]


@on_engagement
def show(admin: Any, request: HttpRequest, engagement: Engagement, role: str) -> HttpResponse:
    connection = _account(engagement, role)
    with connection.open_destination() as destination:
        found = manifest.lines(engagement, destination, destination.describe())
    created = CreatedField.there(connection)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Fields at {connection}",
        "engagement": engagement,
        "opts": admin.opts,
        "role": role,
        "accounts": engagement.destinations,
        "lines": sorted(found, key=lambda line: line.status == manifest.Status.THERE),
        "counted": manifest.counted(found),
        "creates": len(manifest.to_create(found)),
        "created": list(created),
        "lost": undo_fields.LOST,
        "check_reasons": refusals(engagement, check_fields.NAME, role),
        "undo_reasons": refusals(engagement, undo_fields.NAME, role) if created else [],
    }
    return TemplateResponse(request, "admin/projects/engagement/fields.html", context)


@on_engagement
def download(
    admin: Any, request: HttpRequest, engagement: Engagement, role: str, name: str
) -> HttpResponse:
    """ "fields.csv", "fields.xlsx", "create" or "remove"."""
    connection = _account(engagement, role)
    with connection.open_destination() as destination:
        body, file = _file(engagement, connection, destination, name)
    kind = TYPES.get(file.rpartition(".")[2], "application/octet-stream")
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


@on_engagement
def start(
    admin: Any, request: HttpRequest, engagement: Engagement, role: str, stage: str
) -> HttpResponse:
    if request.method != "POST" or stage not in STAGES:
        raise Http404
    _account(engagement, role)
    if stage == undo_fields.NAME and request.POST.get("understood") != "yes":
        raise StageBlocked("Nothing was removed: tick that you have read what is lost.")
    queue.start(engagement, stage, request.user.get_username(), at=role)
    return redirect(address(engagement))


def _account(engagement: Engagement, role: str) -> Connection:
    if role not in (Connection.Role.DESTINATION, Connection.Role.REHEARSAL):
        raise Http404
    return engagement.goes_to(fields.NAME, role)


def _file(
    engagement: Engagement, connection: Connection, destination: Destination, name: str
) -> tuple[bytes, str]:
    if name == "remove":
        created = [field.as_plan() for field in CreatedField.there(connection)]
        if not created:
            raise ValidationError(f"We created no fields at {connection}.")
        return _package(field_maker(destination).undo_package(created), "remove-fields")
    found = manifest.lines(engagement, destination, destination.describe())
    if name == "create":
        missing = manifest.to_create(found)
        if not missing:
            raise ValidationError(f"Nothing is missing at {connection}.")
        return _package(field_maker(destination).package(missing), "create-fields")
    format = name.removeprefix("fields.")
    if format not in FORMATS:
        raise Http404
    return manifest.sheet(found, format), f"fields.{format}"


def _package(content: bytes, stem: str) -> tuple[bytes, str]:
    """A package with the ending that its own bytes show."""
    return content, f"{stem}.{'zip' if content.startswith(b'PK') else 'json'}"
