"""What people decide: where each object, field, value and technician goes; and the findings
that wait for it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeNumericFilter
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from connectors.canonical import newlines
from projects import choices
from projects.admin.base import (
    ChoicesFilter,
    ReadOnlyAdmin,
    RelatedFilter,
    label,
    pretty,
)
from projects.admin.decisions import DecisionAdmin
from projects.conversions import CONVERSIONS
from projects.models import (
    Connection,
    Finding,
    MappingRow,
    ObjectRow,
    SchemaField,
    TechnicianMatch,
    ValueMap,
)


class Confirmed(admin.SimpleListFilter):
    """Rows that a person stands by, and proposals."""

    title = "confirmed"
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "By a person"), ("no", "Still a proposal")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "no":
            return queryset.filter(confirmed_by="")
        return queryset.exclude(confirmed_by="") if self.value() == "yes" else queryset


class Destined(admin.SimpleListFilter):
    """Source fields that go somewhere, and those that do not."""

    title = "destination"
    parameter_name = "destined"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Goes somewhere"), ("no", "Goes nowhere")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "no":
            return queryset.filter(destination_field="")
        return queryset.exclude(destination_field="") if self.value() == "yes" else queryset


def fields_of(engagement_id: int) -> dict[str, list[tuple[str, str]]]:
    """What may be typed as a destination field: id of the list → names and labels."""
    found: dict[str, list[tuple[str, str]]] = {}
    writable = SchemaField.objects.filter(
        connection__engagement=engagement_id, createable=True
    ).exclude(connection__role=Connection.Role.SOURCE)
    for object, name, said in writable.values_list("object", "name", "label").distinct():
        found.setdefault(f"fields-{engagement_id}-{object}", []).append((name, said))
    return found


class Lines(forms.CharField):
    """A text of several lines, kept as it was: browsers send other line ends."""

    def to_python(self, value: Any) -> str:
        return newlines(super().to_python(value) or "")


@admin.register(MappingRow)
class MappingRowAdmin(DecisionAdmin):
    table = "mapping-rows"
    list_display = (
        "source",
        "record",
        "destination_field",
        "transform",
        "argument",
        "certainty",
        "confirmed",
    )
    list_display_links = ("source",)
    list_editable = ("destination_field", "transform", "argument")
    list_filter = (
        ("engagement", RelatedFilter),
        "destination_object",
        "shape",
        "transform",
        Confirmed,
        Destined,
        ("confidence", RangeNumericFilter),
    )
    search_fields = ("source_object", "source_field", "source_label", "destination_field")
    autocomplete_fields = ("engagement",)
    fieldsets = (
        (None, {"fields": (("engagement", "shape"),)}),
        ("From", {"fields": (("source_object", "part", "source_field"),)}),
        ("To", {"fields": (("destination_object", "destination_field"),)}),
        ("How", {"fields": (("transform", "argument"),)}),
        ("Why", {"fields": (("confidence", "reasons"), ("confirmed_by", "confirmed_at"))}),
    )
    readonly_fields = ("confidence", "reasons", "confirmed_by", "confirmed_at")

    list_after_template = "admin/projects/mappingrow/fields.html"
    change_form_outer_after_template = "admin/projects/mappingrow/fields.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        one = request.GET.get("engagement__id__exact", "")
        context = {"fields": fields_of(int(one))} if one.isdecimal() else {}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {"fields": fields_of(row.engagement_id)} if row else {}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "transform":
            choices = [(name, c.label) for name, c in CONVERSIONS.items()]
            widget = UnfoldAdminSelectWidget(choices=choices)
            return forms.ChoiceField(choices=choices, widget=widget, initial="copy")
        if db_field.name == "argument":
            lines = UnfoldAdminTextareaWidget(attrs={"rows": 1})
            return Lines(required=False, max_length=db_field.max_length, widget=lines)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where a row belongs is decided once; what it sends where is not."""
        return (*self.readonly_fields, "engagement", "shape") if obj else self.readonly_fields

    @admin.display(description="source", ordering="source_field")
    def source(self, row: MappingRow) -> str:
        name = str(row).partition(" → ")[0]
        return format_html("{} <small>({})</small>", name, row.part) if row.part else name

    @admin.display(description="goes into", ordering="shape")
    def record(self, row: MappingRow) -> str:
        return format_html("{} <small>({})</small>", row.destination_object, row.shape)

    @admin.display(description="confidence", ordering="confidence")
    def certainty(self, row: MappingRow) -> str:
        kind = "done" if row.confidence >= 0.9 else "held"
        return label(kind if row.destination_field else "", f"{row.confidence:.0%}")

    @admin.display(description="confirmed by", ordering="confirmed_by")
    def confirmed(self, row: MappingRow) -> str:
        return row.confirmed_by or "–"


@admin.register(ValueMap)
class ValueMapAdmin(DecisionAdmin):
    table = "value-maps"
    list_display = ("source_value", "destination_value", "row", "confirmed")
    list_editable = ("destination_value",)
    list_filter = (
        ("mapping_row__engagement", RelatedFilter),
        "mapping_row__destination_field",
        Confirmed,
    )
    list_select_related = ("mapping_row__engagement",)
    owner = "mapping_row__engagement"
    search_fields = ("source_value", "destination_value", "mapping_row__destination_field")
    autocomplete_fields = ("mapping_row",)
    fields = ("mapping_row", "source_value", "destination_value", "confirmed_by")
    readonly_fields = ("confirmed_by",)

    @admin.display(description="of mapping row", ordering="mapping_row__destination_field")
    def row(self, value: ValueMap) -> str:
        return str(value.mapping_row)

    @admin.display(description="confirmed by", ordering="confirmed_by")
    def confirmed(self, value: ValueMap) -> str:
        return value.confirmed_by or "–"


@admin.register(TechnicianMatch)
class TechnicianMatchAdmin(DecisionAdmin):
    table = "technician-matches"
    list_display = (
        "name",
        "email",
        "jobs",
        "action",
        "user_name",
        "user_id",
        "confirmed",
        "reason",
        "technician_id",
    )
    list_editable = ("action", "user_id")
    list_filter = (("engagement", RelatedFilter), ("action", ChoicesFilter), "active", Confirmed)
    search_fields = ("name", "technician_id", "email", "user_id", "user_name")
    fields = (
        ("name", "technician_id"),
        ("email", "jobs", "active"),
        ("action", "user_id", "user_name"),
        "reason",
        "confirmed_by",
    )
    readonly_fields = ("name", "technician_id", "email", "jobs", "active", "confirmed_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="confirmed by", ordering="confirmed_by")
    def confirmed(self, match: TechnicianMatch) -> str:
        return match.confirmed_by or "–"


@admin.register(ObjectRow)
class ObjectRowAdmin(DecisionAdmin):
    table = "object-rows"
    actions = ()
    list_display = ("source_object", "destination_objects", "cardinality", "status", "reason")
    list_editable = ("status",)
    list_filter = (("engagement", RelatedFilter), ("status", ChoicesFilter))
    search_fields = ("source_object", "destination_objects", "reason")
    fields = ("engagement", "source_object", "destination_objects", "cardinality", "status",
              "reason")  # fmt: skip
    readonly_fields = ("engagement", "source_object", "cardinality")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only some objects may become another one."""
        fixed = obj is None or len(choices.options(obj)) < 2
        return (*self.readonly_fields, "destination_objects") if fixed else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is not None:
            texts = dict.fromkeys([*choices.options(obj), obj.destination_objects])
            named = [(text, text or "nowhere") for text in texts]
            widget = UnfoldAdminSelectWidget(choices=named)
            kwargs["widgets"] = {"destination_objects": widget}
        return super().get_form(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("weight", "code", "message", "count", "found_at", "engagement")
    list_display_links = ("code", "message")
    list_filter = (("engagement", RelatedFilter), ("severity", ChoicesFilter), "code")
    list_select_related = ("engagement",)
    search_fields = ("code", "subject", "message")
    fields = ("engagement", "weight", "code", "subject", "message", "count", "examples",
              "found_at")  # fmt: skip
    readonly_fields = ("weight", "examples")

    @admin.display(description="severity", ordering="severity")
    def weight(self, finding: Finding) -> str:
        return label(finding.severity, finding.get_severity_display())

    @admin.display(description="first records")
    def examples(self, finding: Finding) -> str:
        return pretty(finding.records)
