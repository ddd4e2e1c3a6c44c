"""The fields of version 2: list, read, create, rename, delete, and options in bulk."""

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.bodies import check_members
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.compound import each, members, nullable
from connectors.practice.pipedrive.customs import CREATABLE
from connectors.practice.pipedrive.errors import (
    Bad,
    forbidden,
    invalid,
    not_found,
    refused,
)  # fmt: skip
from connectors.practice.pipedrive.fields import ENTITIES, OPTIONED, Field, Option
from connectors.practice.pipedrive.queries import PAGE, Parser, listed, make_cursor, read
from connectors.practice.pipedrive.values import Check, kind, text, whole, word

CAP = "feature_capping_custom_fields_limit"
FULL = "Couldn't add the custom field. Custom fields limit reached."
NAME, LABEL = text(255, 1), text(255, 1)
MOST_OPTIONS = 10_000
OptionsEndpoint = Callable[[Field, list[dict[str, Any]]], list[Option]]


def anything(company: Company, value: Any) -> Any:
    """An object whose members the company does not look at."""
    return kind(value, "an object", dict)


def checks(entity: str, creating: bool) -> dict[str, Check]:
    """What a body may hold."""
    known: dict[str, Check] = {"field_name": NAME, "ui_visibility": anything}
    if entity != "product":
        known |= {"important_fields": anything, "required_fields": anything}
    if entity == "deal":
        known["description"] = nullable(text(65_535))
    if creating:
        known |= {
            "field_type": word(*CREATABLE),
            "options": each(lambda company, one: members(company, one, {"label": LABEL}, "label")),
        }
    return known


class Schema:
    """The endpoints over the fields of one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module, every entity alike; fields of activities can only be read."""
        found: list[Operation] = []
        for entity in ENTITIES:
            path, one = f"/{entity}Fields", f"/{entity}Fields/{{field_code}}"
            found += [
                Operation("v2", "GET", path, 10, self._for(entity, self._list)),
                Operation("v2", "GET", one, 1, self._for(entity, self._read)),
            ]
            if entity != "activity":
                found += [
                    Operation("v2", "POST", path, 5, self._for(entity, self._create)),
                    Operation("v2", "PATCH", one, 5, self._for(entity, self._update)),
                    Operation("v2", "DELETE", one, 3, self._for(entity, self._delete)),
                    *self._option_operations(entity, f"{one}/options"),
                ]
        return found

    def _option_operations(self, entity: str, path: str) -> list[Operation]:
        new, changed = {"label": LABEL}, {"id": whole(1), "label": LABEL}
        return [
            Operation("v2", "POST", path, 5, self._options(entity, new, self._add_options)),
            Operation("v2", "PATCH", path, 5, self._options(entity, changed, _rename_options)),
            Operation("v2", "DELETE", path, 3, self._options(entity, {"id": whole(1)}, _drop)),
        ]

    def _for(
        self, entity: str, handle: Callable[[str, Call], Awaitable[Reply]]
    ) -> Callable[[Call], Awaitable[Reply]]:
        async def endpoint(call: Call) -> Reply:
            return await handle(entity, call)

        return endpoint

    def _find(self, entity: str, call: Call) -> Field:
        field = self._company.fields.of[entity].get(call.path["field_code"])
        if field is None:
            raise not_found("Field")
        return field

    def _administrator(self) -> None:
        if not self._company.settings.admin:
            raise forbidden()

    async def _list(self, entity: str, call: Call) -> Reply:
        query = read(call.query, PAGE | _includes(entity))
        rows = sorted(self._company.fields.of[entity].values(), key=lambda field: field.number)
        place, limit = query.get("cursor") or {"id": 0}, query.get("limit", 100)
        rows = [field for field in rows if field.number > place["id"]]
        more = len(rows) > limit
        last = rows[limit - 1].number if more else 0
        told = make_cursor("id", last, "asc", last) if more else None
        return Reply([_view(f, query) for f in rows[:limit]], {"next_cursor": told})

    async def _read(self, entity: str, call: Call) -> Reply:
        return Reply(_view(self._find(entity, call), read(call.query, _includes(entity))))

    async def _create(self, entity: str, call: Call) -> Reply:
        self._administrator()
        body = check_members(
            self._company, await call.json(), checks(entity, True), "field_name", "field_type"
        )
        optioned = body["field_type"] in OPTIONED
        if optioned != bool(body.get("options")):
            why = "is required" if optioned else "is not allowed for this type"
            raise invalid({"options": why})
        if self._company.fields_left() < 1:
            raise refused(403, FULL, CAP)
        labels = [one["label"] for one in body["options"]] if optioned else None
        name = body["field_name"]
        made = self._company.fields.add(entity, name, body["field_type"], labels)
        _remember(made, body)
        return Reply(made.view())

    async def _update(self, entity: str, call: Call) -> Reply:
        self._administrator()
        field = self._find(entity, call)
        body = check_members(self._company, await call.json(), checks(entity, False))
        if "field_name" in body and not field.custom:
            raise refused(400, "The name of a default field cannot be changed")
        field.name = body.get("field_name", field.name)
        _remember(field, body)
        return Reply(field.view())

    async def _delete(self, entity: str, call: Call) -> Reply:
        self._administrator()
        field = self._find(entity, call)
        if not field.custom:
            raise refused(400, "A default field cannot be deleted")
        del self._company.fields.of[entity][field.code]
        return Reply(field.view())

    def _options(
        self, entity: str, known: dict[str, Check], handle: OptionsEndpoint
    ) -> Callable[[Call], Awaitable[Reply]]:
        async def endpoint(call: Call) -> Reply:
            self._administrator()
            field = self._find(entity, call)
            if field.options is None or not (field.custom or self._company.settings.label_options):
                raise refused(400, "Options of this field cannot be changed")
            try:
                check = each(lambda company, one: members(company, one, known, *known))
                sent = check(self._company, await call.json())
                if not sent:
                    raise Bad("must contain at least 1 items")
                touched = handle(field, sent)
            except Bad as bad:
                raise invalid({"value": str(bad)}) from bad
            return Reply([{"id": o.id, "label": o.label} for o in touched], {})

        return endpoint

    def _add_options(self, field: Field, sent: list[dict[str, Any]]) -> list[Option]:
        options = field.options or []
        known = {option.label for option in options}
        wanted = [one["label"] for one in sent]
        if known & set(wanted) or len(set(wanted)) < len(wanted):
            raise Bad("an option with this label exists already")
        if len(options) + len(wanted) > MOST_OPTIONS:
            raise Bad(f"a field can have at most {MOST_OPTIONS} options")
        made = [self._company.fields.new_option(label) for label in wanted]
        field.options = options + made
        return made


def _known(field: Field, sent: list[dict[str, Any]]) -> list[Option]:
    found = [field.option(one["id"]) for one in sent]
    if None in found:
        raise Bad("an option does not exist")
    return [option for option in found if option]


def _rename_options(field: Field, sent: list[dict[str, Any]]) -> list[Option]:
    touched = _known(field, sent)
    for option, one in zip(touched, sent, strict=True):
        option.label = one["label"]
    return touched


def _drop(field: Field, sent: list[dict[str, Any]]) -> list[Option]:
    touched = _known(field, sent)
    field.options = [option for option in field.options or [] if option not in touched]
    return touched


def _includes(entity: str) -> dict[str, Parser]:
    more = ("important_fields", "required_fields") if entity in ENTITIES[:3] else ()
    return {"include_fields": listed("ui_visibility", *more)}


DEFAULTS: dict[str, dict[str, Any]] = {
    "ui_visibility": {"add_visible_flag": False, "details_visible_flag": True},
    "important_fields": {"enabled": False, "stage_ids": []},
    "required_fields": {"enabled": False},
}


def _remember(field: Field, body: dict[str, Any]) -> None:
    field.details |= {k: v for k, v in body.items() if k in DEFAULTS or k == "description"}


def _view(field: Field, query: dict[str, Any]) -> dict[str, Any]:
    asked = {
        name: DEFAULTS[name] | field.details.get(name, {})
        for name in query.get("include_fields", ())
    }
    described = {k: v for k, v in field.details.items() if k == "description"}
    return field.view() | described | asked
