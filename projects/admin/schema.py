"""Both accounts' fields as the last inventory read them."""

from django.contrib import admin

from projects.admin.base import ReadOnlyAdmin, RelatedFilter
from projects.models import SchemaField


@admin.register(SchemaField)
class SchemaFieldAdmin(ReadOnlyAdmin):
    list_display = ("object", "name", "label", "type", "length", "required", "custom", "account")
    list_display_links = ("name",)
    list_filter = (
        ("connection__engagement", RelatedFilter),
        "connection__role",
        "object",
        "custom",
        "required",
    )
    list_select_related = ("connection__engagement",)
    search_fields = ("object", "name", "label")

    @admin.display(description="account", ordering="connection")
    def account(self, field: SchemaField) -> str:
        return str(field.connection)
