"""The page of a destination's fields, on two practice orgs."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page

from projects import queue
from projects.commandline import accounts
from projects.models import Connection, CreatedField, Engagement
from tests import moves
from tests.practice import Practice, start
from tests.projects.admin.test_browser import NAMELESS, open_, page_of, signed_in

__all__ = ["signed_in"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def orgs() -> Iterator[tuple[Practice, Practice]]:
    running = start(customers=5, jobs=5), start(customers=5, jobs=5, copy=True)
    yield running
    for each in running:
        each.stop()


@pytest.fixture
def engagement(orgs: tuple[Practice, Practice]) -> Engagement:
    """Inventoried; the rehearsal lacks most of our fields, production has them."""
    production, copy = orgs
    production.reset()
    copy.limits("salesforce", custom_objects=False)
    copy.reset()
    made = moves.connected(production)
    given = accounts.from_practice("salesforce", copy.urls)
    rehearsal = Connection(
        engagement=made, role="rehearsal", kind="salesforce", settings=given["settings"]
    )
    rehearsal.set_secrets(given["secrets"])
    rehearsal.save()
    rehearsal.check_account()
    moves.perform(made, "inventory")
    return made


def fields(engagement: Engagement, role: str, more: str = "") -> str:
    return f"/admin/projects/engagement/{engagement.pk}/fields/{role}/{more}"


def test_each_account_has_its_page_and_its_files(site: Client, engagement: Engagement) -> None:
    page = site.get(fields(engagement, "rehearsal")).content.decode()
    assert "to be created" in page
    assert re.search(r"Create \d+ fields", page)
    assert "Nothing is missing" in str(
        site.get(fields(engagement, "destination", "file/create/"), follow=True).content
    )
    sheet = site.get(fields(engagement, "rehearsal", "file/fields.csv/"))
    assert sheet["Content-Disposition"] == 'attachment; filename="fields.csv"'
    assert b"Appointment__c" in sheet.content
    package = site.get(fields(engagement, "rehearsal", "file/create/"))
    assert package["Content-Disposition"] == 'attachment; filename="create-fields.zip"'
    assert site.get(fields(engagement, "source")).status_code == 404


def test_fields_are_created_where_the_button_says_and_removed_only_when_understood(
    site: Client, engagement: Engagement, live_redis: object
) -> None:
    site.post(fields(engagement, "rehearsal", "start/fields/"))
    run = engagement.runs.get(stage="fields")
    assert run.connection == engagement.rehearsal
    queue.perform(run.pk)
    assert CreatedField.there(run.connection).count() > 50
    page = site.get(fields(engagement, "rehearsal")).content.decode()
    assert "Every value in these fields is lost" in page
    assert "Remove them" in page
    undo = fields(engagement, "rehearsal", "start/undo-fields/")
    assert "tick that you have read" in site.post(undo, follow=True).content.decode()
    assert not engagement.runs.filter(stage="undo-fields").exists()
    unasked = site.post(f"/admin/projects/engagement/{engagement.pk}/start/undo-fields/")
    assert unasked.status_code == 404
    site.post(undo, {"understood": "yes"})
    queue.perform(engagement.runs.get(stage="undo-fields").pk)
    assert not CreatedField.there(run.connection).exists()


def test_steps_say_where_they_go_and_a_rollback_where_from(
    site: Client, engagement: Engagement
) -> None:
    page = site.get(page_of(engagement)).content.decode()
    assert page.count("At rehearsal: Salesforce Practice Org Sandbox.") == 2
    assert page.count("At destination: Salesforce Practice Org.") == 2
    rollback = site.get(f"/admin/projects/engagement/{engagement.pk}/rollback/?at=rehearsal")
    assert "Rehearsal: Salesforce Practice Org Sandbox" in rollback.content.decode()
    assert rollback.context["account"] == engagement.rehearsal


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_fits_a_desk_and_a_phone(
    signed_in: Page, engagement: Engagement, width: int
) -> None:
    signed_in.set_viewport_size({"width": width, "height": 900})
    open_(signed_in, fields(engagement, "rehearsal"))
    assert signed_in.evaluate(NAMELESS) == []
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width
