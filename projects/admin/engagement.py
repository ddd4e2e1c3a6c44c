"""The engagement: its list, and the page from which a move is run."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.html import escape, format_html_join

from projects import rows
from projects.admin import actions, exchange, fields, limits, reference
from projects.admin.base import label, link
from projects.admin.decisions import DecisionAdmin
from projects.admin.overview import overview
from projects.models import AccountUser, Engagement, Run

SETTINGS = (
    ("households", "placeholder_children"),
    ("fallback_owner", "sample_size"),
    ("flag_over_mb", "blocked_kinds"),
    ("custom_fields",),
)


@admin.register(Engagement)
class EngagementAdmin(DecisionAdmin):
    actions = None
    actions_list = ()
    list_display = ("name", "client_name", "status", "at_work", "accounts", "created_at")
    list_filter = ("state", "households")
    search_fields = ("name", "client_name")
    fieldsets = (
        (None, {"fields": (("name", "client_name"),)}),
        (
            "What the plan says besides its rows",
            {
                "fields": SETTINGS,
                "description": "A change here makes a sign-off stale, as a mapping row's does.",
            },
        ),
    )
    list_filter_submit = False
    change_form_outer_before_template = "admin/projects/engagement/before.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Engagement]":
        found: QuerySet[Engagement] = super().get_queryset(request)
        live = Count("runs", filter=Q(runs__status__in=Run.LIVE), distinct=True)
        return found.annotate(live=live).prefetch_related("connections")

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.list_display

    def get_list_select_related(self, request: HttpRequest) -> Any:
        return False

    def get_urls(self) -> list[URLPattern]:
        below = (actions, exchange, fields, limits, reference)
        return [*(url for pages in below for url in pages.urls(self)), *super().get_urls()]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        owner = (
            obj
            and AccountUser.objects.filter(
                connection__engagement=obj, user_id=obj.fallback_owner
            ).first()
        )
        if owner and "fallback_owner" in form.base_fields:
            field = form.base_fields["fallback_owner"]
            field.help_text = f"Now {escape(owner)}. {field.help_text}"
        return form

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        engagement = self.get_object(request, object_id)
        may_act = self.has_change_permission(request, engagement)
        context = overview(engagement, may_act) if engagement else {}
        context["show_save_and_add_another"] = False
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rows.change(obj, request.user.get_username())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="state", ordering="state")
    def status(self, engagement: Engagement) -> str:
        return label(engagement.state, engagement.get_state_display())

    @admin.display(description="live runs", ordering="live")
    def at_work(self, engagement: Engagement) -> str:
        live: int = engagement.live  # type: ignore[attr-defined]
        return label("running", f"{live} live") if live else "–"

    @admin.display(description="accounts")
    def accounts(self, engagement: Engagement) -> Any:
        """Source, rehearsal, destination: the roles backwards by their letters."""
        found = sorted(engagement.connections.all(), key=lambda c: c.role, reverse=True)
        return format_html_join(" → ", "{}", ((link(c),) for c in found)) or "–"
