"""Who may see a page: in goes a token, out comes the one engagement behind it, or a page that
says the same for an unknown, an expired and a revoked link."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects.models import Engagement, Plan, ReviewLink, Run, SchemaField
from projects.review import sample


@dataclass(frozen=True, slots=True)
class Review:
    """What a page works with: the newest sample, and whose it is."""

    token: str
    link: ReviewLink
    engagement: Engagement
    run: Run
    plan: Plan
    kinds: dict[str, str]
    """Object → what its account calls it."""


Page = Callable[Concatenate[HttpRequest, Review, ...], HttpResponse]


def reviewing(page: Page) -> Callable[..., HttpResponse]:
    """Opens the link, waits for the sample, and keeps the address out of caches, search
    engines and other sites."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def answer(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        response = _answer(request, page, token, rest)
        # Not "no-referrer": a form sent under it carries "Origin: null", which CSRF refuses.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def _answer(request: HttpRequest, page: Page, token: str, rest: dict[str, Any]) -> HttpResponse:
    link = ReviewLink.open(token)
    if link is None:
        return render(request, "review/closed.html", status=404)
    context = {"token": token, "engagement": link.engagement}
    newest = sample.ready(link.engagement)
    if newest is None:
        live = sample.loading(link.engagement)
        status = 409 if request.method == "POST" else 200
        return render(request, "review/waiting.html", context | {"live": live}, status=status)
    try:
        kinds = SchemaField.objects_of(link.engagement)
        review = Review(token, link, link.engagement, newest.run, newest.plan, kinds)
        return page(request, review, **rest)
    except Http404:
        return render(request, "review/missing.html", context, status=404)
