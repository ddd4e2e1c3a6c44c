"""How a decision row is edited: in its form and in the list, under the rule of `rows.py`.

In: a posted form. Out: rows.change() — or its sentences beside the fields they are about.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from projects import gates, rows
from projects.admin.base import ModelAdmin, action
from projects.models import Engagement, MappingRow
from projects.stages.base import StageBlocked

SHOWN = 5


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Adds to the model's own checks those of the accounts, the preset and the gate. What the
    page showed travels with it, so that whoever saves an old page changes only what they typed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            for field in self.fields.values():
                field.show_hidden_initial = True
        if isinstance(self.instance, MappingRow) and "destination_field" in self.fields:
            known = f"fields-{self.instance.engagement_id}-{self.instance.destination_object}"
            self.fields["destination_field"].widget.attrs["list"] = known

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed():
            return
        for name in self.changed_data:
            self._refuse_overtaken(name)
        engagement = rows.engagement_of(self.instance)
        for said in gates.refusals(engagement, "edit mapping") if engagement.pk else ():
            self.add_error(None, said)
        try:
            rows.check(self.instance)
        except ValidationError as wrong:
            for field, errors in wrong.error_dict.items():
                self.add_error(field if field in self.fields else None, ValidationError(errors))

    def _refuse_overtaken(self, name: str) -> None:
        """Somebody may have changed the field since the page was opened."""
        seen = self.data.get(self.add_initial_prefix(name))
        stored = self.initial.get(name)
        if seen is not None and seen != str("" if stored is None else stored):
            self.add_error(name, f"Changed meanwhile to “{stored}”. Open the page again.")


class ListForm(DecisionForm):
    """A row of a list: its fields have no label of their own, so each says which row it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label or name} of {self.instance}"


class DecisionAdmin(ModelAdmin):
    """A table of decisions: who changes a row stands by it. `table` is its name in exchange."""

    form = DecisionForm
    table = ""
    owner = "engagement"
    actions: Any = ("confirm_selected",)
    actions_list: Any = ("exchange",)

    def get_list_display(self, request: HttpRequest) -> Any:
        """With the engagement, unless the list is of one already."""
        shown = super().get_list_display(request)
        filtered = f"{self.owner}__id__exact" in request.GET
        return shown if filtered else (*shown, "of_engagement")

    def get_list_select_related(self, request: HttpRequest) -> Any:
        return (self.owner,)

    @admin.display(description="engagement")
    def of_engagement(self, row: Model) -> str:
        return str(rows.engagement_of(row))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **kwargs | {"form": ListForm})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        rows.change(obj, request.user.get_username())

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        rows.remove(obj, request.user.get_username())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        with transaction.atomic():
            for row in queryset:
                rows.remove(row, request.user.get_username())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return self._refusing(request, super().changelist_view, request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        return self._refusing(
            request, super().changeform_view, request, object_id, form_url, extra_context
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return self._refusing(request, super().delete_view, request, object_id, extra_context)

    def _refusing(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponse:
        """The view, or its page anew with the sentence why nothing was changed."""
        try:
            with transaction.atomic():
                answer: HttpResponse = view(*args)
        except (StageBlocked, ValidationError) as refused:
            messages.error(request, "Nothing was changed. " + sentence(refused))
            return redirect(request.get_full_path())
        return answer

    @admin.action(description="Confirm selected rows as they are", permissions=["change"])
    def confirm_selected(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        try:
            with transaction.atomic():
                for row in queryset:
                    rows.confirm(row, request.user.get_username())
        except (StageBlocked, ValidationError) as refused:
            messages.error(request, f"Nothing was confirmed. {row}: {sentence(refused)}")
            return
        messages.success(request, f"{len(queryset)} row(s) confirmed.")

    @action(description="Import or export", url_path="exchange", icon="swap_vert")  # type: ignore[untyped-decorator]
    def exchange(self, request: HttpRequest) -> HttpResponse:
        """On to the engagement's page for that; asks which where there are several."""
        found = list(Engagement.objects.only("pk")[:2])
        if len(found) == 1:
            args = [found[0].pk, self.table]
            return redirect(reverse("admin:engagement_exchange", args=args))
        messages.info(request, "Open the engagement; “Import or export” is on its page.")
        return redirect(reverse("admin:projects_engagement_changelist"))


def sentence(error: Exception) -> str:
    """What an error says, in one line."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages[:SHOWN])
    return str(error)
