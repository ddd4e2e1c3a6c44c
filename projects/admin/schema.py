"""Both accounts' fields as the last inventory read them, and how the source's are filled."""

from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html

from projects.admin.base import ReadOnlyAdmin, RelatedFilter, pretty
from projects.models import FieldProfile, SchemaField
from projects.stages.profiling import DISTINCT_UP_TO

PROFILED = ("records", "filled", "distinct", "longest")


class FillFilter(admin.SimpleListFilter):
    """By how many of the source's records have a value in the field."""

    title = "fill rate"
    parameter_name = "fill"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("empty", "Empty"), ("some", "In part"), ("all", "Always")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        known = queryset.filter(n_records__gt=0)
        match self.value():
            case "empty":
                return known.filter(n_filled=0)
            case "some":
                return known.filter(n_filled__gt=0, n_filled__lt=F("n_records"))
            case "all":
                return known.filter(n_filled=F("n_records"))
        return queryset


@admin.register(SchemaField)
class SchemaFieldAdmin(ReadOnlyAdmin):
    list_display = ("object", "name", "label", "type", "length", "fill", "distinct", "longest",
                    "values", "required", "custom", "account")  # fmt: skip
    list_display_links = ("name",)
    list_filter = (
        ("connection__engagement", RelatedFilter),
        "connection__role",
        "object",
        FillFilter,
        "type",
        "custom",
        "required",
    )
    list_select_related = ("connection__engagement",)
    search_fields = ("object", "name", "label")
    readonly_fields = ("profile",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SchemaField]":
        found: QuerySet[SchemaField] = super().get_queryset(request)
        mine = FieldProfile.objects.filter(
            engagement=OuterRef("connection__engagement"),
            object=OuterRef("object"),
            name=OuterRef("name"),
        )
        # Objects of both sides may have one name; only the source's were profiled.
        mine = mine.filter(engagement__connections__pk=OuterRef("connection"),
                           engagement__connections__role="source")  # fmt: skip
        return found.annotate(**{f"n_{name}": Subquery(mine.values(name)[:1]) for name in PROFILED})

    @admin.display(description="filled", ordering="n_filled")
    def fill(self, field: Any) -> str:
        if not field.n_records:
            return "–"
        percent = 100 * field.n_filled / field.n_records
        said = f"{percent:.0f} %" if field.n_filled in (0, field.n_records) else f"{percent:.1f} %"
        return format_html(
            '<progress max="{}" value="{}" aria-label="{} of {} filled"></progress>{}',
            field.n_records, field.n_filled, field.n_filled, field.n_records, said,
        )  # fmt: skip

    @admin.display(description="different values", ordering="n_distinct")
    def distinct(self, field: Any) -> str:
        more = "+" if field.n_distinct == DISTINCT_UP_TO else ""
        return "–" if field.n_distinct is None else f"{field.n_distinct:,}{more}"

    @admin.display(description="longest", ordering="n_longest")
    def longest(self, field: Any) -> str:
        return f"{field.n_longest:,}" if field.n_longest else "–"

    @admin.display(description="picklist")
    def values(self, field: SchemaField) -> str:
        shown = ", ".join(field.picklist[:4])
        return f"{shown} … ({len(field.picklist)})" if len(field.picklist) > 4 else shown or "–"

    @admin.display(description="how it is filled")
    def profile(self, field: SchemaField) -> str:
        found = FieldProfile.objects.filter(
            engagement=field.connection.engagement_id, object=field.object, name=field.name
        ).first()
        if found is None or field.connection.role != "source":
            return "–"
        return pretty(
            {
                "records": found.records,
                "filled": found.filled,
                "different values": found.distinct,
                "longest": found.longest,
                "record of the longest": found.longest_id,
                "values": found.values,
            }
        )

    @admin.display(description="account", ordering="connection")
    def account(self, field: SchemaField) -> str:
        return str(field.connection)
