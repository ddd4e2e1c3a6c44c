"""The audit chain, to read and to verify."""

import orjson
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from projects import audit
from projects.admin.base import ReadOnlyAdmin, RelatedFilter, pretty
from projects.models import AuditEntry, Engagement


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("sequence", "at", "actor", "action", "what", "engagement")
    list_display_links = ("sequence", "action")
    list_filter = (("engagement", RelatedFilter), "action", "actor")
    list_select_related = ("engagement",)
    search_fields = ("actor", "action", "detail", "digest")
    ordering = ("-at", "-sequence")
    fields = ("engagement", "sequence", "at", "actor", "action", "details", "previous", "digest")
    readonly_fields = ("details",)
    list_before_template = "admin/projects/auditentry/verify.html"

    @admin.display(description="detail")
    def what(self, entry: AuditEntry) -> str:
        """Its plain values in words; lists and tallies are on the entry's page."""
        told = orjson.loads(entry.detail).items()
        text = ", ".join(f"{k} {v}" for k, v in told if v and not isinstance(v, dict | list))
        return format_html("<code>{}</code>", text if len(text) <= 120 else text[:119] + "…")

    @admin.display(description="detail")
    def details(self, entry: AuditEntry) -> str:
        return pretty(orjson.loads(entry.detail))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.verify))
        return [path("verify/", view, name="audit_verify"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        context = {"engagements": Engagement.objects.only("name")}
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def verify(self, request: HttpRequest) -> HttpResponse:
        """Prove one engagement's chain, or name every fault in it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        engagement = Engagement.objects.filter(pk=request.POST.get("engagement") or 0).first()
        if engagement is None:
            messages.error(request, "Choose the engagement whose chain is to be verified.")
        elif faults := audit.verify(engagement, request.POST.get("head", "").strip()):
            for fault in faults[:10]:
                messages.error(request, fault.message)
            if len(faults) > 10:
                messages.error(request, f"and {len(faults) - 10} more faults.")
        else:
            head = audit.head(engagement)
            messages.success(request, f"The chain of {engagement} is whole. Its head is {head}.")
        return redirect(reverse("admin:projects_auditentry_changelist"))
