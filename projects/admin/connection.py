"""The form of an account, built from what its connector asks for.

In: `connectors.settings_of(kind)`. Out: a saved Connection and an audit entry. A secret goes
in, is sealed, and is never shown again.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

import connectors
from connectors.errors import ConnectorError
from connectors.values import Setting
from projects import audit
from projects.admin.base import ModelAdmin, RelatedFilter, address, label
from projects.models import Connection, Engagement

PREFIX = "setting_"


class NewConnection(forms.ModelForm):  # type: ignore[type-arg]
    """Whose account, and at which vendor; the vendor's own questions come next."""

    kind = forms.ChoiceField(label="Vendor", widget=UnfoldAdminSelectWidget())

    role = forms.ChoiceField(
        choices=Connection.Role,
        widget=UnfoldAdminSelectWidget(),
        help_text="Fields and the sample go to the rehearsal where there is one; everything "
        "else is loaded into the destination.",
    )

    class Meta:
        model = Connection
        fields = ("engagement", "role", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(n, f"{k.label} ({k.role})") for n, k in connectors.CONNECTORS.items()]
        chosen: Any = self.fields["kind"]
        chosen.choices = kinds

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if {"kind", "role", "engagement"} <= answers.keys():
            for field, said in self._unfit(answers["engagement"], answers["role"], answers["kind"]):
                self.add_error(field, said)
        return answers

    def _unfit(self, engagement: Engagement, role: str, kind: str) -> Iterator[tuple[str, str]]:
        """Field → why the account cannot have this role."""
        vendor = connectors.CONNECTORS[kind]
        if (vendor.role == "source") != (role == Connection.Role.SOURCE):
            yield "kind", f"{vendor.label} can only be a {vendor.role}."
        if engagement.connections.filter(role=role).exists():
            yield "role", f"This engagement has its {role} already."
        production = engagement.connections.filter(role=Connection.Role.DESTINATION).first()
        if role == Connection.Role.REHEARSAL and production and production.kind != kind:
            yield "kind", "A rehearsal is at the same vendor as the destination."


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Base of the form of a kind: form_of() adds a field for each of its settings."""

    asked: tuple[Setting, ...] = ()

    class Meta:
        model = Connection
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sealed = _secrets(self.instance)
        for setting in self.asked:
            name = PREFIX + setting.name
            if setting.secret:
                state = "kept, not shown" if sealed.get(setting.name) else "none yet"
                self.fields[name].widget.attrs["placeholder"] = state
            else:
                self.initial[name] = self.instance.settings.get(setting.name, setting.default)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        kept = _secrets(self.instance)
        for setting in self.asked:
            name = PREFIX + setting.name
            needed = setting.secret and setting.required and not kept.get(setting.name)
            if needed and not answers.get(name):
                self.add_error(name, "Enter it: none is kept yet.")
        return answers

    def keep(self) -> dict[str, Any]:
        """Put the answers into the instance; returns what changed, secrets by name only."""
        answers = {s: self.cleaned_data[PREFIX + s.name].strip() for s in self.asked}
        before = dict(self.instance.settings)
        self.instance.settings = {s.name: text for s, text in answers.items() if not s.secret}
        fresh = {s.name: text for s, text in answers.items() if s.secret and text}
        if fresh:
            self.instance.set_secrets(_secrets(self.instance) | fresh)
        after = self.instance.settings
        changed = sorted(n for n in before | after if before.get(n) != after.get(n))
        if changed or fresh:
            self.instance.learned = {}
        return {"settings": changed, "credentials": sorted(fresh)}


def form_of(kind: str) -> type[ConnectionForm]:
    """The form for an account of this kind."""
    asked = connectors.settings_of(kind)
    made = {PREFIX + setting.name: _field(setting) for setting in asked}
    return type("KindForm", (ConnectionForm,), {**made, "asked": asked})


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    list_display = ("engagement", "role", "vendor", "account", "state", "checked_at")
    list_display_links = ("engagement", "role")
    list_filter = (("engagement", RelatedFilter), "role", "kind")
    list_select_related = ("engagement",)
    search_fields = ("engagement__name", "kind", "account_id", "account_name")
    autocomplete_fields = ("engagement",)
    readonly_fields = ("engagement", "role", "vendor", "account", "state", "checked_at", "problem")
    change_form_outer_before_template = "admin/projects/connection/check.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = form_of(obj.kind) if obj else NewConnection
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("engagement", "role", "kind")}),)
        asked = connectors.settings_of(obj.kind)
        plain = [PREFIX + s.name for s in asked if not s.secret]
        secret = [PREFIX + s.name for s in asked if s.secret]
        state = (("engagement", "role", "vendor"), ("account", "state", "checked_at"), "problem")
        hint = "Sealed when saved and never shown again. Leave empty to keep what is there."
        return (
            (None, {"fields": state if obj.problem else state[:2]}),
            ("Settings", {"fields": plain}),
            ("Credentials", {"fields": secret, "description": hint}),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Whatever changed, the account must be checked anew before anything is done with it."""
        detail = form.keep() if change else {"settings": [], "credentials": []}
        with transaction.atomic():
            if change and (detail["settings"] or detail["credentials"]):
                obj.problem = "Settings or credentials changed: the account must be checked again."
            obj.save()
            what = "connection changed" if change else "connection added"
            audit.record(
                obj.engagement,
                request.user.get_username(),
                what,
                connection=obj.pk,
                kind=obj.kind,
                **detail,
            )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        messages.info(request, "Now enter the settings and credentials, save, and check.")
        return redirect(address(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        super().response_change(request, obj)
        return redirect(address(obj))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.check_account))
        return [path("<int:pk>/check/", view, name="connection_check"), *super().get_urls()]

    def check_account(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sign in at the vendor and say what came of it."""
        connection = get_object_or_404(Connection, pk=pk)
        if not self.has_change_permission(request, connection):
            raise PermissionDenied
        try:
            connection.check_account()
        except ConnectorError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"Signed in: {connection}.")
        return redirect(address(connection))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            audit.record(
                obj.engagement,
                request.user.get_username(),
                "connection removed",
                connection=obj.pk,
                kind=obj.kind,
            )
            obj.delete()

    @admin.display(description="vendor", ordering="kind")
    def vendor(self, connection: Connection) -> str:
        return connectors.CONNECTORS[connection.kind].label

    @admin.display(description="account", ordering="account_name")
    def account(self, connection: Connection) -> str:
        known = (connection.account_name, connection.account_id)
        return " · ".join(filter(None, known)) or "–"

    @admin.display(description="state")
    def state(self, connection: Connection) -> str:
        if connection.problem:
            return label("failed", "Needs a look")
        return label("done", "Checked") if connection.checked_at else label("held", "Not checked")


def _field(setting: Setting) -> forms.CharField:
    if setting.secret:
        kind = UnfoldAdminTextareaWidget if setting.multiline else UnfoldAdminPasswordWidget
        widget: Any = kind(attrs={"autocomplete": "off" if setting.multiline else "new-password"})
        return forms.CharField(
            label=setting.label, help_text=setting.help, widget=widget, required=False, strip=True
        )
    return forms.CharField(
        label=setting.label,
        help_text=setting.help,
        widget=UnfoldAdminTextInputWidget(),
        required=setting.required,
    )


def _secrets(connection: Connection) -> dict[str, str]:
    """What is kept; nothing where the key that sealed it is gone: then all is entered anew."""
    try:
        return connection.secrets()
    except ConnectorError:
        return {}
