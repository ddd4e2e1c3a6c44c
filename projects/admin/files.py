"""Files that are not loaded without a decision, one by one or many at once."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator

from projects import rows
from projects.admin.base import ChoicesFilter, RelatedFilter
from projects.admin.decisions import DecisionAdmin, sentence
from projects.models import FlaggedFile
from projects.stages.base import StageBlocked

SHOWN_NAME = 50
"""Characters of a name in the list; the file's own page has all of it."""


@admin.register(FlaggedFile)
class FlaggedFileAdmin(DecisionAdmin):
    table = "flagged-files"
    actions = ("load_selected", "leave_out_selected")
    list_display = ("called", "record", "bytes", "why", "action", "reason", "confirmed")
    list_editable = ("action", "reason")
    list_filter = (
        ("engagement", RelatedFilter),
        ("action", ChoicesFilter),
        ("why", ChoicesFilter),
        "object",
    )
    search_fields = ("name", "source_id", "reason")
    fields = (("name", "record"), ("bytes", "why"), "action", "reason", "confirmed_by")
    readonly_fields = ("name", "record", "bytes", "why", "confirmed_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="name", ordering="name")
    def called(self, file: FlaggedFile) -> str:
        return Truncator(file.name).chars(SHOWN_NAME) or "(no name)"

    @admin.display(description="source record", ordering="source_id")
    def record(self, file: FlaggedFile) -> str:
        return file.key

    @admin.display(description="size", ordering="size")
    def bytes(self, file: FlaggedFile) -> str:
        return "not known" if file.size is None else filesizeformat(file.size)

    @admin.display(description="confirmed by", ordering="confirmed_by")
    def confirmed(self, file: FlaggedFile) -> str:
        return file.confirmed_by or "–"

    @admin.action(description="Load selected files anyway", permissions=["change"])
    def load_selected(self, request: HttpRequest, queryset: Iterable[FlaggedFile]) -> None:
        self._decide(request, queryset, FlaggedFile.Action.LOAD)

    @admin.action(description="Leave selected files out", permissions=["change"])
    def leave_out_selected(self, request: HttpRequest, queryset: Iterable[FlaggedFile]) -> None:
        self._decide(request, queryset, FlaggedFile.Action.SKIP)

    def _decide(self, request: HttpRequest, files: Iterable[FlaggedFile], action: str) -> None:
        """All of them or none; what is left out without a reason gets the one it is here for."""
        changed = 0
        try:
            with transaction.atomic():
                for file in files:
                    file.action = action
                    file.reason = file.reason or file.get_why_display()
                    changed += rows.change(file, request.user.get_username())
        except (StageBlocked, ValidationError) as refused:
            messages.error(request, f"Nothing was changed. {file}: {sentence(refused)}")
            return
        messages.success(request, f"{changed} file(s) decided.")
