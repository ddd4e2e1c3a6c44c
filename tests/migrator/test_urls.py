"""What the site answers before anybody signs in."""

import pytest
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer


def policy(client: Client, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]


def test_the_root_leads_to_the_admin(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/admin/"


@pytest.mark.parametrize("path", ["/django-rq/", "/admin/django_rq/dashboard/"])
@pytest.mark.django_db
def test_the_queue_has_no_pages_beside_the_list_of_runs(admin_client: Client, path: str) -> None:
    assert admin_client.get(path).status_code == 404


def test_scripts_are_evaluated_in_the_admin_and_nowhere_else(client: Client) -> None:
    assert "'unsafe-eval'" in policy(client, "/admin/login/")
    assert "unsafe" not in policy(client, "/")
    assert "unsafe" not in policy(client, "/administrator")


@pytest.mark.parametrize("path", ["/", "/admin/login/"])
def test_no_page_may_be_framed_or_load_from_another_host(client: Client, path: str) -> None:
    assert "frame-ancestors 'none'" in policy(client, path)
    assert "default-src 'self'" in policy(client, path)
    assert "http" not in policy(client, path)


def test_the_sign_in_page_runs_under_its_policy(live_server: LiveServer, page: Page) -> None:
    lines: list[ConsoleMessage] = []
    page.on("console", lambda line: lines.append(line))
    page.goto(f"{live_server.url}/admin/login/")
    page.get_by_role("button", name="Log in").wait_for()
    assert [line.text for line in lines if line.type == "error"] == []
