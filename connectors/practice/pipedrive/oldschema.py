"""The fields as version 1 lists them, and what it lists of notes and filters."""

from typing import Any

from connectors.practice.pipedrive.api import Call, Endpoint, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.fields import ENTITIES, Field
from connectors.practice.pipedrive.old import page_parameters
from connectors.practice.pipedrive.queries import read_old

# Version 2 renamed some fields that every company has.
OLD_KEYS = {"owner_id": "user_id", "label_ids": "label", "emails": "email", "phones": "phone"}
NOTE_FIELDS = {"content": "Content", "add_time": "Add time", "update_time": "Update time"}


class OldSchema:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            *(Operation("v1", "GET", f"/{e}Fields", 20, self._of(e)) for e in ENTITIES),
            Operation("v1", "GET", "/noteFields", 20, self.note_fields),
            Operation("v1", "GET", "/filters", 20, self.filters),
        ]

    def _of(self, entity: str) -> Endpoint:
        async def list_fields(call: Call) -> Reply:
            query = read_old(call.query, page_parameters(500))
            fields = sorted(self._company.fields.of[entity].values(), key=lambda f: f.number)
            start, limit = query.get("start", 0), query.get("limit", 100)
            more = len(fields) > start + limit
            rows = [self._show(n + 1, f) for n, f in enumerate(fields)][start : start + limit]
            place = {"start": start, "limit": limit, "more_items_in_collection": more}
            return Reply(rows, place)

        return list_fields

    def _show(self, order: int, field: Field) -> dict[str, Any]:
        flags = ("index_visible_flag", "details_visible_flag", "bulk_edit_allowed",
                 "searchable_flag", "filtering_allowed", "sortable_flag")  # fmt: skip
        options = None if field.options is None else [o.view() for o in field.options]
        return {
            "id": field.number,
            "key": OLD_KEYS.get(field.code, field.code),
            "name": field.name,
            "order_nr": order,
            "field_type": field.type,
            "add_time": "2023-03-01 09:00:00",
            "update_time": "2023-03-01 09:00:00",
            "active_flag": True,
            "edit_flag": field.custom,
            "add_visible_flag": False,
            "important_flag": False,
            "mandatory_flag": field.code in ("title", "name"),
            **dict.fromkeys(flags, True),
            "options": options,
        }

    async def note_fields(self, call: Call) -> Reply:
        rows = [
            {"id": number + 1, "key": key, "name": name,
             "field_type": "text" if key == "content" else "date", "active_flag": True,
             "edit_flag": False, "bulk_edit_allowed": False, "mandatory_flag": key == "content"}
            for number, (key, name) in enumerate(NOTE_FIELDS.items())
        ]  # fmt: skip
        place = {"start": 0, "limit": 100, "more_items_in_collection": False}
        return Reply(rows, place)

    async def filters(self, call: Call) -> Reply:
        return Reply([])
