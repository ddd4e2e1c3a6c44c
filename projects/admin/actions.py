"""The buttons of the engagement's page. Each is a POST that calls one function of the domain
and comes back to the page, with one message where it was refused."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from redis.exceptions import RedisError

from connectors.errors import ConnectorError
from projects import audit, decisions, forecast, queue
from projects.admin.base import address
from projects.admin.overview import live, overview
from projects.admin.steps import LABELS
from projects.gates import refusals
from projects.models import Connection, Engagement, Finding, LoadItem, Operation, ReviewLink
from projects.queue import QueueDown
from projects.stages import BY_NAME, load, rollback, undo_fields
from projects.stages.base import StageBlocked

SAID = (StageBlocked, QueueDown, ConnectorError, ValidationError)
STEERING: dict[str, Callable[..., bool]] = {
    "pause": queue.pause,
    "resume": queue.resume,
    "cancel": queue.cancel,
}
STOPPED = 286
"""The status that ends htmx's polling (htmx.org/docs/#load_polling)."""

View = Callable[..., HttpResponse]


def urls(model_admin: Any) -> list[URLPattern]:
    """The addresses below an engagement's page."""

    def at(route: str, view: View, name: str) -> URLPattern:
        bound: View = model_admin.admin_site.admin_view(partial(view, model_admin))
        return path(f"<int:pk>/{route}", bound, name=name)

    return [
        at("live/", show_live, "engagement_live"),
        at("start/<str:stage>/", start, "engagement_start"),
        at("confirm/", confirm, "engagement_confirm"),
        at("safety/", confirm_safety, "engagement_safety"),
        at("users/", show_users, "engagement_users"),
        at("rollback/", take_back, "engagement_rollback"),
        at("run/<int:run>/<str:verb>/", steer, "engagement_steer"),
        at("link/", issue, "engagement_link"),
        at("link/<int:link>/revoke/", revoke, "engagement_revoke"),
    ]


def on_engagement(view: View) -> View:
    """Finds the engagement and turns a refusal into one message on its page."""

    @wraps(view)
    def answer(admin: Any, request: HttpRequest, pk: int, **rest: Any) -> HttpResponse:
        engagement = get_object_or_404(Engagement, pk=pk)
        if not admin.has_change_permission(request, engagement):
            raise PermissionDenied
        try:
            return view(admin, request, engagement, **rest)
        except SAID as refused:
            said = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            messages.error(request, " ".join(said))
        except RedisError as down:
            kind = type(down).__name__
            messages.error(request, f"Redis does not answer ({kind}). The run waits for it.")
        except OperationalError as broken:
            messages.error(request, queue.machine(broken))
        return redirect(address(engagement))

    return answer


@on_engagement
def show_live(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The bars of runs under way; once all are over, the whole overview anew."""
    running = live(engagement)
    if not running:
        answer = render(
            request, "admin/projects/engagement/overview.html", overview(engagement, True)
        )
        answer.status_code = STOPPED
        answer["HX-Retarget"], answer["HX-Reswap"] = "#overview", "outerHTML"
        return answer
    context = {"engagement": engagement, "live": running, "may_act": True}
    return render(request, "admin/projects/engagement/live.html", context)


@on_engagement
def start(admin: Any, request: HttpRequest, engagement: Engagement, stage: str) -> HttpResponse:
    """The load is asked for on a page of its own, which says what cannot be undone."""
    if stage == load.NAME and request.method in ("GET", "HEAD"):
        return _before_load(admin, request, engagement)
    asked_apart = (rollback.NAME, undo_fields.NAME)
    if request.method != "POST" or stage not in BY_NAME or stage in asked_apart:
        raise Http404
    if stage == load.NAME and request.POST.get("understood") != "yes":
        raise StageBlocked("Nothing was started: tick that you have read what cannot be undone.")
    actor = request.user.get_username()
    run = queue.start(engagement, stage, actor)
    if run.started_by == actor:
        messages.success(request, f"{LABELS[stage]}: run {run.pk} is started.")
    else:
        already = f"run {run.pk} by {run.started_by} is under way already."
        messages.info(request, f"{LABELS[stage]}: {already}")
    return redirect(address(engagement))


def _before_load(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Load everything of {engagement}",
        "engagement": engagement,
        "opts": admin.opts,
        "reasons": refusals(engagement, load.NAME),
        "stays": rollback.stays(engagement.destination),
        "outlook": forecast.kept(engagement),
        "confirmed": engagement.confirmations.count(),
    }
    return TemplateResponse(request, "admin/projects/engagement/load.html", context)


@on_engagement
def confirm(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    plan = decisions.confirm_mapping(engagement, request.user.get_username())
    messages.success(request, f"The mapping is confirmed as {plan}.")
    return redirect(address(engagement))


@on_engagement
def confirm_safety(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """The ticked points are seen to by the person who is named."""
    if request.method != "POST":
        raise Http404
    ticked = [number for number in request.POST.getlist("point") if number.isdecimal()]
    if not ticked:
        raise ValidationError("Tick the points that somebody saw to.")
    points = engagement.findings.filter(pk__in=ticked, severity=Finding.Severity.CONFIRM)
    name, actor = request.POST.get("name", ""), request.user.get_username()
    done = decisions.confirm_safety(engagement, points, name, actor)
    messages.success(request, f"{done} point(s) are confirmed as seen to by {name.strip()}.")
    return redirect(address(engagement) + "#safety")


@on_engagement
def show_users(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """Who may own records at the destination, asked there now: their ids are what technician
    matches and the fallback owner name."""
    with engagement.destination.open_destination() as destination:
        found = sorted(destination.users(), key=lambda user: (not user.active, user.name))
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Users of {engagement.destination}",
        "engagement": engagement,
        "opts": admin.opts,
        "users": found,
    }
    return TemplateResponse(request, "admin/projects/engagement/users.html", context)


@on_engagement
def steer(
    admin: Any, request: HttpRequest, engagement: Engagement, run: int, verb: str
) -> HttpResponse:
    if request.method != "POST" or verb not in STEERING:
        raise Http404
    found = get_object_or_404(engagement.runs, pk=run)
    if not STEERING[verb](found, request.user.get_username()):
        status = found.get_status_display().lower()
        messages.info(request, f"{LABELS[found.stage]}: run {found.pk} is {status} already.")
    return redirect(address(engagement))


@on_engagement
def take_back(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """First a page that says what will and what cannot be undone, then the run."""
    options = _scope(engagement, request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        if request.POST.get("understood") != "yes":
            raise StageBlocked("Nothing was rolled back: tick that you have read what stays.")
        run = queue.start(engagement, rollback.NAME, request.user.get_username(), **options)
        messages.success(request, f"{LABELS[rollback.NAME]}: run {run.pk} is started.")
        return redirect(address(engagement))
    account = engagement.goes_to(rollback.NAME, options.get("at", ""))
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Roll back {engagement}",
        "engagement": engagement,
        "opts": admin.opts,
        "reasons": refusals(engagement, "rollback", options.get("at", "")),
        "accounts": engagement.destinations,
        "account": account,
        "stays": rollback.stays(account),
        "counts": _undoable(engagement, options),
        "objects": _objects(engagement),
        "options": options,
        "writes": engagement.runs.filter(writes=True, operations__isnull=False).distinct()[:50],
    }
    context["sum"] = sum(n for *_, n in context["counts"])
    return TemplateResponse(request, "admin/projects/engagement/rollback.html", context)


@on_engagement
def issue(admin: Any, request: HttpRequest, engagement: Engagement) -> HttpResponse:
    """A new review link, shown on this answer and never again."""
    if request.method != "POST":
        return redirect(address(engagement))
    label, days = request.POST.get("label", "").strip(), request.POST.get("days", "30")
    if not label or len(label) > 120 or not days.isdecimal() or not 1 <= int(days) <= 365:
        raise ValidationError("Say for whom the link is, and for how many days, 1 to 365.")
    actor = request.user.get_username()
    with transaction.atomic():
        link, token = ReviewLink.issue(engagement, label, actor, int(days))
        audit.record(engagement, actor, "review link issued", link=link.pk, days=int(days))
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Review link for {label}",
        "engagement": engagement,
        "opts": admin.opts,
        "link": link,
        "address": request.build_absolute_uri(_review_path(token)),
    }
    return TemplateResponse(request, "admin/projects/engagement/link.html", context)


@on_engagement
def revoke(admin: Any, request: HttpRequest, engagement: Engagement, link: int) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    actor = request.user.get_username()
    with transaction.atomic():
        open_ = engagement.review_links.filter(pk=link, revoked_at=None)
        if open_.update(revoked_at=timezone.now()):
            audit.record(engagement, actor, "review link revoked", link=link)
            messages.success(request, "The link is revoked; whoever opens it now is turned away.")
    return redirect(address(engagement))


def _scope(engagement: Engagement, asked: Any) -> dict[str, Any]:
    """What to roll back, as rollback.scope() understands it. Raises ValidationError."""
    options: dict[str, Any] = {}
    if run := asked.get("from_run", ""):
        if not run.isdecimal() or not engagement.runs.filter(pk=run).exists():
            raise ValidationError(f"There is no run {run} in this engagement.")
        options["from_run"] = int(run)
        options |= _elsewhere(engagement.runs.get(pk=run).connection)
    if asked.get("at", "") == Connection.Role.REHEARSAL and engagement.rehearsal:
        options["at"] = str(Connection.Role.REHEARSAL)
    for name in ("object", "key"):
        if text := asked.get(name, "").strip():
            options[name] = text
    if (key := options.get("key")) and not engagement.load_items.filter(key=key).exists():
        raise ValidationError(f"Nothing was written under the key {key}.")
    return options


def _elsewhere(connection: Connection | None) -> dict[str, str]:
    """The option that names the account of a run, if that is not production."""
    role = connection.role if connection else Connection.Role.DESTINATION
    return {} if role == Connection.Role.DESTINATION else {"at": str(role)}


def _undoable(engagement: Engagement, options: dict[str, Any]) -> list[tuple[str, str, int]]:
    """(destination object, what happens to it, number of records)."""
    live_ = Operation.objects.filter(
        item__connection=engagement.goes_to(rollback.NAME, options.get("at", "")),
        undoes=None,
        status=Operation.Status.LANDED,
        **rollback.scope(options),
    ).exclude(item__state=LoadItem.State.UNDONE)
    rows = live_.order_by().values_list("item__object", "item__origin")
    counted = rows.annotate(n=Count("item", distinct=True)).order_by("item__object")
    return [
        (name, "deleted" if origin == LoadItem.Origin.CREATED else "restored", n)
        for name, origin, n in counted
    ]


def _objects(engagement: Engagement) -> list[str]:
    names = engagement.load_items.order_by("object").values_list("object", flat=True)
    return list(names.distinct())


def _review_path(token: str) -> str:
    try:
        return reverse("review:overview", args=[token])
    except NoReverseMatch:
        return f"/review/{token}/"
