"""Who owns whose work: exactly one active user of the same e-mail, else a person decides."""

import pytest

from connectors.values import User
from projects import technicians
from projects.models import Engagement, SourceRecord, TechnicianMatch
from projects.presets.servicetitan_salesforce import TECHNICIANS
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db
ANA = User("005A", "Ana Diaz-Ruiz", "Ana@Harbor.example", True)
SECOND_ANA = User("005B", "Ana D.", "ana@harbor.example ", True)
OLD_ANA = User("005C", "Ana (left)", "ANA@harbor.example", False)
BO = User("005D", "Bo Lind", "bo@harbor.example", True)
NAMELESS = User("005E", "Integration", "", True)


@pytest.fixture
def engagement() -> Engagement:
    return EngagementFactory()


def technician(engagement: Engagement, id: str = "700", **data: object) -> None:
    values = {"name": "Ana Diaz", "email": " ana@harbor.example", "active": True} | data
    SourceRecord.objects.update_or_create(
        engagement=engagement, object="technicians", source_id=id, defaults={"data": values}
    )


def match(engagement: Engagement, id: str = "700") -> TechnicianMatch:
    return engagement.technician_matches.get(technician_id=id)


@pytest.mark.parametrize("users", [[ANA], [BO, ANA, OLD_ANA, NAMELESS]])
def test_exactly_one_active_user_of_the_e_mail_is_a_match_whatever_its_case(
    engagement: Engagement, users: list[User]
) -> None:
    technician(engagement)
    assert technicians.propose(engagement, TECHNICIANS, users) == 0
    found = match(engagement)
    assert (found.action, found.user_id, found.user_name) == ("match", "005A", "Ana Diaz-Ruiz")
    assert found.reason == "same e-mail"


@pytest.mark.parametrize(
    ("email", "users", "reason"),
    [
        ("ana@harbor.example", [BO, NAMELESS], "no user has this e-mail"),
        ("ana@harbor.example", [OLD_ANA], "the user with this e-mail is inactive"),
        ("ana@harbor.example", [ANA, SECOND_ANA], "2 active users have this e-mail"),
        ("", [ANA, NAMELESS], "has no e-mail at the source"),
        (None, [ANA, NAMELESS], "has no e-mail at the source"),
    ],
)
def test_anything_else_is_undecided_and_says_why(
    engagement: Engagement, email: str | None, users: list[User], reason: str
) -> None:
    technician(engagement, email=email)
    assert technicians.propose(engagement, TECHNICIANS, users) == 1
    found = match(engagement)
    assert (found.action, found.user_id, found.reason) == ("undecided", "", reason)


def test_a_persons_decision_survives_another_scan_and_the_facts_are_brought_up_to_date(
    engagement: Engagement,
) -> None:
    technician(engagement)
    technicians.propose(engagement, TECHNICIANS, [ANA])
    engagement.technician_matches.update(
        action="fallback", user_id="", user_name="", confirmed_by="staff", reason="left"
    )
    technician(engagement, name="Ana Ruiz", active=False)
    assert technicians.propose(engagement, TECHNICIANS, [ANA]) == 0
    found = match(engagement)
    assert (found.action, found.user_id, found.reason) == ("fallback", "", "left")
    assert (found.name, found.active, found.confirmed_by) == ("Ana Ruiz", False, "staff")


def test_a_proposal_that_nobody_confirmed_follows_the_destinations_users(
    engagement: Engagement,
) -> None:
    technician(engagement)
    technicians.propose(engagement, TECHNICIANS, [ANA])
    assert technicians.propose(engagement, TECHNICIANS, [OLD_ANA]) == 1
    found = match(engagement)
    assert (found.action, found.user_id, found.user_name) == ("undecided", "", "")


def test_a_new_technician_is_added_and_the_others_stay(engagement: Engagement) -> None:
    technician(engagement)
    technicians.propose(engagement, TECHNICIANS, [ANA, BO])
    technician(engagement, "701", name=None, email="BO@harbor.example", active=False)
    technicians.propose(engagement, TECHNICIANS, [ANA, BO])
    assert engagement.technician_matches.count() == 2
    found = match(engagement, "701")
    assert (found.name, found.user_id, found.active) == ("(no name)", "005D", False)


def test_jobs_are_counted_once_however_often_somebody_was_assigned(engagement: Engagement) -> None:
    technician(engagement)
    technician(engagement, "701")
    for n, (worker, job) in enumerate([(700, 1), (700, 1), (700, 2), (702, 1)]):
        SourceRecord.objects.create(
            engagement=engagement,
            object="appointment-assignments",
            source_id=str(n),
            data={"technicianId": worker, "jobId": job},
        )
    technicians.propose(engagement, TECHNICIANS, [])
    assert (match(engagement).jobs, match(engagement, "701").jobs) == (2, 0)


def test_technicians_of_another_engagement_or_reading_are_not_proposed(
    engagement: Engagement,
) -> None:
    technician(engagement)
    SourceRecord.objects.update(reading="check")
    technician(EngagementFactory())
    assert technicians.propose(engagement, TECHNICIANS, [ANA]) == 0
    assert not engagement.technician_matches.exists()
