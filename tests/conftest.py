"""What every test may use: a data folder of its own, a real Valkey, a browser, seeds.

The environment is set while this file is imported, before Django reads its settings.
DATABASE_URL is honoured, so that the same suite runs on PostgreSQL.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, Request, sync_playwright
from pytest_django.fixtures import Settings

from migrator import embedded

if TYPE_CHECKING:
    from tests.workers import Workers

DATA_DIR = Path(tempfile.mkdtemp(prefix="migrator-tests-"))
CHROMIUM = os.environ.get("MIGRATOR_CHROMIUM", "/usr/bin/chromium")
CLIENTS = os.environ.get("MIGRATOR_CLIENTS", "")
"""Where `make clients` put other people's clients; empty where they are not asked for."""
NO_BROWSER = os.environ.get("MIGRATOR_NO_BROWSER") == "1"
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "child_environment"}

CALLED_WITH = dict(os.environ)
for name in list(os.environ):
    if name.startswith("MIGRATOR_") or name in {"REDIS_URL", "DEBUG", "LOG_LEVEL", "ALLOWED_HOSTS"}:
        del os.environ[name]
os.environ |= {"DATA_DIR": str(DATA_DIR), "DJANGO_SETTINGS_MODULE": "migrator.settings"}
left_out: dict[str, list[str]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=3, help="how many seeds a `seed` test runs with")


def pytest_configure() -> None:
    """Read the settings now: pytest-django sets Django up right after, if they are there.
    A machine that is busy fails no property."""
    assert settings.DATA_DIR == DATA_DIR
    hypothesis_settings.register_profile("untimed", deadline=None)
    hypothesis_settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """With `-n`, each process starts where this one did, and makes a data folder of its own."""
    os.environ.clear()
    os.environ.update(CALLED_WITH)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = left_out


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    left_out.update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, metafunc.config.getoption("seeds") + 1))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the database or the browser; leave out, by name, what cannot run here."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if "browser" in used:
            item.add_marker("browser")
        if NO_BROWSER and item.get_closest_marker("browser"):
            left_out.setdefault("there is no browser", []).append(item.nodeid)
        elif not CLIENTS and item.get_closest_marker("clients"):
            left_out.setdefault("only `make clients` runs this", []).append(item.nodeid)
        elif not ON_POSTGRES and item.get_closest_marker("postgres"):
            left_out.setdefault("this run is on SQLite", []).append(item.nodeid)
        elif ON_POSTGRES and item.get_closest_marker("sqlite"):
            left_out.setdefault("this run is on PostgreSQL", []).append(item.nodeid)
        elif hasattr(config, "workerinput") and item.get_closest_marker("alone"):
            left_out.setdefault("others run beside it", []).append(item.nodeid)
    gone = {nodeid for names in left_out.values() for nodeid in names}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in gone])
    items[:] = [item for item in items if item.nodeid not in gone]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, names in left_out.items():
        terminalreporter.section(f"NOT RUN: {reason}")
        for nodeid in names:
            terminalreporter.write_line(nodeid)


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let the emptying of tables between tests, and nothing else, past the audit's triggers."""
    # On the class: inside a browser test's event loop Django opens a second connection.
    operations: Any = type(connection.ops)
    plain = operations.execute_sql_flush
    operations.execute_sql_flush = lambda own, statements: plain(own, _past_triggers(statements))


def _past_triggers(statements: list[str]) -> list[str]:
    if ON_POSTGRES:
        return ["SET LOCAL session_replication_role = replica", *statements]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = dict(cursor.fetchall())
    return [*(f'DROP TRIGGER "{name}"' for name in triggers), *statements, *triggers.values()]


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of a real Valkey, the one the settings name."""
    with embedded.valkey(settings.VALKEY_DIR) as url:
        yield url


@pytest.fixture
def live_redis(valkey_url: str) -> Iterator[redis.Redis]:
    """A client of that Valkey, which holds nothing yet."""
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
        yield client


@pytest.fixture
def child_environment(transactional_db: None, live_redis: redis.Redis) -> dict[str, str]:
    """The environment in which a child process shares this test's database and Valkey."""
    database = {key: quote(str(value), "") for key, value in connection.settings_dict.items()}
    if ON_POSTGRES:
        url = "postgres://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**database)
    else:
        url = "sqlite:///{NAME}".format(**database)
    return os.environ | {"DATABASE_URL": url}


@pytest.fixture
def workers(child_environment: dict[str, str], settings: Settings) -> Iterator["Workers"]:
    """Real RQ workers on this test's database and Valkey, quick to notice a dead one."""
    from tests.workers import LEASE_SECONDS, Workers  # only once Django is set up

    settings.LEASE_SECONDS, settings.BELL_SECONDS = LEASE_SECONDS, 2
    crew = Workers(child_environment)
    yield crew
    crew.dismiss()


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium. A test that opens one must not be skipped where it is missing, but fail."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.fail(f"There is no browser at {CHROMIUM}. Run: make browser")
    # Playwright's loop runs in this thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    options = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page. Any script error, or request to another host, fails the test."""
    context = browser.new_context()
    opened, wrong = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: wrong.extend(_outside(request)))
    yield opened
    context.close()
    assert not wrong


def _outside(request: Request) -> list[str]:
    url = urlsplit(request.url)
    loopback = url.scheme not in ("http", "https") or url.hostname in ("localhost", "127.0.0.1")
    return [] if loopback else [request.url]
