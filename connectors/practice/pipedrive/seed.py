"""What the company holds before we come: its people, its pipelines, and records of its own,
always the same.

Some of those records carry keys of our contractor, with other values than a load would write.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from connectors.practice.pipedrive import writer
from connectors.practice.pipedrive.activitytypes import add_type
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import BY_NAME
from connectors.practice.pipedrive.moments import stamp
from connectors.practice.pipedrive.notes import blank_note
from connectors.practice.pipedrive.people import add_user

BORN = datetime(2023, 3, 1, 9, tzinfo=UTC)
SPAN = 600 * 86400
ORGANIZATIONS, PERSONS, DEALS, ACTIVITIES, NOTES, KEYED = 140, 170, 260, 60, 30, 20
PLACES = (("Akron", "OH"), ("Dayton", "OH"), ("Erie", "PA"), ("Toledo", "OH"), ("Gary", "IN"))
TRADES = ("Bakery", "Clinic", "Storage", "Print Works", "Garage", "Library", "Foods", "Motel")
FIRST = ("Ada", "Ben", "Carla", "Dev", "Elena", "Frank", "Grace", "Hugo", "Ines", "Jonas")
LAST = ("Abbott", "Brandt", "Castillo", "Dorsey", "Ekholm", "Farrow", "Gupta", "Hale", "Ito")
TITLES = ("Quote for a new unit", "Repair contract", "Office refit", "Annual service")
STAGES = {
    "Pipeline": ("Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations"),
    "Renewals": ("Due", "Offered", "Agreed"),
}
TYPES = {"Call": "call", "Meeting": "meeting", "Task": "task", "Deadline": "deadline"}
TYPES |= {"Email": "email", "Lunch": "lunch"}
KEY = "Source ID"


class Seed:
    """Fills an empty company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._random = Random(company.world.seed * 7919 + 13)
        self._codes: dict[str, str] = {}

    def fill(self, source_fields: bool) -> None:
        """Everything, in one transaction. Without `source_fields` no record has a key."""
        with self._company.store.transaction():
            self._people()
            self._setup(source_fields)
            organizations = [self._organization(n) for n in range(ORGANIZATIONS)]
            persons = [self._person(n, organizations) for n in range(PERSONS)]
            deals = [self._deal(n, persons) for n in range(DEALS)]
            for number in range(ACTIVITIES):
                self._activity(number, deals)
            for number in range(NOTES):
                self._note(number, deals)

    def _people(self) -> None:
        company = self._company
        company.me = add_user(company, "Migration Admin", "admin@crm.example.com", admin=True)["id"]
        company.dispatcher = add_user(company, "Dana Dispatcher", "dana@crm.example.com")["id"]
        add_user(company, "Ian Inactive", "ian.inactive@crm.example.com", active=False)
        technicians = [t for t in company.world.technicians() if t["active"] and t["email"]]
        # The last one has no user, the one before has left: somebody must decide on both.
        for number, technician in enumerate(technicians[:-1]):
            email, active = technician["email"], number != len(technicians) - 2
            add_user(
                company, technician["name"], email.upper() if number % 3 == 0 else email, active
            )

    def _setup(self, source_fields: bool) -> None:
        for name, icon in TYPES.items():
            add_type(self._company, name, icon, custom=False)
        for pipeline, stages in STAGES.items():
            made = self._make("pipelines", {"name": pipeline})
            for number, stage in enumerate(stages):
                share = 100 * (number + 1) // (len(stages) + 1)
                body = {"name": stage, "pipeline_id": made, "deal_probability": share}
                self._make("stages", body)
        fields = self._company.fields
        self._region = fields.add("organization", "Region", "enum", ["North", "South"])
        self._regions = self._region.options or []
        fields.add("deal", "Competitor", "varchar", None)
        fields.add("person", "Newsletter", "set", ["Monthly", "Offers"])
        if source_fields:
            for entity in ("organization", "person", "deal"):
                self._codes[entity] = fields.add(entity, KEY, "varchar", None).code
        for name in ("Filter", "Labor hour", "Service plan"):
            price = {"currency": "USD", "price": 100, "cost": 40}
            self._make("products", {"name": name, "code": name[:3].upper(), "prices": [price]})

    def _moment(self) -> datetime:
        return BORN + timedelta(seconds=self._random.randrange(SPAN))

    def _make(self, entity: str, body: dict[str, Any], origin: str | None = None) -> int:
        company, at = self._company, stamp(self._moment())
        record = writer.create(company, BY_NAME[entity], body, company.dispatcher)
        times = ("add_time", "update_time", "stage_change_time", "marked_as_done_time")
        record |= {name: at for name in times if record.get(name)}
        if origin:
            record["origin"] = origin
        company.store.save(entity, record)
        return int(record["id"])

    def _keyed(self, entity: str, kind: Any, number: int) -> dict[str, Any]:
        if entity not in self._codes or number >= KEYED:
            return {}
        keys = self._company.world.contractor_keys(kind, KEYED)
        return {self._codes[entity]: keys[number]} if number < len(keys) else {}

    def _organization(self, number: int) -> int:
        city, state = PLACES[number % len(PLACES)]
        region = {} if number % 3 else {self._region.code: self._regions[number % 2].id}
        return self._make(
            "organizations",
            {
                "name": f"{LAST[number % 9]} {TRADES[number % 8]} No. {number + 1}",
                "address": {
                    "value": f"{number + 10} Canal Road, {city}, {state} 44{number:03d}",
                    "locality": city,
                    "admin_area_level_1": state,
                },
                "custom_fields": region | self._keyed("organization", "company", number),
            },
        )

    def _person(self, number: int, organizations: list[int]) -> int:
        first, last = FIRST[number % 10], LAST[number * 7 % 9]
        own = self._keyed("person", "household", number)
        return self._make(
            "persons",
            {
                "name": f"{first} {last}-{number + 1}",
                "org_id": None if own else self._random.choice(organizations[KEYED:]),
                "emails": [{"value": f"{first.lower()}.{number + 1}@own.example.com"}],
                "phones": [{"value": f"(419) 555-{number:04d}", "label": "mobile"}],
                "custom_fields": own,
            },
        )

    def _deal(self, number: int, persons: list[int]) -> int:
        person = self._random.choice(persons[KEYED:])
        status = ("open", "won", "lost")[number % 3]
        body: dict[str, Any] = {
            "title": f"{TITLES[number % 4]} ({number + 1})",
            "person_id": person,
            "org_id": (self._company.store.get("persons", person) or {})["org_id"],
            "value": number + 0.5,
            "status": status,
            "custom_fields": self._keyed("deal", "job", number),
        }
        if status != "open":
            body[f"{status}_time"] = stamp(BORN + timedelta(seconds=SPAN))
        if number % 26 == 25:
            body |= {"is_archived": True, "archive_time": stamp(BORN + timedelta(seconds=SPAN))}
        return self._make("deals", body, "ManuallyCreated")

    def _activity(self, number: int, deals: list[int]) -> None:
        self._make(
            "activities",
            {
                "subject": f"Call back ({number + 1})",
                "type": "call" if number % 2 else "meeting",
                "deal_id": deals[KEYED + number],
                "due_date": self._moment().date().isoformat(),
                "done": number % 3 == 0,
            },
        )

    def _note(self, number: int, deals: list[int]) -> None:
        company, at = self._company, stamp(self._moment())
        company.store.insert("notes", blank_note() | {
            "add_time": at, "update_time": at, "content": f"Kept by the office ({number + 1}).",
            "user_id": company.dispatcher, "deal_id": deals[KEYED + number],
        })  # fmt: skip
