"""Leads of version 1: ids are UUIDs, custom fields are those of deals and lie flat."""

from typing import Any
from uuid import UUID

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.compound import members, nullable
from connectors.practice.pipedrive.customs import custom_values
from connectors.practice.pipedrive.entities import DATE
from connectors.practice.pipedrive.errors import Bad, invalid, refused
from connectors.practice.pipedrive.notes import zoned
from connectors.practice.pipedrive.old import old_page, page_parameters
from connectors.practice.pipedrive.queries import Parser, integer, read_old
from connectors.practice.pipedrive.rules import FULL
from connectors.practice.pipedrive.store import Record
from connectors.practice.pipedrive.values import (
    Check,
    currency,
    flag,
    kind,
    number,
    owner,
    ref,
    text,
)

LABELS = {"Hot": "red", "Warm": "yellow", "Cold": "blue"}
ALONE = 'One of the "person_id" or "organization_id" must be set.'
LIST: dict[str, Parser] = {
    **page_parameters(500), "owner_id": integer, "person_id": integer,
    "organization_id": integer, "updated_since": zoned,
}  # fmt: skip


def _amount(company: Company, value: Any) -> Any:
    checks: dict[str, Check] = {"amount": number(), "currency": currency}
    return members(company, value, checks, "amount", "currency")


def _visibility(company: Company, value: Any) -> Any:
    levels = ("1", "3", "5", "7") if company.plan.groups else ("1", "3")
    if value not in levels:
        raise Bad(f"must be one of [{', '.join(levels)}]")
    return int(value)


def _labels(company: Company, value: Any) -> Any:
    known = set(label_ids())
    if not set(kind(value, "an array", list)) <= known:
        raise Bad("contains an unknown label")
    return value


CHECKS: dict[str, Check] = {
    "title": text(255, 1),
    "owner_id": owner,
    "label_ids": _labels,
    "person_id": nullable(ref("persons", "Person")),
    "organization_id": nullable(ref("organizations", "Organization")),
    "value": nullable(_amount),
    "expected_close_date": nullable(DATE),
    "visible_to": _visibility,
    "was_seen": flag,
    "is_archived": flag,
    "channel": nullable(number()),
    "channel_id": nullable(text(255)),
    "origin_id": nullable(text(255)),
}


def label_ids() -> list[str]:
    """The ids of the labels, the same in every company."""
    return [str(UUID(int=0x1EAD << 96 | n, version=4)) for n in range(len(LABELS))]


class Leads:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            Operation("v1", "GET", "/leads", 20, self.list),
            Operation("v1", "GET", "/leads/archived", 40, self.archived),
            Operation("v1", "POST", "/leads", 10, self.create),
            Operation("v1", "GET", "/leads/{id}", 2, self.read),
            Operation("v1", "PATCH", "/leads/{id}", 10, self.update),
            Operation("v1", "DELETE", "/leads/{id}", 6, self.delete),
            Operation("v1", "GET", "/leadLabels", 10, self.labels),
        ]

    async def list(self, call: Call) -> Reply:
        return self._list(call, False)

    async def archived(self, call: Call) -> Reply:
        return self._list(call, True)

    def _list(self, call: Call, archived: bool) -> Reply:
        query = read_old(call.query, LIST)
        asked: dict[str, Any] = {n: query[n] for n in ("owner_id", "person_id") if n in query}
        asked |= {"org_id": query["organization_id"]} if "organization_id" in query else {}
        asked["is_archived"] = archived
        since = query.get("updated_since")
        return old_page(self._company, "leads", query, self.show, asked, since, nested=False)

    async def read(self, call: Call) -> Reply:
        return Reply(self.show(self._find(call)))

    async def create(self, call: Call) -> Reply:
        sent = self._check(await call.form(), "create")
        if "title" not in sent:
            raise _body_invalid("create", '"title" is required')
        if self._company.is_full():
            raise refused(403, "Couldn't add the lead. Open deals limit reached.", FULL)
        now = self._company.now()
        lead: Record = {
            "add_time": now, "update_time": now, "is_deleted": False, "is_archived": False,
            "owner_id": self._company.me, "label_ids": [], "person_id": None, "org_id": None,
            "value": None, "currency": None, "expected_close_date": None, "was_seen": False,
            "visible_to": self._company.everybody(), "channel": None, "channel_id": None,
            "origin_id": None, "custom_fields": {},
        }  # fmt: skip
        lead |= sent
        lead["uuid"] = str(UUID(int=self._company.random.getrandbits(128), version=4))
        if lead["person_id"] is None and lead["org_id"] is None:
            raise _body_invalid("create", ALONE)
        self._company.store.insert("leads", lead)
        return Reply(self.show(lead), status=201)

    async def update(self, call: Call) -> Reply:
        lead = self._find(call)
        sent = self._check(await call.form(), "update")
        custom = lead["custom_fields"] | sent.get("custom_fields", {})
        return self._save(lead | sent | {"custom_fields": custom})

    async def delete(self, call: Call) -> Reply:
        lead = self._find(call) | {"is_deleted": True}
        self._save(lead)
        return Reply({"id": lead["uuid"]})

    def _save(self, lead: Record) -> Reply:
        lead["update_time"] = self._company.now()
        self._company.store.save("leads", lead)
        return Reply(self.show(lead))

    async def labels(self, call: Call) -> Reply:
        now = self._company.now()
        return Reply([
            {"id": id, "name": name, "color": color, "add_time": now, "update_time": now}
            for id, (name, color) in zip(label_ids(), LABELS.items(), strict=True)
        ])  # fmt: skip

    def _find(self, call: Call) -> Record:
        found = self._company.store.where("leads", uuid=call.path["id"])
        if not found or not self._company.sees(found[0]):
            raise refused(404, "requested lead not found", info="Object was not found.")
        return found[0]

    def _check(self, body: dict[str, Any], verb: str) -> Record:
        fields = self._company.fields.of["deal"]
        custom = {key: value for key, value in body.items() if key in fields and fields[key].custom}
        values, wrong = custom_values(self._company, "deal", custom)
        if wrong:
            raise invalid(wrong)
        sent: Record = {"custom_fields": {k: v for k, v in values.items() if v is not None}}
        for key in body.keys() - custom.keys():
            if key not in CHECKS:
                raise _body_invalid(verb, f'"{key}" is not allowed')
            try:
                sent[key] = CHECKS[key](self._company, body[key])
            except Bad as bad:
                raise _body_invalid(verb, f'"{key}" {bad}') from bad
        if "organization_id" in sent:
            sent["org_id"] = sent.pop("organization_id")
        if "value" in sent:
            amount = sent["value"] or {"amount": None, "currency": None}
            sent |= {"value": amount["amount"], "currency": amount["currency"]}
        return sent

    def show(self, lead: Record) -> Record:
        """A lead as version 1 shows it."""
        kept = ("title", "owner_id", "label_ids", "person_id", "origin_id", "channel", "channel_id",
                "is_archived", "was_seen", "expected_close_date", "add_time",
                "update_time")  # fmt: skip
        value = {"amount": lead["value"], "currency": lead["currency"]}
        fields = self._company.fields.custom("deal")
        return {
            "id": lead["uuid"],
            **{name: lead[name] for name in kept},
            "creator_id": lead["owner_id"],
            "organization_id": lead["org_id"],
            "source_name": "API",
            "origin": "API",
            "source_deal_id": None,
            "value": value if lead["value"] is not None else None,
            "next_activity_id": None,
            "visible_to": str(lead["visible_to"]),
            "cc_email": "practice-company@pipedrivemail.example",
            **{f.code: lead["custom_fields"].get(f.code) for f in fields},
        }


def _body_invalid(verb: str, why: str) -> Exception:
    return refused(400, f"Couldn't {verb} lead, body is invalid.", info=why)
