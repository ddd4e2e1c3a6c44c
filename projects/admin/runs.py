"""Runs, their slices, and what reconciliations found. Read-only; a run is steered on its
engagement's page."""

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from projects.admin.base import (
    ChoicesFilter,
    ReadOnlyAdmin,
    RelatedFilter,
    label,
    link,
    number,
    pretty,
    table,
)
from projects.admin.overview import counted
from projects.models import Difference, Run, Slice


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "stage",
        "state",
        "progress",
        "rate",
        "started_by",
        "started_at",
        "finished_at",
        "engagement",
    )
    list_display_links = ("number", "stage")
    list_filter = (("engagement", RelatedFilter), "stage", ("status", ChoicesFilter))
    list_select_related = ("engagement",)
    search_fields = ("id", "stage", "started_by", "message")
    date_hierarchy = "created_at"
    fieldsets = (
        (None, {"fields": (("engagement_link", "stage", "state"), "message")}),
        (
            "Progress",
            {"fields": (("progress", "rate", "heartbeat_at"), ("tallies",), "plan_link")},
        ),
        (
            "When and who",
            {"fields": (("created_at", "started_at", "finished_at"), ("started_by", "resume_at"))},
        ),
        ("For the developer", {"fields": ("exit_code", "options", "trace"), "classes": ["tab"]}),
    )
    readonly_fields = ("engagement_link", "state", "progress", "rate", "tallies", "plan_link",
                       "trace")  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Run]":
        found: QuerySet[Run] = super().get_queryset(request).select_related("engagement", "plan")
        return found.annotate(done=Sum("slices__done"), total=Sum("slices__total"))

    @admin.display(description="run", ordering="id")
    def number(self, run: Run) -> str:
        return f"#{run.pk}"

    @admin.display(description="status", ordering="status")
    def state(self, run: Run) -> str:
        return label(run.status, run.get_status_display())

    @admin.display(description="done / total")
    def progress(self, run: Run) -> str:
        done, total = run.done or 0, run.total or 0  # type: ignore[attr-defined]
        return f"{number(done)} / {number(total)}"

    @admin.display(description="records a second")
    def rate(self, run: Run) -> str:
        if run.started_at is None:
            return "–"
        seconds = ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
        done = run.done or 0  # type: ignore[attr-defined]
        return f"{done / seconds:,.1f}" if seconds > 0 else "–"

    @admin.display(description="engagement")
    def engagement_link(self, run: Run) -> str:
        return link(run.engagement)

    @admin.display(description="plan")
    def plan_link(self, run: Run) -> str:
        return link(run.plan)

    @admin.display(description="tally")
    def tallies(self, run: Run) -> str:
        names, rows = counted(run.tally)
        told = ([object, *map(number, counts)] for object, counts in rows)
        return table(["object", *names], told) if rows else "–"

    @admin.display(description="traceback")
    def trace(self, run: Run) -> str:
        return pretty(run.traceback.splitlines() or None)


@admin.register(Slice)
class SliceAdmin(ReadOnlyAdmin):
    list_display = ("id", "run", "object", "wave", "number", "state", "done", "total", "epoch",
                    "owner", "lease_until")  # fmt: skip
    list_filter = (("status", ChoicesFilter), ("run__engagement", RelatedFilter), "object")
    list_select_related = ("run",)
    search_fields = ("=run__id", "object", "owner")
    fields = ("run", "object", "wave", "number", "state", "done", "total", "epoch", "owner",
              "lease_until", "content")  # fmt: skip
    readonly_fields = ("state", "content")

    @admin.display(description="status", ordering="status")
    def state(self, piece: Slice) -> str:
        return label(piece.status, piece.get_status_display())

    @admin.display(description="body")
    def content(self, piece: Slice) -> str:
        return pretty(piece.body)


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    list_display = ("kind", "object", "key", "field", "expected", "found", "explanation", "run")
    list_display_links = ("kind", "key")
    list_filter = (("kind", ChoicesFilter), ("run__engagement", RelatedFilter), "object")
    list_select_related = ("run",)
    search_fields = ("=run__id", "key", "remote_id", "field", "expected", "found")
