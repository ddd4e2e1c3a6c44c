"""The first page: every engagement with what comes next."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from projects.admin.steps import pipeline
from projects.models import Engagement, Run

SHOWN = 10
OTHERS = 50


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin index's context with its engagements, the open ones first."""
    if not request.user.has_perm("projects.view_engagement"):
        return context
    live = Count("runs", filter=Q(runs__status__in=Run.LIVE))
    found = Engagement.objects.annotate(live=live).order_by("-created_at")
    open_ = list(found.exclude(state=Engagement.State.CLOSED)[: SHOWN + OTHERS])
    closed = found.filter(state=Engagement.State.CLOSED)[:OTHERS]
    return context | {
        "engagements": [(engagement, pipeline(engagement)) for engagement in open_[:SHOWN]],
        "others": [*open_[SHOWN:], *closed],
        "runs": Run.objects.select_related("engagement").defer("traceback")[:8],
    }
