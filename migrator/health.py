"""`/healthz`: can work be accepted and done? For a load balancer or a monitor."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_rq.queues import get_connection
from rq import Worker

SILENT = timedelta(seconds=180)
"""A worker without a sign of life for so long is dead. rq beats at least every 90 s or so."""


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 if all parts are "ok", else 503; each part says what is wrong, without addresses."""
    parts = {"database": _try(_database), "redis": _try(_redis), "workers": _try(_workers)}
    healthy = all(state == "ok" for state in parts.values())
    return JsonResponse({"healthy": healthy, **parts}, status=200 if healthy else 503)


def _try(probe: Callable[[], str]) -> str:
    try:
        return probe()
    except Exception as error:
        # Any failure is the answer here, and its text may hold an address or a password.
        return f"unreachable ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _redis() -> str:
    get_connection("default").ping()
    return "ok"


def _workers() -> str:
    oldest = timezone.now() - SILENT
    beats = [worker.last_heartbeat for worker in Worker.all(get_connection("default"))]
    return "ok" if any(beat and beat >= oldest for beat in beats) else "none alive"
