"""Frozen plans: what a sample, a sign-off and a load refer to."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from projects.admin.base import ReadOnlyAdmin, RelatedFilter, pretty
from projects.models import Plan


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "engagement", "created_at", "created_by", "used_by")
    list_filter = (("engagement", RelatedFilter),)
    list_select_related = ("engagement",)
    search_fields = ("digest", "created_by")
    fields = ("engagement", "digest", "created_at", "created_by", "content")
    readonly_fields = ("content",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Plan]":
        found: QuerySet[Plan] = super().get_queryset(request)
        return found.annotate(n=Count("runs")).defer("body")

    @admin.display(description="runs", ordering="n")
    def used_by(self, plan: Plan) -> int:
        runs: int = plan.n  # type: ignore[attr-defined]
        return runs

    @admin.display(description="content")
    def content(self, plan: Plan) -> str:
        return pretty(plan.body)
