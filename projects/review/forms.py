"""What a client may send: a filter, a comment, a decision. Lengths are those of the tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from projects.models import SampleDiff, SignOff

NAME = "Your name"
TEXT = forms.Textarea({"rows": 5})


class RecordFilter(forms.Form):
    """Which records of the sample to list. Nonsense filters nothing."""

    object = forms.ChoiceField(label="Kind of record", required=False)
    differing = forms.BooleanField(label="Only with differences", required=False)
    q = forms.CharField(label="Name or number contains", max_length=100, required=False)

    def __init__(self, data: Any, objects: Iterable[str], words: Mapping[str, str]) -> None:
        super().__init__(data, auto_id="filter-%s")
        every = [("", "All records"), *((name, words.get(name, name)) for name in objects)]
        self.fields["object"] = forms.ChoiceField(
            label="Kind of record", required=False, choices=every
        )

    def apply(self, diffs: "QuerySet[SampleDiff]") -> "QuerySet[SampleDiff]":
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("object"):
            diffs = diffs.filter(item__object=wanted["object"])
        if wanted.get("differing"):
            diffs = diffs.filter(differing__gt=0)
        if wanted.get("q"):
            diffs = diffs.filter(title__icontains=wanted["q"])
        return diffs


class CommentForm(forms.Form):
    """A remark about the sample, a record or one of its fields ("" = the whole record)."""

    name = forms.CharField(label=NAME, max_length=120)
    field = forms.ChoiceField(label="About", required=False)
    text = forms.CharField(label="Comment", max_length=4000, widget=TEXT)

    def __init__(self, fields: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(auto_id="comment-%s", **kwargs)
        whole = ("", "The whole record")
        self.fields["field"] = forms.ChoiceField(
            label="About", required=False, choices=[whole, *fields]
        )


class SignForm(forms.Form):
    """A decision about the plan and sample whose digests the page carried."""

    plan = forms.CharField(max_length=64, widget=forms.HiddenInput)
    sample = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(label=NAME, max_length=120)
    comment = forms.CharField(max_length=4000, required=False, widget=TEXT)
    ticked = forms.MultipleChoiceField(
        choices=[(point, point) for point in SignOff.TICK_POINTS], required=False
    )
    decision = forms.ChoiceField(choices=SignOff.Decision.choices)

    def clean_ticked(self) -> list[str]:
        """In the order of the page, each once."""
        return [point for point in SignOff.TICK_POINTS if point in self.cleaned_data["ticked"]]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        missing = [p for p in SignOff.TICK_POINTS if p not in given.get("ticked", [])]
        if given.get("decision") == SignOff.Decision.ACCEPTED and missing:
            self.add_error("ticked", f"To accept, tick all points. Open: {', '.join(missing)}.")
        if given.get("decision") == SignOff.Decision.CHANGES and not given.get("comment"):
            self.add_error("comment", "Say what should be changed.")
        return given
