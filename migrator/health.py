"""`/healthz`: can work be accepted and done? For a load balancer or a monitor."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from rq import Worker


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
    with _client() as client:
        client.ping()
    return "ok"


def _workers() -> str:
    # rq forgets a worker whose heartbeat is a minute later than its --worker-ttl.
    with _client() as client:
        return "ok" if Worker.all(client) else "none alive"


def _client() -> redis.Redis:
    # Whoever asks for our health must not wait as long as a worker would.
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)
