"""Who may see what, and where a link must not turn up."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from projects.models import Comment, Engagement, ReviewLink, Run
from tests.factories import ConnectionFactory, EngagementFactory, reviewable
from tests.projects.review.reader import Reader, reader

pytestmark = pytest.mark.django_db
PAGES = ("overview", "records", "sign")


def revoke(link: ReviewLink) -> None:
    link.revoked_at = timezone.now()
    link.save()


def expire(link: ReviewLink) -> None:
    link.expires_at = timezone.now() - timedelta(seconds=1)
    link.save()


def test_unknown_expired_and_revoked_links_get_the_same_answer() -> None:
    revoked, expired = reader(reviewable()), reader(reviewable())
    revoke(revoked.link)
    expire(expired.link)
    unknown = Client()
    answers = [
        *(r.get(page) for r in (revoked, expired) for page in PAGES),
        unknown.get("/review/no-such-link/"),
        unknown.get("/review/%00%C3%28%20'/sign/"),
        unknown.get(f"/review/{'x' * 5000}/records/1/"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert b"Harbor" not in answers[0].content


def test_a_closed_link_signs_and_says_nothing(kim: Reader) -> None:
    form = {**kim.hidden(), "name": "Kim", "text": "Hello", "decision": "changes", "comment": "x"}
    revoke(kim.link)
    assert [kim.send(form, page).status_code for page in PAGES] == [404, 404, 404]
    assert not Comment.objects.exists()
    assert not kim.engagement.sign_offs.exists()


def test_a_record_of_another_engagement_is_not_found(kim: Reader) -> None:
    foreign = reviewable().sample_diffs.first()
    assert foreign is not None
    assert kim.get("record", foreign.pk).status_code == 404
    seen = kim.hidden()
    sent = kim.send({**seen, "name": "Kim", "text": "Hello"}, "record", foreign.pk)
    assert sent.status_code == 404
    assert not Comment.objects.exists()


def test_an_absurd_record_number_is_not_found(kim: Reader) -> None:
    assert kim.get("record", 10**30).status_code == 404


def test_only_the_own_engagement_is_listed(kim: Reader) -> None:
    other = reviewable(client_name="Rival Plumbing")
    Comment.objects.create(engagement=other.engagement, author="Lee", text="Rival remark")
    pages = kim.text() + kim.text("records") + kim.text("sign")
    assert "Rival" not in pages
    assert other.engagement.name not in pages


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_kept_or_leads_outside(kim: Reader, page: str) -> None:
    headers = kim.get(page).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    text = kim.text(page)
    assert "http" not in text
    assert "<script" not in text
    assert "<style" not in text
    assert " style=" not in text


def test_no_log_line_carries_a_token(kim: Reader, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kim.client.put(kim.address())
    kim.client.post(kim.address("sign"), {})
    kim.get("record", 10**6)
    kim.client.get(kim.address() + "nowhere/")
    revoke(kim.link)
    kim.get()
    lines = [line for line in caplog.messages if "/review/(token)/" in line]
    assert len(lines) == 5
    assert kim.token not in caplog.text


@pytest.mark.parametrize("status", [None, *Run.LIVE])
def test_a_page_says_when_there_is_nothing_to_review_yet(status: str | None) -> None:
    run = reviewable()
    Run.objects.filter(pk=run.pk).update(status=status or Run.Status.FAILED)
    kim = reader(run)
    for page in PAGES:
        assert "Your sample is not ready yet" in kim.text(page)
        assert "<form" not in kim.text(page)


def test_an_engagement_without_accounts_is_not_ready() -> None:
    run = Run(engagement=EngagementFactory())
    ConnectionFactory(engagement=run.engagement)
    assert "not ready yet" in reader(run).text()


def test_no_other_code_creates_a_sign_off() -> None:
    """Staff, commands and imports reach the table only through what the client did."""
    makers = (
        "SignOff(",
        "SignOff.objects",
        "sign_offs.create",
        "sign_offs.get_or",
        "sign_offs.add",
    )
    root = Path(settings.BASE_DIR)
    found = {
        path.relative_to(root).as_posix()
        for folder in ("projects", "migrator", "connectors")
        for path in (root / folder).rglob("*.py")
        if "migrations" not in path.parts and any(maker in path.read_text() for maker in makers)
    }
    assert found - {"projects/models/review.py"} == {"projects/review/decision.py"}
    declared = (root / "projects/models/review.py").read_text()
    assert [maker for maker in makers if maker in declared] == ["SignOff("]
    assert declared.count("SignOff(") == declared.count("class SignOff(models.Model)") == 1


def test_staff_cannot_sign_without_the_link(kim: Reader, admin_client: Client) -> None:
    """Signed in as staff, the admin offers no way to add or change a decision."""
    sent = {"engagement": kim.run.engagement_id, "name": "Staff", "decision": "accepted"}
    answer = admin_client.post("/admin/projects/signoff/add/", sent)
    assert answer.status_code in (403, 404)
    assert Engagement.objects.get(pk=kim.run.engagement_id).state == Engagement.State.MAPPED
    assert not kim.engagement.sign_offs.exists()
