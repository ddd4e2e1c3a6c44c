"""How a changed plan reads to somebody who never saw one."""

import pytest

from projects.models import AccountUser, Engagement
from projects.models.plan import Change
from projects.review.labels import Labels
from tests.factories import ConnectionFactory

LABELS = Labels(
    sources={},
    destinations={("Case", "Job_Type__c"): "Job type"},
    users={"005A": "Ana Diaz-Ruiz"},
    technicians={"700": "Ana Diaz"},
)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("rows › job.Job_Type__c › transform", "Mapping › Job type of a job › transform"),
        ("rows › job.Priority › values › Low", "Mapping › Priority of a job › Low"),
        ("technicians › 700 › user", "Technician › Ana Diaz › user"),
        ("technicians › 999 › action", "Technician › 999 › action"),
        ("policies › fallback_owner", "Rule › fallback owner"),
        ("objects › jobs › status", "Kind of record › jobs › status"),
        ("rows", "Mapping"),
        ("tenant", "tenant"),
    ],
)
def test_a_change_is_named_by_what_it_is_about(what: str, said: str) -> None:
    assert LABELS.change(Change(what, "", "")).what == said


def test_a_user_is_named_where_one_is_known() -> None:
    changed = LABELS.change(Change("technicians › 700 › user", "005A", "005B"))
    assert (changed.before, changed.after) == ("Ana Diaz-Ruiz (005A)", "005B")


@pytest.mark.django_db
def test_an_empty_value_is_nobody_though_a_match_without_user_has_a_name() -> None:
    engagement = Engagement.objects.create(name="Northside", client_name="Northside")
    engagement.technician_matches.create(technician_id="7", action="fallback", user_name="Ana")
    assert Labels.of(engagement).value("") == ""


@pytest.mark.django_db
def test_an_owner_is_named_whether_the_plan_knows_an_id_or_an_e_mail() -> None:
    account = ConnectionFactory(role="destination")
    for active, name in ((False, "Old Ana"), (True, "Ana Diaz")):
        AccountUser.objects.create(
            connection=account, user_id=f"005{name[0]}", name=name, email="a@x.org", active=active
        )
    labels = Labels.of(account.engagement)
    assert [labels.user(who) for who in ("005A", "a@x.org")] == ["Ana Diaz", "Ana Diaz"]
