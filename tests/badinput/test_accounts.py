"""Accounts that do not let us in: one message on the page and at the prompt, nothing begun."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.test import Client

from projects.models import AuditEntry, Connection, Engagement, Run
from tests import moves
from tests.badinput import seen
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TYPED = "cs9.typed0and0wrong"


def _without_api(practice: Practice) -> None:
    practice.edit("salesforce", op="user", set={"api_enabled": False})


@dataclass(frozen=True)
class Bad:
    """An account as somebody entered it, and what must be said of it."""

    kind: str
    words: tuple[str, ...]
    values: dict[str, str] = field(default_factory=dict)
    spoil: Callable[[Practice], None] = lambda practice: None

    @property
    def role(self) -> str:
        return "source" if self.kind == "servicetitan" else "destination"


BAD = {
    "a wrong client secret at the source": Bad(
        "servicetitan",
        ("ServiceTitan refused the sign-in (400)", "client id or secret is wrong", "Copy both"),
        {"client_secret": TYPED},
    ),
    "a wrong client secret at the destination": Bad(
        "salesforce",
        ("Salesforce refused the sign-in (400 invalid_client", "Copy consumer key and secret"),
        {"client_secret": TYPED},
    ),
    "a wrong app key": Bad(
        "servicetitan",
        ("the app key is missing or wrong", "Copy it again from the app's page"),
        {"app_key": TYPED},
    ),
    "a foreign tenant": Bad(
        "servicetitan",
        ("are for tenant 8450, the connection says tenant 8451", "Correct the tenant id"),
        {"tenant": "8451"},
    ),
    "a user without API Enabled": Bad(
        "salesforce",
        ("API_DISABLED_FOR_ORG", "Give the run-as user the permission “API Enabled”"),
        spoil=_without_api,
    ),
}
bad_accounts = pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())


@bad_accounts
def test_the_command_names_the_account_and_makes_nothing(
    bad: Bad, practice: Practice, tmp_path: Path
) -> None:
    bad.spoil(practice)
    path = seen.line(practice, tmp_path / "practice.json", bad.kind, **bad.values)
    answer = command("create", "--practice", path)
    seen.one_sentence(answer, 4, f"The {bad.role} (", *bad.words, "Nothing was created")
    seen.shows_no_secret(practice, answer.error, more=(TYPED,))
    assert not Engagement.objects.exists()
    assert not Connection.objects.exists()
    assert not AuditEntry.objects.exists()
    seen.wrote_nothing(practice)


@bad_accounts
def test_the_check_button_says_the_same_and_every_stage_waits_for_it(
    bad: Bad, practice: Practice, site: Client
) -> None:
    engagement = moves.connected(practice)
    account = engagement.connections.get(role=bad.role)
    bad.spoil(practice)
    _enter(site, account, bad.values)
    (said,) = seen.press(site, f"/admin/projects/connection/{account.pk}/check/")
    seen.says(said, *bad.words)
    (refused,) = seen.press(site, seen.address(engagement, "start/inventory/"))
    assert refused == f"Connect and check: {bad.role}."
    shown = site.get(f"/admin/projects/connection/{account.pk}/change/").content
    seen.says(seen.text(shown), *bad.words)
    seen.says(seen.page(site, engagement), "Needs a look", f"Connect and check: {bad.role}.")
    seen.one_sentence(command("run", "inventory", "--here"), 3, "Connect and check")
    audited = " ".join(AuditEntry.objects.values_list("detail", flat=True))
    seen.shows_no_secret(practice, said, shown.decode(), audited, more=(TYPED,))
    assert not Run.objects.exists()
    seen.wrote_nothing(practice)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_app_key_is_bad_input_before_anybody_is_called(
    practice: Practice, tmp_path: Path, value: str | None
) -> None:
    path = seen.line(practice, tmp_path / "practice.json", "servicetitan", app_key=value)
    answer = command("create", "--practice", path)
    seen.one_sentence(answer, 2, "source.secrets.app_key: is missing", "correct this first")
    assert not Engagement.objects.exists()
    assert practice.history() == []


def test_a_missing_app_key_is_asked_for_by_the_form_and_named_by_the_check(
    practice: Practice, site: Client
) -> None:
    engagement = moves.connected(practice)
    account = engagement.source
    account.set_secrets({"client_secret": account.secrets()["client_secret"]})
    account.save()
    before = len(practice.history())
    form = site.post(
        f"/admin/projects/connection/{account.pk}/change/", _answers(site, account, {})
    )
    assert "Enter it: none is kept yet." in form.content.decode()
    assert len(practice.history()) == before
    (said,) = seen.press(site, f"/admin/projects/connection/{account.pk}/check/")
    seen.says(said, "the app key is missing or wrong")
    (refused,) = seen.press(site, seen.address(engagement, "start/extract/"))
    assert refused == "Connect and check: source."
    assert not Run.objects.exists()


def test_a_right_that_is_taken_away_later_ends_the_run_with_the_same_words(
    practice: Practice, site: Client
) -> None:
    """The check was good; the administrator changed the permission afterwards."""
    engagement = moves.connected(practice)
    _without_api(practice)
    words = BAD["a user without API Enabled"].words
    answer = command("run", "inventory", "--here")
    assert answer.code == 4
    seen.says(answer.error, *words)
    seen.says(seen.page(site, engagement), "Failed", *words)
    assert engagement.runs.get().exit_code == 4
    assert not engagement.destination.schema_fields.exists()
    practice.edit("salesforce", op="user", set={"api_enabled": True})
    assert command("run", "inventory", "--here").code == 0
    assert engagement.destination.schema_fields.exists()
    seen.wrote_nothing(practice)


def _enter(site: Client, account: Connection, values: dict[str, str]) -> None:
    if values:
        answers = _answers(site, account, values)
        (said,) = seen.press(site, f"/admin/projects/connection/{account.pk}/change/", **answers)
        assert "was changed successfully" in said


def _answers(site: Client, account: Connection, values: dict[str, str]) -> dict[str, str]:
    """The form as it stands, secrets left empty, with these values typed over."""
    shown = site.get(f"/admin/projects/connection/{account.pk}/change/")
    kept = shown.context["adminform"].form.initial
    return kept | {f"setting_{name}": text for name, text in values.items()}
