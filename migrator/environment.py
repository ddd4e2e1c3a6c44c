"""Typed readers of environment variables.

In: `os.environ`. Out: values, or `ImproperlyConfigured` with one sentence that names the
variable, says what is wrong and what would be right. A secret's value is never repeated.
"""

import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

SQLITE_START = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;
PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000;
PRAGMA recursive_triggers=ON;
"""
"""Run on every connection. Without recursive_triggers an INSERT OR REPLACE would delete an
append-only row without asking its trigger (sqlite.org/pragma.html#pragma_recursive_triggers)."""

KEYS = ("SECRET_KEY", "FIELD_KEY", "AUDIT_KEY")


def text(name: str, default: str | None = None) -> str:
    """The variable's text, or `default` where it is absent or empty."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment.")
    return value


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of the `allowed` words; the first is the default."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(allowed)}.")
    return value


def number(name: str, default: int, least: int = 1) -> int:
    """A whole number of at least `least`."""
    value = text(name, str(default))
    if not re.fullmatch(r"\d{1,9}", value) or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Set it to a whole number of at least {least}."
        )
    return int(value)


def flag(name: str) -> bool:
    """True for 1, false for 0 or absent."""
    return choice(name, ("0", "1")) == "1"


def words(name: str, default: str | None = None) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def data_dir(default: Path) -> Path:
    """DATA_DIR as an absolute folder that only we may read; made where absent."""
    folder = Path(text("DATA_DIR", str(default))).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR {folder} cannot be made ({error.strerror}). Set DATA_DIR to a folder "
            "this user may write to."
        ) from None
    return folder


def database(default: Path) -> dict[str, Any]:
    """Django's settings for DATABASE_URL: sqlite:///path or postgres://user:password@host/name.

    A PostgreSQL socket folder goes into the query: postgres://user@/name?host=/run/postgresql.
    Any other query argument becomes a libpq option (sslmode=require).
    """
    url = _split("DATABASE_URL", f"sqlite:///{default}")
    if url.scheme == "sqlite":
        return _sqlite(Path(unquote(url.path.removeprefix("/")) or default))
    if url.scheme in ("postgres", "postgresql"):
        return _postgres(url)
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with {url.scheme!r}. Set it to sqlite:///path/to/file or "
        "postgres://user:password@host:port/name."
    )


def redis_url(default: str) -> str:
    """REDIS_URL: redis://, rediss:// or unix:///path."""
    url = text("REDIS_URL", default)
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            "REDIS_URL is not a Redis address. Set it to redis://host:6379/0 or "
            "unix:///path/to/socket, or leave it out for the embedded server."
        )
    return url


def keys(folder: Path, production: bool) -> dict[str, str]:
    """SECRET_KEY, FIELD_KEY and AUDIT_KEY.

    Production takes them from the environment only: a key beside the data it protects
    protects nothing. Elsewhere they are made once, into `folder`/secret.env, mode 600.
    """
    kept = {} if production else _kept_keys(folder / "secret.env")
    found = {name: text(name, kept.get(name)) for name in KEYS}
    try:
        Fernet(found["FIELD_KEY"])
    except ValueError:
        raise ImproperlyConfigured(
            "FIELD_KEY is not 32 url-safe base64 bytes. Make one with: python -c "
            '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
        ) from None
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        if len(found[name]) < 32:
            raise ImproperlyConfigured(f"{name} is too short. Set it to 32 characters or more.")
    return found


def _split(name: str, default: str) -> SplitResult:
    try:
        url = urlsplit(text(name, default))
        _ = url.port
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is not a URL. Percent-encode special characters in its password."
        ) from None
    return url


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # IMMEDIATE, because a transaction that reads first and writes later is refused
            # at once, whatever the timeout, when another worker wrote in between.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_START.replace("\n", " ").strip(),
        },
        "TEST": {"NAME": path.with_name("test.sqlite3")},
    }


def _postgres(url: SplitResult) -> dict[str, Any]:
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    name = unquote(url.path.removeprefix("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database. Set it to postgres://user:password@host:port/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", unquote(url.hostname or "")),
        "PORT": str(url.port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _kept_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        _make_keys(path)
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def _make_keys(path: Path) -> None:
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEY": Fernet.generate_key().decode(),
        "AUDIT_KEY": secrets.token_urlsafe(48),
    }
    # Web and workers may start at once: whoever links first decides, nobody reads a half file.
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:
        draft.write("".join(f"{name}={value}\n" for name, value in made.items()))
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
