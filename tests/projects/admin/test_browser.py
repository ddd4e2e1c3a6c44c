"""The staff's pages in a browser: by keyboard, while a run goes on, on a desk and on a phone."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from projects.models import Engagement, Run, Slice
from tests.projects.admin import made

NAMELESS = """
[...document.querySelectorAll('#content :is(a, button, input, select, textarea)')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility())
  .filter(e => !(e.innerText.trim() || e.ariaLabel || e.title || e.placeholder || e.labels?.length))
  .map(e => e.outerHTML.slice(0, 200))
"""
"""What can be operated but has no name to be read aloud."""

TOO_WIDE = """
[...document.querySelectorAll('.m-stack')]
  .filter(e => e.offsetWidth > e.parentElement.clientWidth).map(e => e.innerText.slice(0, 80))
"""
"""Tables for people that would have to be pushed aside to be read."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(page: Page, live_server: object, site: Client) -> Page:
    """A page that goes by its session's cookie, and resolves addresses at the test's server."""
    cookie = site.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}]
    )
    page.goto(f"{live_server}/admin/")
    return page


def open_(page: Page, path: str) -> None:
    page.goto(page.url.partition("/admin/")[0] + path)


def page_of(engagement: Engagement) -> str:
    return f"/admin/projects/engagement/{engagement.pk}/change/"


def test_the_next_action_is_reached_and_pressed_by_keyboard(
    signed_in: Page, live_redis: object
) -> None:
    engagement = made.proposed()
    open_(signed_in, page_of(engagement))
    button = signed_in.locator("#next-action")
    expect(button).to_have_text("Extract the source")
    for _ in range(60):
        signed_in.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            break
    else:
        pytest.fail("Tab never reached the next action")
    outline = button.evaluate("e => getComputedStyle(e).outlineStyle")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("#live progress")).to_be_visible()
    assert outline == "solid"
    assert engagement.runs.get(stage="extract").started_by == "anna"


def test_the_bar_moves_by_itself_and_the_page_follows_the_runs_end(signed_in: Page) -> None:
    engagement = made.signed()
    run = made.ran(engagement, "load", status="running")
    piece = Slice.objects.create(run=run, object="Account", number=0, done=10, total=40)
    open_(signed_in, page_of(engagement))
    bar = signed_in.locator("#live progress")
    expect(bar).to_have_js_property("value", 25)
    signed_in.fill("[name=fallback_owner]", "typed meanwhile")
    signed_in.locator(f"#cancel-{run.pk}").focus()
    Slice.objects.filter(pk=piece.pk).update(done=30)
    expect(bar).to_have_js_property("value", 75, timeout=15_000)
    expect(signed_in.locator(f"#cancel-{run.pk}")).to_be_focused()
    Run.objects.filter(pk=run.pk).update(status="failed", message="The disk is full.")
    expect(signed_in.locator("#overview")).to_contain_text("The disk is full.", timeout=15_000)
    expect(bar).to_have_count(0)
    expect(signed_in.locator("[name=fallback_owner]")).to_have_value("typed meanwhile")


def test_the_overview_says_how_far_a_run_is(signed_in: Page) -> None:
    run = made.ran(made.signed(), "load", status="running")
    Slice.objects.create(run=run, object="Account", number=0, done=10, total=40)
    open_(signed_in, "/admin/")
    expect(signed_in.get_by_label("Load everything")).to_have_js_property("value", 25)


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_its_window(signed_in: Page, width: int) -> None:
    engagement = made.loaded()
    row = engagement.mapping_rows.first()
    operation = engagement.load_items.get(key="8450/jobs/7").operations.get()
    assert row is not None
    below = f"/admin/projects/engagement/{engagement.pk}"
    signed_in.set_viewport_size({"width": width, "height": 900})
    for path in (
        "/admin/",
        page_of(engagement),
        f"{below}/rollback/",
        f"{below}/exchange/mapping-rows/",
        "/admin/projects/mappingrow/",
        f"/admin/projects/mappingrow/{row.pk}/change/",
        f"/admin/projects/operation/{operation.pk}/change/",
        "/admin/projects/auditentry/",
        f"/admin/projects/connection/{engagement.source.pk}/change/",
    ):
        open_(signed_in, path)
        over = signed_in.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, path
        assert signed_in.evaluate(NAMELESS) == [], path
        assert signed_in.evaluate(TOO_WIDE) == [], path


def test_rows_are_filtered_and_edited_in_the_list(signed_in: Page) -> None:
    engagement = made.scanned()
    open_(signed_in, f"/admin/projects/technicianmatch/?engagement__id__exact={engagement.pk}")
    row = signed_in.locator("tbody", has_text="Cleo Marsh")
    row.locator("select").select_option("skip")
    signed_in.get_by_role("button", name="Save").first.click()
    expect(signed_in.locator("#content, #main").first).to_contain_text("1 technician match")
    cleo = engagement.technician_matches.get(name="Cleo Marsh")
    assert (cleo.action, cleo.confirmed_by) == ("skip", "anna")
    open_(signed_in, page_of(engagement))
    expect(signed_in.locator("#next-action")).to_have_text("Confirm the mapping")
