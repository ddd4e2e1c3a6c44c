"""Values come from the environment; a wrong one stops the start with a sentence."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from migrator import environment

KEYS = {
    "SECRET_KEY": "s" * 40,
    "FIELD_KEY": Fernet.generate_key().decode(),
    "AUDIT_KEY": "a" * 40,
    "ALLOWED_HOSTS": "migrate.example.com",
}


def start(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", "import migrator.settings"],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder)} | variables,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", KEYS)
def test_production_does_not_start_without_its_keys_and_hosts(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in KEYS.items() if name != missing}
    done = start(tmp_path, MIGRATOR_ENV="production", **given)
    assert done.returncode != 0
    assert f"{missing} is not set. Set it in the environment." in done.stderr
    assert not any(value in done.stderr for value in given.values())


def test_production_starts_with_them_and_writes_no_key(tmp_path: Path) -> None:
    assert start(tmp_path, MIGRATOR_ENV="production", **KEYS).stderr == ""
    assert not list(tmp_path.iterdir())


def test_a_lease_that_ends_before_the_longest_request_is_refused(tmp_path: Path) -> None:
    done = start(tmp_path, MIGRATOR_LEASE="60", MIGRATOR_HTTP_TIMEOUT="60")
    assert "Make the lease the longer one" in done.stderr
    assert start(tmp_path, MIGRATOR_LEASE="61", MIGRATOR_HTTP_TIMEOUT="60").returncode == 0


def test_error_pages_with_code_are_refused_in_production(tmp_path: Path) -> None:
    done = start(tmp_path, MIGRATOR_ENV="production", DEBUG="1", **KEYS)
    assert "DEBUG is 1 with MIGRATOR_ENV=production" in done.stderr


def test_a_trial_makes_its_keys_once_and_for_its_user_only(tmp_path: Path) -> None:
    first = environment.keys(tmp_path, production=False)
    assert environment.keys(tmp_path, production=False) == first
    assert stat.S_IMODE((tmp_path / "secret.env").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.env"]


@pytest.mark.parametrize(
    ("name", "value", "read", "sentence"),
    [
        ("MIGRATOR_ENV", "prod", lambda: environment.choice("MIGRATOR_ENV", ("a", "b")), "a, b"),
        ("MIGRATOR_LEASE", "2m", lambda: environment.number("MIGRATOR_LEASE", 1), "whole number"),
        ("MIGRATOR_LEASE", "0", lambda: environment.number("MIGRATOR_LEASE", 1), "at least 1"),
        ("DEBUG", "yes", lambda: environment.flag("DEBUG"), "one of: 0, 1"),
        ("REDIS_URL", "localhost:6379", lambda: environment.redis_url(""), "redis://host:6379/0"),
        ("DATABASE_URL", "mysql://h/n", lambda: environment.database(Path("d")), "postgres://"),
        ("DATABASE_URL", "postgres://h", lambda: environment.database(Path("d")), "no database"),
        ("DATABASE_URL", "postgres://u:p@h:x/n", lambda: environment.database(Path("d")), "not a"),
        ("DATA_DIR", "/proc/none", lambda: environment.data_dir(Path("d")), "may write to"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    read: Callable[[], object],
    sentence: str,
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert name in str(caught.value)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEY", "AUDIT_KEY"])
def test_a_weak_key_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    for key, value in (KEYS | {name: "hunter2"}).items():
        monkeypatch.setenv(key, value)
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        environment.keys(tmp_path, production=True)
    assert "hunter2" not in str(caught.value)


def test_a_postgres_url_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgres://me:p%40ss@db.example.com:6432/moves?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", url)
    found = environment.database(Path("unused"))
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.com", "6432", "moves")
    assert (found["USER"], found["PASSWORD"]) == ("me", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_postgres_url_may_name_a_socket_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@/moves?host=/run/postgresql")
    found = environment.database(Path("unused"))
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "", {})


def test_a_sqlite_url_with_four_slashes_is_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/data/moves.sqlite3")
    assert environment.database(Path("unused"))["NAME"] == Path("/srv/data/moves.sqlite3")


@pytest.mark.django_db
def test_every_sqlite_connection_has_its_pragmas() -> None:
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        for pragma, value in (("journal_mode", "wal"), ("recursive_triggers", 1)):
            assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)
