"""The client's pages: overview, records, one record, sign. Plain HTML forms; nothing needs
a script. In: the Review that access.py opened. Out: a page or a redirect after a POST."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify

from projects import coverage, signing
from projects.models import Comment, Plan, SampleDiff, SignOff
from projects.reference import document
from projects.review import decision, files, lines, sample
from projects.review.access import Review, reviewing
from projects.review.forms import CommentForm, RecordFilter, SignForm
from projects.review.labels import Labels
from projects.review.points import points

PAGE_SIZE = 25
COMMENTS_SHOWN = 100
COMMENTS_KEPT = 2000
"""A leaked link must not fill the database."""
WRITER = "review_writer"


@reviewing
def overview(request: HttpRequest, review: Review) -> HttpResponse:
    """What this is, what the sample holds, what is to be checked, what was decided."""
    form = _comment_form(request)
    if request.method == "POST" and _keep_comment(request, review, form):
        return redirect(reverse("review:overview", args=[review.token]) + "#comments")
    comments = review.engagement.comments.select_related("diff__item")
    labels = Labels.of(review.engagement)
    context = _decided(review, labels) | {
        "summary": sample.summarise(review.run),
        "points": points(review.plan, labels),
        "comments": comments[:COMMENTS_SHOWN],
        "comments_left": max(0, comments.count() - COMMENTS_SHOWN),
        "form": form,
        "thanks": request.GET.get("thanks") == "1",
    }
    return _page(request, review, "overview", context)


@reviewing
def records(request: HttpRequest, review: Review) -> HttpResponse:
    """The sample's records, filtered, 25 a page."""
    filters, found = _filtered(request, review)
    rows = found.select_related("item").annotate(remarks=Count("comment")).order_by("pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return _page(request, review, "records", {"filters": filters, "page": page})


@reviewing
def record(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """Every source field of one record, and what the client says about it."""
    diffs = review.run.sample_diffs.select_related("item")
    diff = get_object_or_404(diffs, pk=pk)
    comments = list(diff.comment_set.all())
    shown = lines.record(diff, Labels.of(review.engagement), comments)
    form = _comment_form(request, shown.fields)
    if request.method == "POST" and _keep_comment(request, review, form, diff):
        return redirect(request.get_full_path() + "#comments")
    _, found = _filtered(request, review)
    context = {
        "diff": diff,
        "record": shown,
        "comments": comments,
        "form": form,
        "earlier": found.filter(pk__lt=pk).order_by("-pk").first(),
        "later": found.filter(pk__gt=pk).order_by("pk").first(),
    }
    return _page(request, review, "record", context)


@reviewing
def sign(request: HttpRequest, review: Review) -> HttpResponse:
    """Accept the sample or ask for changes."""
    labels = Labels.of(review.engagement)
    form = SignForm(request.POST) if request.method == "POST" else None
    try:
        if form and decision.sign(review.link, form):
            return redirect(reverse("review:overview", args=[review.token]) + "?thanks=1")
        newest = decision.signable(review.engagement)
    except decision.Refused as refused:
        changes = [labels.change(c) for c in refused.changes]
        why = {"reasons": refused.reasons, "changes": changes, "form": form}
        return _page(request, review, "refused", why, status=409 if form else 200)
    summary = sample.summarise(newest.run)
    seen = {"plan": newest.plan.digest, "sample": summary.digest}
    context = {
        "form": form or SignForm(initial=seen | {"name": request.session.get(WRITER, "")}),
        "points": points(newest.plan, labels),
        "differing": summary.total.verdicts["differs"],
    }
    return _page(request, review, "sign", context)


@reviewing
def handover(request: HttpRequest, review: Review) -> HttpResponse:
    """What of the contract's list lands, and what is handed over instead; ?file=json sends it."""
    built = document.build(review.engagement)
    if request.GET.get("file") == "json":
        name = f"{slugify(review.engagement.name)}-rebuild-reference.json"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(
            document.as_json(built), content_type="application/json", headers=disposition
        )
    lines = coverage.coverage(review.engagement)
    context = {
        "lines": lines,
        "said": coverage.said(lines),
        "files": files.files(review.engagement),
        "reference": built,
    }
    return _page(request, review, "handover", context)


def _page(
    request: HttpRequest, review: Review, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {
        "token": review.token,
        "engagement": review.engagement,
        "run": review.run,
        "here": name,
        "kinds": review.kinds,
    }
    return render(request, f"review/{name}.html", shared | context, status=status)


def _filtered(request: HttpRequest, review: Review) -> tuple[RecordFilter, QuerySet[SampleDiff]]:
    diffs = review.run.sample_diffs.all()
    objects = diffs.order_by("item__object").values_list("item__object", flat=True).distinct()
    filters = RecordFilter(request.GET, objects, review.kinds)
    return filters, filters.apply(diffs)


def _decided(review: Review, labels: Labels) -> dict[str, Any]:
    """The decision that counts now, and what changed since."""
    signed = signing.current_sign_off(review.engagement)
    if signed is None:
        return {"signed": None}
    today = Plan.draft(review.engagement)
    stale = signing.stale(review.engagement)
    return {
        "signed": signed,
        "accepted": signed.decision == SignOff.Decision.ACCEPTED,
        "stale": stale,
        "changes": [labels.change(c) for c in signed.plan.changes(today)] if stale else [],
        "another_sample": signed.run_id != review.run.pk,
    }


def _comment_form(request: HttpRequest, fields: list[tuple[str, str]] | None = None) -> CommentForm:
    if request.method == "POST":
        return CommentForm(fields or [], data=request.POST)
    initial = {"name": request.session.get(WRITER, ""), "field": request.GET.get("field", "")}
    return CommentForm(fields or [], initial=initial)


def _keep_comment(
    request: HttpRequest, review: Review, form: CommentForm, diff: SampleDiff | None = None
) -> bool:
    """False where the form needs correcting."""
    if form.is_valid() and review.engagement.comments.count() >= COMMENTS_KEPT:
        form.add_error(None, "There is no room for more comments. Please call your contact.")
    if not form.is_valid():
        return False
    said = form.cleaned_data
    request.session[WRITER] = said["name"]
    Comment.objects.create(
        engagement=review.engagement,
        diff=diff,
        field=said["field"],
        author=said["name"],
        text=said["text"],
    )
    return True
