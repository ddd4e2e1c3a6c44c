"""The first page: every engagement with what comes next."""

from typing import Any

from django.http import HttpRequest

from projects.admin.overview import live
from projects.admin.steps import LABELS, pipeline
from projects.models import Engagement, Run

SHOWN = 10
OTHERS = 50


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin index's context with its engagements, the open ones first."""
    if not request.user.has_perm("projects.view_engagement"):
        return context
    found = Engagement.objects.order_by("-created_at")
    runs = Run.objects.select_related("engagement").defer("traceback")[:8]
    open_ = list(found.exclude(state=Engagement.State.CLOSED)[: SHOWN + OTHERS])
    closed = found.filter(state=Engagement.State.CLOSED)[:OTHERS]
    return context | {
        "engagements": [(each, pipeline(each), live(each)) for each in open_[:SHOWN]],
        "others": [*open_[SHOWN:], *closed],
        "runs": [(run, LABELS[run.stage]) for run in runs],
    }
