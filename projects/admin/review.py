"""What the client saw, said and signed. Read-only: only the review page makes these."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from projects.admin.base import ChoicesFilter, ReadOnlyAdmin, RelatedFilter, label, table
from projects.models import Comment, ReviewLink, SampleDiff, SignOff


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    list_display = ("name", "verdict", "engagement", "plan", "run", "given_at", "withdrawn_at")
    list_filter = (("engagement", RelatedFilter), ("decision", ChoicesFilter))
    list_select_related = ("engagement", "plan", "run")
    search_fields = ("name", "comment", "plan__digest")

    @admin.display(description="decision", ordering="decision")
    def verdict(self, signed: SignOff) -> str:
        return label(signed.decision, signed.get_decision_display())


@admin.register(ReviewLink)
class ReviewLinkAdmin(ReadOnlyAdmin):
    """Issued and revoked on the engagement's page."""

    list_display = ("label", "engagement", "state", "created_by", "created_at", "expires_at")
    list_filter = (("engagement", RelatedFilter),)
    list_select_related = ("engagement",)
    search_fields = ("label", "created_by")
    fields = ("engagement", "label", "state", "created_by", "created_at", "expires_at",
              "revoked_at")  # fmt: skip
    readonly_fields = ("state",)

    @admin.display(description="state")
    def state(self, link: ReviewLink) -> str:
        if link.revoked_at:
            return label("failed", "Revoked")
        over = link.expires_at < timezone.now()
        return label("held", "Expired") if over else label("done", "Open")


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    list_display = ("author", "text", "field", "engagement", "written_at")
    list_filter = (("engagement", RelatedFilter),)
    list_select_related = ("engagement",)
    search_fields = ("author", "text", "field")


@admin.register(SampleDiff)
class SampleDiffAdmin(ReadOnlyAdmin):
    list_display = ("title", "object", "differing", "run")
    list_filter = (("run__engagement", RelatedFilter), "item__object")
    list_select_related = ("item", "run")
    search_fields = ("title", "item__key", "=run__id")
    fields = ("run", "item", "title", "differing", "fields_of")
    readonly_fields = ("fields_of",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SampleDiff]":
        found: QuerySet[SampleDiff] = super().get_queryset(request)
        return found.defer("lines").select_related("item", "run")

    @admin.display(description="object", ordering="item__object")
    def object(self, diff: SampleDiff) -> str:
        return diff.item.object

    @admin.display(description="fields")
    def fields_of(self, diff: SampleDiff) -> str:
        names = ("label", "source_value", "destination", "planned", "read_back", "verdict")
        heads = (name.replace("_", " ") for name in names)
        return table(heads, ([line.get(name, "") for name in names] for line in diff.lines))
