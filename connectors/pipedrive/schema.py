"""The account's fields, options, stages, activity types and users as they are now: the
vendor's codes on one side, the names that people map to on the other.

A custom field is called by its label. Codes are random in every account and are never guessed:
they are read anew, and where two fields of an object bear one label neither is called by it.
Source: Pipedrive API Reference, DealFields, PersonFields, OrganizationFields, Stages,
ActivityTypes, Users.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.errors import Misconfigured
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import NAME
from connectors.pipedrive.objects import (
    CUSTOM_KINDS,
    KEY_FIELDS,
    LENGTHS,
    REFERENCES,
    THINGS,
    TYPES,
    Builtin,
    Kind,
    Thing,
)
from connectors.pipedrive.probe import takes_add_time
from connectors.pipedrive.values import Column
from connectors.values import FieldSpec, ObjectSpec, User

LONGEST_NAME = 100
"""Characters of a label that we call a field by."""

Columns = Mapping[str, Column]
Answer = dict[str, Any]


class Schema:
    """One account's schema, each part asked for once until `refresh`. A deal takes its creation
    time where `deal_add_time` is "yes"; "auto" is no until the account was asked."""

    def __init__(
        self, client: Client, address_parts: bool = True, deal_add_time: str = "no"
    ) -> None:
        self._client, self._parts = client, address_parts
        self._deal_add_time = deal_add_time
        self.refresh()

    def refresh(self) -> None:
        """Ask again from now on."""
        self._columns: dict[str, Columns] = {}
        self._fields: dict[str, list[Answer]] = {}
        self._stages: list[Answer] | None = None
        self._types: list[Answer] | None = None
        self._users: list[Answer] | None = None
        self._me: Answer | None = None

    @property
    def me(self) -> Answer:
        """Our own user, and the company."""
        if self._me is None:
            self._me = self._client.call("GET", "/api/v1/users/me")["data"]
        return self._me

    @property
    def currency(self) -> str:
        return str(self.me.get("default_currency") or "USD")

    def users(self) -> list[User]:
        if self._users is None:
            self._users = self._client.call("GET", "/api/v1/users").get("data") or []
        return [
            User(str(u["id"]), u.get("name") or "", u["email"], _active(u))
            for u in self._users
            if u.get("email")
        ]

    def spec(self, object: str) -> ObjectSpec | None:
        if object not in THINGS:
            return None
        fields = tuple(column.spec for column in self.columns(object).values())
        return ObjectSpec(object, object.replace("_", " ").title(), False, fields)

    def columns(self, object: str, names: Sequence[str] = ()) -> Columns:
        """Name → field; of those names where some are given. Raises Misconfigured where one
        is absent."""
        if object not in self._columns:
            self._columns[object] = dict(self._read(THINGS[object]))
        known = self._columns[object]
        if absent := sorted(set(names) - set(known)):
            raise Misconfigured(
                f"{NAME}: {object} has no field called {', '.join(absent)}, or more than one. "
                "Create missing fields, or rename one of the two, and run the inventory again."
            )
        return {name: known[name] for name in names} if names else known

    def key(self, object: str) -> Column:
        """The field that holds our key. Raises Misconfigured."""
        name = KEY_FIELDS[object]
        return self.columns(object, [name])[name]

    def stages(self) -> list[Answer]:
        """Living stages, each with the name of its pipeline."""
        if self._stages is None:
            pipelines = {
                p["id"]: p for page in self._client.pages("/api/v2/pipelines") for p in page
            }
            found = [s for page in self._client.pages("/api/v2/stages") for s in page]
            self._stages = [
                {**s, "pipeline_name": pipelines[s["pipeline_id"]]["name"]}
                for s in sorted(found, key=lambda s: (s["pipeline_id"], s.get("order_nr") or 0))
                if s["pipeline_id"] in pipelines and not s.get("is_deleted")
            ]
        return self._stages

    def fields(self, object: str) -> list[Answer]:
        """Fields as the account lists them."""
        if object not in self._fields:
            path = THINGS[object].fields_path
            pages = self._client.pages(path) if path else iter(())
            self._fields[object] = [field for page in pages for field in page]
        return self._fields[object]

    def _read(self, thing: Thing) -> Iterator[tuple[str, Column]]:
        for builtin in thing.builtin:
            yield builtin.name, self._builtin(thing, builtin)
        custom = [f for f in self.fields(thing.name) if f["is_custom_field"]]
        taken = Counter(label_of(field).casefold() for field in custom)
        taken.update(b.name.casefold() for b in thing.builtin)
        for field in custom:
            name = label_of(field)
            if taken[name.casefold()] > 1 or not name:
                name = f"{name} [{field['field_code'][:8]}]".strip()
            yield name, self._custom(thing, field, name)

    def _builtin(self, thing: Thing, b: Builtin) -> Column:
        options = self._options(thing, b)
        fixed, kind = b.kind == "fixed" or self._shut(thing, b), self._kind(b.kind)
        spec = FieldSpec(
            name=b.name,
            label=b.name.removesuffix("_id").replace("_", " ").capitalize(),
            type=TYPES[kind],
            length=b.length,
            required=b.required,
            createable=not fixed,
            updateable=not (b.once or fixed),
            restricted=b.kind in ("option", "stage", "labels", "name"),
            picklist=b.picks or tuple(options),
            references=b.references,
        )
        return Column(
            spec,
            kind,
            b.code or b.name,
            ids=options,
            labels={id: label for label, id in reversed(options.items())},
        )

    def _shut(self, thing: Thing, b: Builtin) -> bool:
        """Whether this account refuses a field that others take."""
        return (thing.name, b.name) == ("deals", "add_time") and self._deal_add_time != "yes"

    def ask_deal_add_time(self) -> str:
        """ "yes" or "no", as the account says; what it says holds from now on."""
        self._deal_add_time = "yes" if takes_add_time(self._client) else "no"
        return self._deal_add_time

    def _kind(self, kind: Kind) -> Kind:
        return "address line" if kind == "address" and not self._parts else kind

    def _options(self, thing: Thing, b: Builtin) -> dict[str, Any]:
        """Label → id."""
        if b.kind == "stage":
            return {f"{s['pipeline_name']} / {s['name']}": s["id"] for s in self.stages()}
        if b.kind == "option":
            return {t["name"]: t["key_string"] for t in self._activity_types()}
        if b.kind == "labels":
            field = self.labels_field(thing.name)
            return _unlike(field.get("options") or ()) if field else {}
        return {}

    def labels_field(self, object: str) -> Answer | None:
        """The built-in field whose options are the labels of this object."""
        found = {f["field_code"]: f for f in self.fields(object)}
        return found.get("label_ids") or found.get("label")

    def _activity_types(self) -> list[Answer]:
        if self._types is None:
            self._types = self._client.call("GET", "/api/v1/activityTypes").get("data") or []
        return [each for each in self._types if each.get("active_flag", True)]

    def _custom(self, thing: Thing, field: Answer, name: str) -> Column:
        vendor = str(field["field_type"])
        kind = self._kind(CUSTOM_KINDS.get(vendor, "fixed"))
        options = _unlike(field.get("options") or ())
        writable = kind != "fixed"
        spec = FieldSpec(
            name=name,
            label=str(field["field_name"]),
            type=TYPES[kind] if vendor != "text" else "textarea",
            length=LENGTHS.get(vendor, 0),
            createable=writable,
            updateable=writable,
            custom=True,
            external_id=name == KEY_FIELDS.get(thing.name),
            restricted=kind in ("option", "options"),
            picklist=tuple(options),
            references=(REFERENCES[vendor],) if vendor in REFERENCES else (),
        )
        labels = {id: label for label, id in reversed(options.items())}
        return Column(spec, kind, field["field_code"], True, vendor, options, labels)


def label_of(field: Mapping[str, Any]) -> str:
    return " ".join(str(field["field_name"]).split())[:LONGEST_NAME].rstrip()


def _unlike(options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Label → id; of two options with one label the older one is meant."""
    found: dict[str, Any] = {}
    for option in options:
        found.setdefault(str(option["label"]), option["id"])
    return found


def _active(user: Mapping[str, Any]) -> bool:
    return bool(user.get("active_flag")) and not user.get("is_deleted")
