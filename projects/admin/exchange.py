"""The page on which a decision table leaves as a file and comes back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify

from projects.cells import FORMATS
from projects.exchange import TABLES, Report, export_rows, import_rows
from projects.gates import refusals
from projects.models import Engagement

LARGEST = 10 * 1024 * 1024
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 50


def urls(model_admin: Any) -> list[URLPattern]:
    view = model_admin.admin_site.admin_view(partial(exchange, model_admin))
    return [path("<int:pk>/exchange/<str:table>/", view, name="engagement_exchange")]


def exchange(admin: Any, request: HttpRequest, pk: int, table: str) -> HttpResponse:
    """GET shows the page, or with ?format= sends the file; POST checks or imports one."""
    engagement = get_object_or_404(Engagement, pk=pk)
    if table not in TABLES:
        raise Http404
    if not admin.has_change_permission(request, engagement):
        raise PermissionDenied
    if (format := request.GET.get("format", "")) in FORMATS:
        return _file(engagement, table, format)
    report = _import(request, engagement, table) if request.method == "POST" else None
    if report and report.ok and not report.dry_run:
        done = f"{report.added} added, {report.changed} changed, {report.unchanged} as before."
        messages.success(request, f"{TABLES[table].label}: {done}")
        return redirect(request.path)
    return _page(admin, request, engagement, table, report)


def _page(
    admin: Any, request: HttpRequest, engagement: Engagement, table: str, report: Report | None
) -> HttpResponse:
    meta = TABLES[table].model._meta
    listed = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    context = {
        **admin.admin_site.each_context(request),
        "title": f"{TABLES[table].label} of {engagement}",
        "engagement": engagement,
        "opts": admin.opts,
        "name": table,
        "table": TABLES[table],
        "tables": TABLES,
        "formats": FORMATS,
        "report": report,
        "problems": report.problems[:SHOWN] if report else (),
        "more": max(0, len(report.problems) - SHOWN) if report else 0,
        "reasons": refusals(engagement, "edit mapping"),
        "list": f"{listed}?{TABLES[table].scope}__id__exact={engagement.pk}",
    }
    status = 422 if report and report.problems else 200
    template = "admin/projects/engagement/exchange.html"
    return TemplateResponse(request, template, context, status=status)


def _import(request: HttpRequest, engagement: Engagement, table: str) -> Report | None:
    uploaded = request.FILES.get("file")
    if uploaded is None or isinstance(uploaded, list):
        messages.error(request, "Choose a file first.")
        return None
    if (uploaded.size or 0) > LARGEST:
        messages.error(request, f"The file is larger than {LARGEST // 1024 // 1024} MB. Split it.")
        return None
    format = (uploaded.name or "").rpartition(".")[2].lower()
    actor = request.user.get_username()
    dry_run = request.POST.get("do") != "import"
    return import_rows(engagement, table, uploaded.read(), format, actor, dry_run=dry_run)


def _file(engagement: Engagement, table: str, format: str) -> HttpResponse:
    name = f"{slugify(engagement.name)}-{table}.{format}"
    return HttpResponse(
        export_rows(engagement, table, format),
        content_type=TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
