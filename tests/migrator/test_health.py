"""`/healthz` says whether work can be accepted and done."""

import pytest
import redis
from django.test import Client
from pytest_django.fixtures import Settings
from rq import Queue, Worker

pytestmark = pytest.mark.django_db


def test_without_a_worker_it_is_not_healthy(client: Client, live_redis: redis.Redis) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "healthy": False,
        "database": "ok",
        "redis": "ok",
        "workers": "none alive",
    }


def test_with_a_worker_it_is_healthy(client: Client, live_redis: redis.Redis) -> None:
    worker = Worker([Queue("default", connection=live_redis)], connection=live_redis)
    worker.register_birth()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["healthy"]) == (200, True)


def test_a_worker_whose_heartbeat_is_over_does_not_count(
    client: Client, live_redis: redis.Redis
) -> None:
    worker = Worker([Queue("default", connection=live_redis)], connection=live_redis)
    worker.register_birth()
    live_redis.delete(worker.key)
    assert client.get("/healthz").json()["workers"] == "none alive"


def test_without_redis_it_says_so_and_no_address(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/secret.sock"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "ok")
    assert answer.json()["redis"] == "unreachable (ConnectionError)"
    assert "secret" not in answer.content.decode()
