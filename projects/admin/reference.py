"""The page of the rebuild reference: to read, to download, to upload what no API gives."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import slugify

from connectors.errors import ConnectorError
from projects.admin.actions import View
from projects.admin.base import address
from projects.exchange import Problem
from projects.gates import refusals
from projects.models import Engagement
from projects.presets import preset
from projects.reference import document, uploads
from projects.reference.parts import Upload

LARGEST = 5 * 1024 * 1024
SHOWN = 40
"""Items of a part, and problems of a file, that the page shows."""
TEMPLATE = "admin/projects/engagement/reference.html"


def urls(model_admin: Any) -> list[URLPattern]:
    def at(route: str, view: View, name: str) -> URLPattern:
        bound: View = model_admin.admin_site.admin_view(partial(view, model_admin))
        return path(f"<int:pk>/reference/{route}", bound, name=name)

    return [
        at("", show, "engagement_reference"),
        at("<str:kind>/", upload, "engagement_reference_upload"),
    ]


def show(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The readable page; ?file=json and ?file=schema send the document and its schema."""
    engagement = get_object_or_404(Engagement, pk=pk)
    if not admin.has_view_or_change_permission(request, engagement):
        raise PermissionDenied
    wanted = request.GET.get("file", "")
    if wanted == "schema":
        return download(document.SCHEMA.read_bytes(), "rebuild-reference.schema.json")
    try:
        if wanted == "json":
            return download(document.as_json(document.build(engagement)), file_name(engagement))
        return _page(admin, request, engagement)
    except ConnectorError as missing:
        messages.error(request, str(missing))
        return redirect(address(engagement))


def upload(admin: Any, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """GET sends an empty file with the columns; POST takes one over, or takes it away."""
    engagement = get_object_or_404(Engagement, pk=pk)
    if not admin.has_change_permission(request, engagement):
        raise PermissionDenied
    wanted = _wanted(engagement, kind)
    if request.method != "POST":
        heads = ",".join(column.name for column in wanted.columns)
        return download(f"{heads}\r\n".encode("utf-8-sig"), f"{kind}.csv", "text/csv")
    problems = _take(request, engagement, wanted)
    if problems:
        return _page(admin, request, engagement, wanted, problems)
    return redirect("admin:engagement_reference", pk)


def file_name(engagement: Engagement) -> str:
    return f"{slugify(engagement.name)}-rebuild-reference.json"


def download(body: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": disposition})


def _wanted(engagement: Engagement, kind: str) -> Upload:
    try:
        return preset(engagement.preset).REBUILD.upload(kind)
    except (KeyError, ConnectorError):
        raise Http404 from None


def _take(request: HttpRequest, engagement: Engagement, wanted: Upload) -> tuple[Problem, ...]:
    actor = request.user.get_username()
    if request.POST.get("do") == "remove":
        if uploads.remove(engagement, wanted.name, actor):
            messages.success(request, f"{wanted.title}: the upload is taken away.")
        return ()
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        return (Problem(0, "", "Choose a file first."),)
    if (file.size or 0) > LARGEST:
        return (Problem(0, "", f"It is larger than {LARGEST // 1024**2} MB."),)
    problems = uploads.keep(engagement, wanted.name, file.read(), file.name or "", actor)
    if not problems:
        messages.success(request, f"{wanted.title}: {file.name} is kept.")
    return problems


def _page(
    admin: Any,
    request: HttpRequest,
    engagement: Engagement,
    wanted: Upload | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    built = document.build(engagement)
    rebuild = preset(engagement.preset).REBUILD
    columns = {upload.name: upload.columns for upload in rebuild.uploads}
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Rebuild reference of {engagement}",
        "engagement": engagement,
        "opts": admin.opts,
        "document": built,
        "counts": document.count(built),
        "sections": [
            (part, table(part["items"]), columns.get(part["name"])) for part in built["sections"]
        ],
        "may_act": admin.has_change_permission(request, engagement),
        "reasons": refusals(engagement, "reference"),
        "wrong": wanted,
        "problems": problems[:SHOWN],
        "more": max(0, len(problems) - SHOWN),
    }
    return TemplateResponse(request, TEMPLATE, context, status=422 if problems else 200)


def table(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Items as a table: headings, and cells in words."""
    heads = list(dict.fromkeys(name for item in items for name in item))
    rows = [[_cell(item.get(head)) for head in heads] for item in items[:SHOWN]]
    return {
        "heads": [head.replace("_", " ") for head in heads],
        "rows": rows,
        "more": max(0, len(items) - SHOWN),
    }


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_cell(each) for each in value) or "–"
    return "–" if value in (None, "") else str(value)
