"""A client at the screen: reads, remarks, ticks, accepts. Scripts are off: none is needed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from projects.models import Engagement
from tests.factories import SampleDiffFactory, job_lines
from tests.projects.review.reader import Reader

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small screen without JavaScript. Anything the policy refuses fails the test."""
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda line: wrong.append(line.text))
    yield page
    context.close()
    assert not wrong


def test_a_client_reads_remarks_ticks_and_accepts(
    live_server: LiveServer, kim: Reader, phone: Page
) -> None:
    SampleDiffFactory(run=kim.run, title="2001 Leak", lines=job_lines(priority="differs"))
    phone.goto(live_server.url + kim.address())
    phone.get_by_role("link", name="Only those with differences").click()
    expect(phone.get_by_role("status")).to_contain_text("1 record")
    phone.get_by_role("link", name="2001 Leak").click()
    phone.get_by_text("Not moved: 1 field with a value").click()
    expect(phone.get_by_role("cell", name="campaignId")).to_be_visible()
    phone.get_by_role("link", name="Comment on Priority").click()
    expect(phone.get_by_label("About")).to_have_value("priority")
    phone.get_by_label("Your name").fill("Kim Reed")
    phone.get_by_role("textbox", name="Comment").fill("Is Medium on purpose?")
    phone.get_by_role("button", name="Add the comment").click()
    expect(phone.get_by_text("Is Medium on purpose?")).to_be_visible()
    phone.get_by_role("link", name="Sign").click()
    for statement in ("job types", "Priorities", "technician is matched", "Addresses"):
        phone.get_by_label(statement).check()
    expect(phone.get_by_label("Your name")).to_have_value("Kim Reed")
    phone.get_by_role("button", name="Accept this sample").click()
    expect(phone.get_by_role("heading", name="Thank you, Kim Reed.")).to_be_visible()
    assert kim.engagement.state == Engagement.State.SIGNED_OFF


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(
    live_server: LiveServer, kim: Reader, page: Page, width: int
) -> None:
    long = "W" * 400
    diff = SampleDiffFactory(run=kim.run, title=long, lines=job_lines(priority="differs"))
    diff.lines[0] |= {"source_value": long, "planned": long, "read_back": long}
    diff.save()
    page.set_viewport_size({"width": width, "height": 800})
    for name, *args in (("overview",), ("records",), ("record", diff.pk), ("sign",)):
        page.goto(live_server.url + kim.address(name, *args))
        for summary in page.locator("summary").all():
            if summary.is_visible() and not summary.evaluate("s => s.parentElement.open"):
                summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
