"""What every page of admin is made of, so that its skin is chosen in one place."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import unfold.admin
import unfold.decorators
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.contrib.filters.admin import RelatedDropdownFilter as RelatedFilter

ChoicesFilter = ChoicesDropdownFilter
__all__ = ["ChoicesFilter", "ModelAdmin", "ReadOnlyAdmin", "RelatedFilter"]

LABELS: Mapping[str, str] = {
    "succeeded": "success",
    "landed": "success",
    "done": "success",
    "accepted": "success",
    "closed": "primary",
    "signed_off": "success",
    "full": "success",
    "match": "success",
    "running": "info",
    "queued": "info",
    "sending": "info",
    "claimed": "info",
    "mapped": "info",
    "paused": "warning",
    "cancelling": "warning",
    "confirm": "warning",
    "held": "warning",
    "kept": "warning",
    "partial": "warning",
    "fallback": "warning",
    "undecided": "danger",
    "failed": "danger",
    "errored": "danger",
    "blocks": "danger",
    "changes": "danger",
    "lost": "danger",
    "not_possible": "danger",
}
"""Status → colour of its label."""


Skin: Any = unfold.admin.ModelAdmin
"""The skin's own annotations contradict Django's, so that its class is taken without them."""

action: Any = unfold.decorators.action


class ModelAdmin(Skin):  # type: ignore[misc]
    """A list and a form in the product's skin."""

    list_filter_submit = True
    list_filter_sheet = False
    list_fullwidth = True
    compressed_fields = True
    warn_unsaved_form = True
    list_per_page = 100
    show_full_result_count = False


class ReadOnlyAdmin(ModelAdmin):
    """For what the machine keeps: to look at, never to change."""

    actions = None
    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def address(row: Model) -> str:
    """Where admin shows this row."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def link(row: Model | None, text: str = "") -> str:
    """A link to the row's page; a dash for none."""
    return format_html('<a href="{}">{}</a>', address(row), text or row) if row else "–"


def label(value: str, text: str) -> str:
    """A coloured word for a status."""
    kind = LABELS.get(value, "plain")
    return format_html('<span class="label label-{}">{}</span>', kind, text)


def pretty(value: Any) -> str:
    """JSON as text that a person can read; a dash for none."""
    if value is None:
        return "–"
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS, default=str)
    return format_html('<pre class="json">{}</pre>', text.decode())


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A plain table that scrolls by itself where it is too wide."""
    cells = format_html_join("", "<th>{}</th>", ((head,) for head in heads))
    lines = (format_html_join("", "<td>{}</td>", ((cell,) for cell in row)) for row in rows)
    body = format_html_join("", "<tr>{}</tr>", ((line,) for line in lines))
    return format_html(
        '<div class="scroll"><table class="plain"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        cells,
        body,
    )


def number(value: int) -> str:
    """A count with its thousands set apart."""
    return f"{value:,}"
