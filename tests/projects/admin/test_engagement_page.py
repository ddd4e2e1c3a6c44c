"""The page from which a move is run."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.utils import timezone

from projects import gates
from projects.models import Engagement, ReviewLink, Run, TechnicianMatch
from tests.projects.admin import made

pytestmark = pytest.mark.django_db


def url(engagement: Engagement, rest: str = "change/") -> str:
    return f"/admin/projects/engagement/{engagement.pk}/{rest}"


def text(site: Client, engagement: Engagement) -> str:
    return site.get(url(engagement)).content.decode()


def test_each_shut_gate_says_why(site: Client) -> None:
    engagement = made.scanned()
    page = text(site, engagement)
    for action in ("confirm", "sample", "load", "rollback", "delta"):
        for sentence in gates.refusals(engagement, action):
            assert sentence in page
    assert "who owns the work of: Cleo Marsh" in page


def test_an_engagement_without_accounts_says_what_to_connect(site: Client) -> None:
    engagement = Engagement.objects.create(name="Fresh", client_name="F")
    assert "Connect and check: source, destination." in text(site, engagement)


def test_the_next_action_is_the_first_step_that_is_open(site: Client) -> None:
    engagement = made.scanned()
    assert 'id="next-action"' not in text(site, engagement)
    TechnicianMatch.objects.filter(action="undecided").update(action="skip")
    page = text(site, engagement)
    assert page.count('id="next-action"') == 1
    assert f'action="{url(engagement, "confirm/")}"' in page.split("Steps</h2>")[0]


def test_confirming_freezes_the_plan_once(site: Client) -> None:
    engagement = made.scanned()
    assert site.get(url(engagement, "confirm/")).status_code == 404
    site.post(url(engagement, "confirm/"))
    engagement.refresh_from_db()
    assert engagement.state == Engagement.State.DRAFT
    TechnicianMatch.objects.filter(action="undecided").update(action="skip")
    site.post(url(engagement, "confirm/"))
    engagement.refresh_from_db()
    assert engagement.state == Engagement.State.MAPPED
    assert engagement.plans.count() == 1
    assert engagement.audit_entries.latest("sequence").action == "mapping confirmed"


def test_a_press_starts_one_run_and_comes_back(site: Client, live_redis: redis.Redis) -> None:
    engagement = made.proposed()
    assert site.get(url(engagement, "start/extract/")).status_code == 404
    answer = site.post(url(engagement, "start/extract/"), follow=True)
    run = engagement.runs.get(stage="extract")
    assert (run.status, run.started_by) == (Run.Status.QUEUED, "anna")
    assert f"run {run.pk} is started" in answer.content.decode()


def test_a_shut_gate_starts_nothing(site: Client, live_redis: redis.Redis) -> None:
    engagement = made.proposed()
    answer = site.post(url(engagement, "start/load/"), {"understood": "yes"}, follow=True)
    assert "Confirm the mapping first." in answer.content.decode()
    assert not engagement.runs.filter(stage="load").exists()
    for stage in ("rollback", "nonsense"):
        assert site.post(url(engagement, f"start/{stage}/")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_give_one_run(live_redis: redis.Redis) -> None:
    User.objects.create(username="anna", is_staff=True, is_superuser=True)
    engagement = made.signed()
    together = threading.Barrier(4)
    answers, yes = [], {"understood": "yes"}

    def press() -> None:
        client = Client()
        client.force_login(User.objects.get())
        together.wait()
        answers.append(client.post(url(engagement, "start/load/"), yes).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 4
    assert engagement.runs.filter(stage="load").count() == 1


@pytest.mark.parametrize("address", ["unix:///nowhere/valkey.sock", "redis://127.0.0.1:1/0"])
def test_without_redis_one_message_says_so_and_nothing_is_started(
    site: Client, settings: Any, address: str
) -> None:
    engagement = made.proposed()
    settings.RQ_QUEUES = {"default": {"URL": address}}
    answer = site.post(url(engagement, "start/extract/"), follow=True)
    assert [str(m) for m in answer.context["messages"]] == [
        "Redis does not answer (ConnectionError), so no worker would hear of the run. Nothing "
        "was started. Start Redis (or `manage.py serve`) and try again."
    ]
    assert not engagement.runs.filter(stage="extract").exists()


def test_a_wrong_redis_password_gives_one_message(
    site: Client, settings: Any, valkey_url: str
) -> None:
    engagement = made.proposed()
    wrong = valkey_url.replace("unix://", "unix://user:not-the-password@")
    settings.RQ_QUEUES = {"default": {"URL": wrong}}
    answer = site.post(url(engagement, "start/extract/"), follow=True)
    messages = [str(m) for m in answer.context["messages"]]
    assert len(messages) == 1
    assert messages[0].startswith("Redis does not answer")
    assert "not-the-password" not in answer.content.decode()


def test_a_live_run_is_a_bar_that_ends_with_the_run(site: Client) -> None:
    engagement = made.signed()
    run = made.ran(engagement, "load", status="running")
    made.Slice.objects.create(run=run, object="Account", number=0, done=1500, total=3000)
    bar = site.get(url(engagement, "live/"))
    assert bar.status_code == 200
    for part in ("1,500 of 3,000", "50 %", 'hx-trigger="every 2s"', "records a second", "Cancel"):
        assert part in bar.content.decode()
    Run.objects.filter(pk=run.pk).update(status="failed", message="The disk is full.")
    over = site.get(url(engagement, "live/"))
    assert over.status_code == 286
    assert over["HX-Retarget"] == "#overview"
    assert "The disk is full." in over.content.decode()
    assert "hx-trigger" not in over.content.decode()


def test_a_run_is_paused_resumed_and_cancelled(site: Client, live_redis: redis.Redis) -> None:
    engagement = made.signed()
    run = made.ran(engagement, "load", status="running")
    seen = []
    for verb in ("pause", "resume", "cancel"):
        site.post(url(engagement, f"run/{run.pk}/{verb}/"))
        run.refresh_from_db()
        seen.append(run.status)
    assert seen == ["paused", "queued", "cancelled"]
    assert site.get(url(engagement, f"run/{run.pk}/cancel/")).status_code == 404


def test_a_run_of_another_engagement_cannot_be_steered_from_here(site: Client) -> None:
    engagement, other = made.signed(), made.signed("Another client")
    run = made.ran(other, "load", status="running")
    assert site.post(url(engagement, f"run/{run.pk}/cancel/")).status_code == 404
    run.refresh_from_db()
    assert run.status == "running"


def test_the_page_shows_tallies_bars_findings_and_differences(site: Client) -> None:
    page = text(site, made.loaded())
    for part in (
        '<td class="m-number">1,000</td>',
        'aria-label="Case: 25 landed, 1 held, 0 failed"',
        'aria-label="Contact: 13 landed, 0 held, 1 failed"',
        "300 characters do not fit",
        "Repair the furnace",
        "1 unexplained.",
        "Set apart <small>2</small>",
    ):
        assert part in page


def test_what_a_rollback_kept_is_listed_with_its_reason(site: Client) -> None:
    engagement = made.loaded()
    item = engagement.load_items.filter(state="landed").first()
    assert item is not None
    item.state, item.reason = "kept", "A user added a task under it."
    item.save()
    assert "A user added a task under it." in text(site, engagement)


def test_a_rollback_is_asked_for_twice(site: Client, live_redis: redis.Redis) -> None:
    engagement = made.loaded()
    page = site.get(url(engagement, "rollback/")).content.decode()
    assert "38 records would be taken back" in page
    assert "Case numbers" in page
    few = site.get(url(engagement, "rollback/?object=Contact")).content.decode()
    assert "13 records would be taken back" in few
    site.post(url(engagement, "rollback/"), {"object": "Contact"})
    assert not engagement.runs.filter(stage="rollback").exists()
    site.post(url(engagement, "rollback/"), {"object": "Contact", "understood": "yes"})
    assert engagement.runs.get(stage="rollback").options == {"object": "Contact"}


def test_a_review_link_is_shown_once_and_can_be_revoked(site: Client) -> None:
    engagement = made.signed()
    answer = site.post(url(engagement, "link/"), {"label": "Kim", "days": "7"})
    address = answer.context["address"]
    token = address.rstrip("/").rpartition("/")[2]
    link = ReviewLink.open(token)
    assert link is not None
    assert address in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert token not in text(site, engagement)
    site.post(url(engagement, f"link/{link.pk}/revoke/"))
    assert ReviewLink.open(token) is None
    actions = engagement.audit_entries.values_list("action", flat=True)
    assert list(actions)[-2:] == ["review link issued", "review link revoked"]


@pytest.mark.parametrize("days", ["0", "9999", "-1", "soon"])
def test_a_link_for_an_odd_time_is_refused(site: Client, days: str) -> None:
    engagement = made.scanned()
    site.post(url(engagement, "link/"), {"label": "Kim", "days": days})
    assert not engagement.review_links.exists()


def test_only_staff_with_the_right_may_press(client: Client, live_redis: redis.Redis) -> None:
    engagement = made.proposed()
    press = url(engagement, "start/extract/")
    assert client.post(press).status_code == 302
    clerk = User.objects.create(username="clerk", is_staff=True)
    client.force_login(clerk)
    for path in (press, url(engagement, "link/"), url(engagement, "rollback/")):
        assert client.post(path).status_code == 403
    assert client.get(url(engagement, "exchange/mapping-rows/?format=csv")).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="change_engagement"))
    client.post(press)
    assert engagement.runs.filter(stage="extract").count() == 1


def test_a_press_without_the_forms_token_is_refused(staff: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)
    engagement = made.proposed()
    assert strict.post(url(engagement, "start/extract/")).status_code == 403


def test_who_may_only_look_sees_no_button(client: Client) -> None:
    engagement = made.signed()
    auditor = User.objects.create(username="auditor", is_staff=True)
    auditor.user_permissions.add(Permission.objects.get(codename="view_engagement"))
    client.force_login(auditor)
    page = client.get(url(engagement)).content.decode()
    assert "Sign-off" in page
    for path in ("start/load/", "link/", "rollback/"):
        assert url(engagement, path) not in page


def test_the_clients_step_says_what_is_missing_from_them(site: Client) -> None:
    engagement = made.signed()
    signed = engagement.sign_offs.get()
    signed.decision, signed.comment = "changes", "The priority is wrong."
    signed.save()
    before = text(site, engagement).split("Steps</h2>")[0]
    assert "Client&#x27;s review" in before
    assert "Rita Moreno asks for changes: The priority is wrong." in before


def test_a_destination_that_does_not_answer_is_one_message(site: Client) -> None:
    engagement = made.proposed()
    account = engagement.destination
    account.settings = {"url": "http://127.0.0.1:1", "client_id": "x", "api_version": "66.0"}
    account.save()
    answer = site.get(url(engagement, "users/"), follow=True)
    assert answer.redirect_chain == [(url(engagement), 302)]
    assert len(list(answer.context["messages"])) == 1


def test_a_load_is_started_on_a_page_that_says_what_cannot_be_undone(
    site: Client, live_redis: redis.Redis
) -> None:
    engagement = made.signed()
    assert f'href="{url(engagement, "start/load/")}"' in text(site, engagement)
    page = site.get(url(engagement, "start/load/")).content.decode()
    assert "Case numbers that our cases were given are not given again." in page
    assert "E-mails and automations that our writes set off there have happened." in page
    answer = site.post(url(engagement, "start/load/"), follow=True)
    assert "Nothing was started: tick" in answer.content.decode()
    assert not engagement.runs.filter(stage="load").exists()
    site.post(url(engagement, "start/load/"), {"understood": "yes"})
    assert engagement.runs.filter(stage="load").count() == 1


def test_a_load_that_may_not_start_says_why_on_its_page(site: Client) -> None:
    engagement = made.scanned()
    page = site.get(url(engagement, "start/load/")).content.decode()
    assert "The client has not signed off a sample." in page
    assert 'name="understood"' not in page


@pytest.mark.parametrize(("minutes", "told"), [(90, "Goes on by itself at"), (None, "a person")])
def test_a_paused_run_says_why_and_when_it_goes_on(
    site: Client, minutes: int | None, told: str
) -> None:
    engagement = made.scanned()
    later = timezone.now() + timedelta(minutes=minutes) if minutes else None
    Run.objects.create(engagement=engagement, stage="load", writes=False, status="paused",
                       started_by="s", resume_at=later, message="No calls are left.")  # fmt: skip
    for page in (text(site, engagement), site.get("/admin/").content.decode()):
        assert told in page
    assert "No calls are left." in text(site, engagement)
