"""What was read, what was written, and the journal of every write. Read-only."""

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join

from projects.admin.base import (
    ChoicesFilter,
    ReadOnlyAdmin,
    RelatedFilter,
    label,
    link,
    pretty,
)
from projects.models import Feed, LoadItem, Operation, OperationBody, SourceRecord, Ticket


@admin.register(LoadItem)
class LoadItemAdmin(ReadOnlyAdmin):
    list_display = ("key", "object", "status", "origin", "apart", "remote_id", "reason", "left_at")
    list_filter = (
        ("state", ChoicesFilter),
        ("apart", ChoicesFilter),
        ("origin", ChoicesFilter),
        "object",
        ("engagement", RelatedFilter),
    )
    search_fields = ("key", "remote_id", "source_id")
    fields = ("engagement", "connection", "object", "shape", "key", "source_id", "status",
              "origin", "remote_id", "apart", "reason", "left_at", "digest", "journal")  # fmt: skip
    readonly_fields = ("status", "journal")
    list_select_related = ("engagement", "connection")

    @admin.display(description="state", ordering="state")
    def status(self, item: LoadItem) -> str:
        return label(item.state, item.get_state_display())

    @admin.display(description="operations")
    def journal(self, item: LoadItem) -> str:
        rows = item.operations.select_related("run")
        return format_html_join(
            "",
            "<div>{} · {} · {} · {}</div>",
            ((link(o, f"#{o.pk}"), o.verb, o.get_status_display(), o.run) for o in rows),
        )


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    list_display = ("id", "verb", "key", "remote", "state", "run", "sent_at", "settled_at",
                    "undoes_id")  # fmt: skip
    list_filter = (
        ("status", ChoicesFilter),
        "verb",
        "item__object",
        ("item__engagement", RelatedFilter),
    )
    list_select_related = ("item", "run")
    search_fields = ("item__key", "item__remote_id", "=run__id")
    ordering = ("-id",)
    fields = ("item", "verb", "state", "run", "ticket", "undoes", "sent_at", "settled_at",
              "payload", "before", "difference", "digest")  # fmt: skip
    readonly_fields = ("state", "payload", "before", "difference")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Operation]":
        found: QuerySet[Operation] = super().get_queryset(request)
        return found.select_related("item", "run", "ticket", "undoes")

    @admin.display(description="key", ordering="item__key")
    def key(self, operation: Operation) -> str:
        return operation.item.key

    @admin.display(description="destination id", ordering="item__remote_id")
    def remote(self, operation: Operation) -> str:
        return operation.item.remote_id

    @admin.display(description="status", ordering="status")
    def state(self, operation: Operation) -> str:
        return label(operation.status, operation.get_status_display())

    @admin.display(description="sent")
    def payload(self, operation: Operation) -> str:
        body = _body(operation)
        return pretty(body.payload if body else None)

    @admin.display(description="stood there before")
    def before(self, operation: Operation) -> str:
        body = _body(operation)
        return pretty(body.before if body else None)

    @admin.display(description="read back differently")
    def difference(self, operation: Operation) -> str:
        return pretty(operation.differing)


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("id", "verb", "object", "remote_id", "state", "run", "opened_at")
    list_filter = (("status", ChoicesFilter), "object", ("run__engagement", RelatedFilter))
    list_select_related = ("run",)
    search_fields = ("remote_id", "=run__id")

    @admin.display(description="status", ordering="status")
    def state(self, ticket: Ticket) -> str:
        return label("running" if ticket.status == "open" else "", ticket.get_status_display())


@admin.register(SourceRecord)
class SourceRecordAdmin(ReadOnlyAdmin):
    list_display = ("object", "source_id", "parent_id", "reading", "role", "ended", "modified_at")
    list_display_links = ("object", "source_id")
    list_filter = (
        ("engagement", RelatedFilter),
        "reading",
        "object",
        "role",
        ("ended", ChoicesFilter),
    )
    search_fields = ("=source_id", "=parent_id")
    fields = ("engagement", "reading", "object", "source_id", "parent_id", "role", "ended",
              "modified_at", "content")  # fmt: skip
    readonly_fields = ("content",)
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SourceRecord]":
        found: QuerySet[SourceRecord] = super().get_queryset(request)
        return found.defer("data").select_related("engagement")

    @admin.display(description="as the source sent it")
    def content(self, record: SourceRecord) -> str:
        return pretty(record.data)


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin):
    list_display = ("object", "reading", "records", "started_at", "finished_at", "engagement")
    list_filter = (("engagement", RelatedFilter), "reading")
    list_select_related = ("engagement",)


def _body(operation: Operation) -> OperationBody | None:
    try:
        return operation.body
    except ObjectDoesNotExist:
        return None
