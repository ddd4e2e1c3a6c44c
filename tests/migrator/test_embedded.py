"""Servers from their wheels: they keep what they were given and end with who started them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from rq import Queue

from migrator import embedded, paths


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder other users may enter the parents of: PostgreSQL does not run as root."""
    made = Path(tempfile.mkdtemp())
    yield made
    shutil.rmtree(made)


def test_a_queued_job_survives_the_death_of_valkey(folder: Path) -> None:
    with embedded.valkey(folder) as url:
        client = redis.Redis.from_url(url)
        job = Queue("default", connection=client).enqueue("builtins.print", 7)
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    assert not embedded._valkey_answers(url)
    with embedded.valkey(folder) as url, redis.Redis.from_url(url) as client:
        assert Queue("default", connection=client).job_ids == [job.id]


def test_valkey_refuses_to_forget_when_memory_is_short(folder: Path) -> None:
    with embedded.valkey(folder) as url, redis.Redis.from_url(url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_server_that_already_answers_is_used_and_left_running(folder: Path) -> None:
    with embedded.valkey(folder) as url, redis.Redis.from_url(url) as client:
        first = client.info("server")["process_id"]
        with embedded.valkey(folder) as again:
            assert again == url
        assert client.info("server")["process_id"] == first
    assert not embedded._valkey_answers(url)


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = folder / ("d" * 120)
    with embedded.valkey(deep) as url, redis.Redis.from_url(url) as client:
        assert client.ping()
    assert (deep / "appendonlydir").is_dir()
    shutil.rmtree(paths.valkey_socket(deep).parent)


def test_a_short_folder_that_somebody_else_made_is_not_trusted(folder: Path) -> None:
    deep = folder / ("e" * 120)
    short = paths.valkey_socket(deep).parent
    short.symlink_to(folder)
    try:
        with pytest.raises(embedded.EmbeddedServerError, match="belongs to somebody else"):
            embedded.valkey(deep).__enter__()
    finally:
        short.unlink()


def test_postgres_keeps_its_rows_over_a_stop(folder: Path) -> None:
    address = f"host={folder} user=postgres"
    with embedded.postgres(folder), psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Müller' AS name")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    with embedded.postgres(folder), psycopg.connect(address) as connection:
        assert connection.execute("SELECT name FROM kept").fetchone() == ("Müller",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")
def test_root_is_told_when_the_other_user_cannot_reach_the_data(folder: Path) -> None:
    with pytest.raises(embedded.EmbeddedServerError, match="Choose a folder below /tmp"):
        embedded.postgres(folder / "postgres").__enter__()


def test_a_command_is_run_with_the_address_of_the_server(folder: Path) -> None:
    read = "import os, sys; sys.exit(os.environ['REDIS_URL'].startswith('unix://') and 3)"
    command = [sys.executable, "-m", "migrator.embedded", "valkey", folder, sys.executable, "-c"]
    assert subprocess.run([*command, read]).returncode == 3
    assert not embedded._valkey_answers(paths.valkey_url(folder))
