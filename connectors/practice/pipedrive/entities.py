"""The entities of version 2: what a body may hold, what a list may be asked, what is shown.

Data only. What depends on several members at once is `rules.py`.
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.practice.pipedrive import moments
from connectors.practice.pipedrive.compound import (
    address,
    attendees,
    contacts,
    participants,
    prices,
)  # fmt: skip
from connectors.practice.pipedrive.values import (
    Check,
    activity_type,
    calendar,
    currency,
    flag,
    instant,
    labels,
    lead,
    long_text,
    number,
    option,
    owner,
    project,
    ref,
    text,
    visibility,
    whole,
    word,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One key of a body. `on`: "both", or only "create"; `null`: whether null clears it."""

    check: Check
    required: bool = False
    null: bool = False
    on: str = "both"


@dataclass(frozen=True)
class Entity:
    """One kind of record. `kind` names its custom fields, "" where it has none; `born` is what
    a record holds that says nothing; `filters` are the members a list may be asked by."""

    name: str
    label: str
    kind: str
    body: dict[str, Member]
    born: dict[str, Any]
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ("id", "update_time", "add_time")
    includes: tuple[str, ...] = ()
    since: tuple[str, ...] = ("updated_since", "updated_until")
    labelled: bool = True
    setup: bool = False
    created: int = 200
    hidden: frozenset[str] = field(default_factory=frozenset)


DATE, TIME = calendar(moments.parse_date), calendar(moments.parse_time)
NOTE_BYTES = 100 * 1024
PERSON, ORG, DEAL = ref("persons", "Person"), ref("organizations", "Organization"), "Deal"
COUNTS = ("activities_count", "done_activities_count", "undone_activities_count", "files_count",
          "notes_count", "followers_count", "email_messages_count", "next_activity_id",
          "last_activity_id", "smart_bcc_email")  # fmt: skip
RELATED = tuple(
    f"{prefix}{state}_deals_count"
    for state in ("open", "closed", "won", "lost") for prefix in ("", "related_")
)  # fmt: skip
MAIL = ("last_incoming_mail_time", "last_outgoing_mail_time")
COMMON = {"owner_id": Member(owner), "visible_to": Member(visibility)}
MARKETING = word("no_consent", "unsubscribed", "subscribed", "archived")
BILLING = word("one-time", "annually", "semi-annually", "quarterly", "monthly", "weekly")

ORGANIZATIONS = Entity(
    "organizations", "Organization", "organization",
    COMMON | {
        "name": Member(text(255, 1), required=True),
        "add_time": Member(instant, on="create"),
        "label_ids": Member(labels("organization")),
        "address": Member(address(), null=True),
        "website": Member(text(255), null=True),
        "linkedin": Member(text(255), null=True),
        "industry": Member(option("organization", "industry"), null=True),
        "annual_revenue": Member(whole(0), null=True),
        "employee_count": Member(whole(0), null=True),
    },
    {"label_ids": [], "address": None, "website": None, "linkedin": None, "industry": None,
     "annual_revenue": None, "employee_count": None},
    filters=("owner_id",), includes=(*COUNTS, *RELATED, "people_count"),
)  # fmt: skip
PERSONS = Entity(
    "persons", "Person", "person",
    COMMON | {
        "name": Member(text(255, 1), required=True),
        "org_id": Member(ORG, null=True),
        "add_time": Member(instant, on="create"),
        "emails": Member(contacts),
        "phones": Member(contacts),
        "label_ids": Member(labels("person")),
        "marketing_status": Member(MARKETING),
        "postal_address": Member(address(), null=True),
        "notes": Member(text(10_000), null=True),
        "im": Member(contacts),
        "birthday": Member(DATE, null=True),
        "job_title": Member(text(255), null=True),
    },
    {"org_id": None, "emails": [], "phones": [], "label_ids": [], "picture_id": None,
     "marketing_status": "no_consent"},
    filters=("owner_id", "org_id", "deal_id"),
    includes=(*COUNTS, *RELATED, *MAIL, "marketing_status", "doi_status",
              "participant_open_deals_count", "participant_closed_deals_count"),
    hidden=frozenset({"marketing_status"}),
)  # fmt: skip
DEALS = Entity(
    "deals", "Deal", "deal",
    COMMON | {
        "title": Member(text(255, 1), required=True),
        "person_id": Member(PERSON, null=True),
        "org_id": Member(ORG, null=True),
        "pipeline_id": Member(ref("pipelines", "Pipeline")),
        "stage_id": Member(ref("stages", "Stage")),
        "value": Member(number()),
        "currency": Member(currency),
        "status": Member(word("open", "won", "lost")),
        "probability": Member(number(0, 100), null=True),
        "lost_reason": Member(text(255), null=True),
        "won_time": Member(instant, null=True),
        "lost_time": Member(instant, null=True),
        "close_time": Member(instant, null=True),
        "expected_close_date": Member(DATE, null=True),
        "is_archived": Member(flag),
        "archive_time": Member(instant, null=True),
        "is_deleted": Member(flag),
        "label_ids": Member(labels("deal")),
        "channel_id": Member(text(255), null=True),
    },
    {"person_id": None, "org_id": None, "pipeline_id": None, "stage_id": None, "value": 0,
     "currency": None, "stage_change_time": None, "is_archived": False, "archive_time": None,
     "status": "open", "probability": None, "lost_reason": None, "close_time": None,
     "won_time": None, "lost_time": None, "local_won_date": None, "local_lost_date": None,
     "local_close_date": None, "expected_close_date": None, "label_ids": [], "origin": "API",
     "origin_id": None, "channel": None, "channel_id": None, "source_lead_id": None,
     "acv": None, "arr": None, "mrr": None},
    filters=("owner_id", "person_id", "org_id", "pipeline_id", "stage_id", "status"),
    includes=(*COUNTS, *MAIL, "first_won_time", "products_count", "participants_count",
              "source_lead_id"),
)  # fmt: skip
ACTIVITIES = Entity(
    "activities", "Activity", "",
    {
        "subject": Member(text(255)),
        "type": Member(activity_type),
        "owner_id": Member(owner),
        "deal_id": Member(ref("deals", DEAL), null=True),
        "lead_id": Member(lead, null=True),
        "project_id": Member(project, null=True),
        "org_id": Member(ORG, null=True),
        "due_date": Member(DATE, null=True),
        "due_time": Member(TIME, null=True),
        "duration": Member(calendar(moments.parse_length), null=True),
        "busy": Member(flag),
        "done": Member(flag),
        "location": Member(address(), null=True),
        "participants": Member(participants, null=True),
        "attendees": Member(attendees, null=True),
        "public_description": Member(long_text(NOTE_BYTES), null=True),
        "priority": Member(option("activity", "priority"), null=True),
        "note": Member(long_text(NOTE_BYTES), null=True),
    },
    {"subject": None, "type": "call", "deal_id": None, "lead_id": None, "person_id": None,
     "org_id": None, "project_id": None, "due_date": None, "due_time": None, "duration": None,
     "busy": False, "done": False, "marked_as_done_time": None, "location": None,
     "participants": [], "attendees": [], "conference_meeting_client": None,
     "conference_meeting_url": None, "conference_meeting_id": None, "public_description": None,
     "priority": None, "note": None},
    filters=("owner_id", "deal_id", "lead_id", "person_id", "org_id", "done"),
    sorts=("id", "update_time", "add_time", "due_date"), includes=("attendees",),
    labelled=False, hidden=frozenset({"attendees"}),
)  # fmt: skip
PRODUCTS = Entity(
    "products", "Product", "product",
    COMMON | {
        "name": Member(text(255, 1), required=True),
        "code": Member(text(255), null=True),
        "description": Member(text(65_535), null=True),
        "unit": Member(text(255), null=True),
        "tax": Member(number(0)),
        "category": Member(option("product", "category"), null=True),
        "is_linkable": Member(flag),
        "prices": Member(prices),
        "billing_frequency": Member(BILLING),
        "billing_frequency_cycles": Member(whole(1, 208), null=True),
    },
    {"code": None, "description": None, "unit": None, "tax": 0, "category": None,
     "is_linkable": True, "prices": [], "billing_frequency": "one-time",
     "billing_frequency_cycles": None},
    filters=("owner_id",), sorts=("id", "name", "add_time", "update_time"),
    since=("updated_since",), labelled=False, created=201,
)  # fmt: skip
PIPELINES = Entity(
    "pipelines", "Pipeline", "",
    {"name": Member(text(255, 1), required=True), "is_deal_probability_enabled": Member(flag)},
    {"order_nr": 0, "is_deal_probability_enabled": False},
    since=(), labelled=False, setup=True,
)  # fmt: skip
STAGES = Entity(
    "stages", "Stage", "",
    {
        "name": Member(text(255, 1), required=True),
        "pipeline_id": Member(ref("pipelines", "Pipeline"), required=True),
        "deal_probability": Member(whole(0, 100)),
        "is_deal_rot_enabled": Member(flag),
        "days_to_rotten": Member(whole(1), null=True),
    },
    {"order_nr": 0, "deal_probability": 100, "is_deal_rot_enabled": False, "days_to_rotten": None},
    filters=("pipeline_id",), sorts=("id", "update_time", "add_time", "order_nr"),
    since=(), labelled=False, setup=True,
)  # fmt: skip
ALL = (ORGANIZATIONS, PERSONS, DEALS, ACTIVITIES, PRODUCTS, PIPELINES, STAGES)
BY_NAME = {entity.name: entity for entity in ALL}
