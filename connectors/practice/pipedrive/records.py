"""Records of version 2: list, read, create, change, delete."""

from typing import Any

from connectors.practice.pipedrive import writer
from connectors.practice.pipedrive.api import Call, Endpoint, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import ALL, DEALS, Entity
from connectors.practice.pipedrive.errors import invalid
from connectors.practice.pipedrive.queries import (
    PAGE,
    Parser,
    at_most,
    boolean,
    integer,
    listed,
    make_cursor,
    moment,
    read,
    words,
)  # fmt: skip
from connectors.practice.pipedrive.shown import show
from connectors.practice.pipedrive.store import Record, member

ALIVE, ARCHIVED = "gone = 0", "json_extract(body, '$.is_archived')"
IN_DEAL = (
    "id IN (SELECT json_extract(body, '$.person_id') FROM deals WHERE id = ?"
    " UNION SELECT json_extract(body, '$.person_id') FROM participants"
    " WHERE json_extract(body, '$.deal_id') = ? AND gone = 0)"
)
TAKES_PART = (
    "EXISTS (SELECT 1 FROM json_each(body, '$.participants')"
    " WHERE json_extract(value, '$.person_id') = ?)"
)
WORDS: dict[str, Parser] = {
    "lead_id": str,
    "done": boolean,
    "status": listed("open", "won", "lost", "deleted"),
}


class Records:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module, every entity alike."""
        found = [
            Operation("v2", "GET", "/deals/archived", 20, self._lister(DEALS, archived=True)),
        ]
        for entity in ALL:
            path, one = f"/{entity.name}", f"/{entity.name}/{{id}}"
            found += [
                Operation("v2", "GET", path, 5 if entity.setup else 10, self._lister(entity)),
                Operation("v2", "POST", path, 5, self._creator(entity)),
                Operation("v2", "GET", one, 1, self._reader(entity)),
                Operation("v2", "PATCH", one, 5, self._updater(entity)),
                Operation("v2", "DELETE", one, 3, self._deleter(entity)),
            ]
        return found

    def _lister(self, entity: Entity, archived: bool = False) -> Endpoint:
        known = _list_parameters(entity, archived)

        async def list_records(call: Call) -> Reply:
            query = read(call.query, known)
            if "filter_id" in query:
                raise invalid({"filter_id": "the filter does not exist"})
            records, cursor = self._page(entity, query, archived)
            rows = [show(self._company, entity, record, query) for record in records]
            return Reply(rows, {"next_cursor": cursor})

        return list_records

    def _reader(self, entity: Entity) -> Endpoint:
        known = _shown_parameters(entity)

        async def read_record(call: Call) -> Reply:
            query = read(call.query, known)
            gone = self._company.settings.deleted_get
            record = writer.find(self._company, entity, call.path["id"], deleted=gone)
            return Reply(show(self._company, entity, record, query))

        return read_record

    def _creator(self, entity: Entity) -> Endpoint:
        async def create_record(call: Call) -> Reply:
            read(call.query, {})
            body = await call.json()
            with self._company.store.transaction():
                record = writer.create(self._company, entity, body, self._company.me)
            return Reply(show(self._company, entity, record), status=entity.created)

        return create_record

    def _updater(self, entity: Entity) -> Endpoint:
        async def update_record(call: Call) -> Reply:
            read(call.query, {})
            body = await call.json()
            with self._company.store.transaction():
                record = writer.update(self._company, entity, call.path["id"], body)
            return Reply(show(self._company, entity, record))

        return update_record

    def _deleter(self, entity: Entity) -> Endpoint:
        async def delete_record(call: Call) -> Reply:
            with self._company.store.transaction():
                record = writer.delete(self._company, entity, call.path["id"])
            return Reply({"id": record["id"]})

        return delete_record

    def _page(
        self, entity: Entity, query: dict[str, Any], archived: bool
    ) -> tuple[list[Record], str | None]:
        where, values = self._conditions(entity, query, archived)
        place, limit = query.get("cursor") or {}, query.get("limit", 100)
        field = str(place.get("field", query.get("sort_by", "id")))
        direction = str(place.get("sortDirection", query.get("sort_direction", "asc")))
        if field not in entity.sorts or direction not in ("asc", "desc"):
            raise invalid({"cursor": "is not a valid cursor"})
        plain = field in ("id", "add_time", "update_time")
        column = field if plain else f"IFNULL({member(field)}, '')"
        if place:
            where.append(f"({column}, id) {'>' if direction == 'asc' else '<'} (?, ?)")
            values += [place["fieldValue"], place["id"]]
        order = f"ORDER BY {column} {direction}, id {direction} LIMIT {limit + 1}"
        found = self._company.store.select(entity.name, " AND ".join(where), tuple(values), order)
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        value = "" if last[field] is None else last[field]
        return found[:limit], make_cursor(field, value, direction, last["id"])

    def _conditions(
        self, entity: Entity, query: dict[str, Any], archived: bool
    ) -> tuple[list[str], list[Any]]:
        where, values = [ALIVE], list[Any]()
        for name in entity.filters:
            if name not in query:
                continue
            if name == "status":
                state = f"CASE gone WHEN 1 THEN 'deleted' ELSE {member(name)} END"
                where[0] = "gone IN (0, 1)"
                where.append(state + _among(query[name], values))
            elif entity.name == "persons" and name == "deal_id":
                where.append(IN_DEAL)
                values += [query[name]] * 2
            elif entity.name == "activities" and name == "person_id":
                where.append(TAKES_PART)
                values.append(query[name])
            else:
                where.append(f"{member(name)} = ?")
                values.append(query[name])
        for name, sign in (("updated_since", ">="), ("updated_until", "<")):
            if name in query:
                where.append(f"update_time {sign} ?")
                values.append(query[name])
        if "ids" in query:
            where.append(f"id{_among(query['ids'], values)}")
        if entity.name == "deals":
            where.append(ARCHIVED if archived else f"NOT {ARCHIVED}")
        self._unseen(entity, where, values)
        return where, values

    def _unseen(self, entity: Entity, where: list[str], values: list[Any]) -> None:
        if "visible_to" in entity.body and not self._company.settings.admin:
            where.append(f"({member('owner_id')} = ? OR {member('visible_to')} >= ?)")
            values += [self._company.me, self._company.everybody()]


def _among(wanted: list[Any], values: list[Any]) -> str:
    values += wanted
    return f" IN ({', '.join('?' * len(wanted))})"


def _shown_parameters(entity: Entity) -> dict[str, Parser]:
    known: dict[str, Parser] = {}
    if entity.includes:
        known["include_fields"] = listed(*entity.includes)
    if entity.kind and entity.name != "products":
        known |= {"custom_fields": at_most(15)}
        known |= {"include_option_labels": boolean, "include_labels": boolean}
    return known


def _list_parameters(entity: Entity, archived: bool) -> dict[str, Parser]:
    known = PAGE | _shown_parameters(entity) | dict.fromkeys(entity.since, moment)
    if entity.kind:
        known["custom_fields"] = at_most(15)
    if archived:
        del known["include_option_labels"], known["include_labels"]
    known |= {name: WORDS.get(name, integer) for name in entity.filters}
    known |= {"sort_by": words(*entity.sorts), "sort_direction": words("asc", "desc")}
    if not entity.setup:
        known |= {"filter_id": integer, "ids": at_most(100, integer)}
    return known
