"""What runs by itself at the destination is confirmed by name before anything is written."""

import pytest
from django.test import Client

from projects import gates
from projects.models import Confirmation, Engagement
from tests import moves
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanned(extracted: Engagement) -> Engagement:
    moves.perform(extracted, "scan")
    return extracted


def post(site: Client, engagement: Engagement, **form: object) -> str:
    address = f"/admin/projects/engagement/{engagement.pk}/safety/"
    return site.post(address, form, follow=True).content.decode()


def refusal(engagement: Engagement, stage: str) -> str:
    return " ".join(gates.refusals(engagement, stage))


def test_nothing_is_written_before_each_point_is_confirmed_by_name(
    site: Client, scanned: Engagement
) -> None:
    points = Confirmation.open_points(scanned)
    assert {"flow", "apex trigger", "validation rule", "email deliverability"} <= {
        point.code for point in points
    }
    assert f"{len(points)} point(s) of safety are to be confirmed" in refusal(scanned, "sample")
    assert "of safety are to be confirmed" in refusal(scanned, "load")
    first, *rest = points
    said = post(site, scanned, point=[first.pk], name="Dana Reyes")
    assert "1 point(s) are confirmed as seen to by Dana Reyes." in said
    assert f"{len(rest)} point(s) of safety" in refusal(scanned, "sample")
    post(site, scanned, point=[point.pk for point in rest], name="Dana Reyes")
    assert "of safety" not in refusal(scanned, "sample") + refusal(scanned, "load")
    entry = scanned.audit_entries.latest("sequence")
    assert (entry.action, entry.actor) == ("safety confirmed", "anna")
    assert "Dana Reyes" in entry.detail
    page = site.get(f"/admin/projects/engagement/{scanned.pk}/change/").content.decode()
    assert "all confirmed" in page
    assert "Dana Reyes" in page


def test_a_confirmation_needs_a_name_and_a_tick_and_only_takes_such_points(
    site: Client, scanned: Engagement
) -> None:
    point = Confirmation.open_points(scanned)[0]
    note = scanned.findings.filter(severity="note").first()
    assert note is not None
    assert "Say by name" in post(site, scanned, point=[point.pk], name="  ")
    assert "Tick the points" in post(site, scanned, name="Dana Reyes")
    assert "0 point(s)" in post(site, scanned, point=[note.pk, 999999], name="Dana Reyes")
    assert "Tick the points" in post(site, scanned, point=["1 OR 1=1"], name="Dana Reyes")
    assert not scanned.confirmations.exists()
    assert site.get(f"/admin/projects/engagement/{scanned.pk}/safety/").status_code == 404


def test_a_later_scan_asks_only_for_what_is_new(scanned: Engagement, practice: Practice) -> None:
    moves.story.confirm_safety(scanned)
    moves.perform(scanned, "scan")
    assert Confirmation.open_points(scanned) == []
    practice.edit("salesforce", op="user", set={"view_setup": False})
    moves.perform(scanned, "scan")
    assert {p.code for p in Confirmation.open_points(scanned)} >= {"apex triggers"}
    assert "of safety" in refusal(scanned, "sample")


def test_the_command_lists_what_is_open_and_confirms_it(scanned: Engagement) -> None:
    answer = command("safety")
    assert answer.code == 3
    assert "AccountRollup" in answer.out
    assert command("safety", "--name", "", "--as", "ann").code == 3
    answer = command("safety", "--name", "Dana Reyes", "--as", "ann", "--json")
    assert answer.code == 0
    assert answer.document["open"] == []
    assert answer.document["confirmed"] == scanned.confirmations.count() > 0
    assert command("safety").code == 0
