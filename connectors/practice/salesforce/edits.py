"""What others do in the org behind our back: in goes a command of `POST /edit`.

    {"op": "update", "object": "Case", "key": "8450/jobs/1", "set": {"Subject": "x"}}
    {"op": "create", "object": "Task", "values": {"WhatId": "500…", "Subject": "Call back"}}
    {"op": "delete", "object": "Case", "id": "500…"}
    {"op": "duplicate", "object": "Account", "key": "8450/customers/1"}  a second one, same key
    {"op": "field", "action": "add|remove|hide|show|length", "object": "Case", "field": "X__c"}
    {"op": "ids", "object": "Case", "prefix": "8450/"}   keys of live rows → ids
    {"op": "dump", "object": "Case"}                     every live row as stored
    {"op": "layouts"}                                    page layouts and what is on each
    {"op": "user", "set": {"api_enabled": false}}        rights of the user we write with

Records are changed as the dispatcher, by the org's own rules.
"""

from dataclasses import asdict
from typing import Any

from connectors.practice.salesforce.bodies import body_pairs
from connectors.practice.salesforce.content_objects import VERSION
from connectors.practice.salesforce.contents import Contents
from connectors.practice.salesforce.deletes import delete
from connectors.practice.salesforce.errors import RowError
from connectors.practice.salesforce.fields import Field
from connectors.practice.salesforce.metadata.permissions import others_right
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org, assign
from connectors.practice.salesforce.query import shown
from connectors.practice.salesforce.store import stored
from connectors.practice.salesforce.values import from_json
from connectors.practice.salesforce.writer import Options, Writer

KEY = "Source_Id__c"


class Edits:
    """Applies one command. Raises ValueError where it makes no sense or the org refuses."""

    def __init__(self, org: Org, contents: Contents) -> None:
        self._org, self._contents = org, contents
        self._writer = Writer(org, Options(org.people.dispatcher, allow_duplicates=True), from_json)

    def apply(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry it out; the answer depends on the command."""
        handlers = {
            "update": self._update,
            "create": self._create,
            "delete": self._delete,
            "duplicate": self._duplicate,
            "field": self._field,
            "ids": self._ids,
            "dump": self._dump,
            "layouts": self._layouts,
            "user": self._user,
        }
        handle = handlers.get(command.get("op", ""))
        if handle is None:
            raise ValueError(f"op must be one of {', '.join(handlers)}")
        try:
            return handle(command)
        except RowError as refused:
            raise ValueError(refused.bulk()) from refused

    def _object(self, command: dict[str, Any]) -> Object:
        return self._org.schema.named(str(command.get("object")))

    def _row(self, command: dict[str, Any]) -> str:
        if "id" in command:
            return str(command["id"])
        found = self._org.store.ids(self._object(command), KEY, command["key"], 1)
        if not found:
            raise ValueError(f"no {command['object']} carries the key {command['key']!r}")
        return found[0]

    def _update(self, command: dict[str, Any]) -> dict[str, Any]:
        object, id = self._object(command), self._row(command)
        pairs = body_pairs(self._org.schema, object, command["set"])
        self._writer.update(object, id, pairs)
        return {"id": id}

    def _create(self, command: dict[str, Any]) -> dict[str, Any]:
        object = self._object(command)
        if object.name == VERSION:
            return {"id": self._contents.add(self._org.people.dispatcher, command["values"])}
        pairs = body_pairs(self._org.schema, object, command["values"])
        return {"id": self._writer.insert(object, pairs)}

    def _delete(self, command: dict[str, Any]) -> dict[str, Any]:
        id = self._row(command)
        delete(self._org, self._object(command), id, self._org.people.dispatcher)
        return {"id": id}

    def _duplicate(self, command: dict[str, Any]) -> dict[str, Any]:
        object, id = self._object(command), self._row(command)
        row = self._writer.existing(object, id)
        copy = row | {"Id": self._org.store.next_id(object.prefix)}
        self._org.store.insert(object, copy)
        return {"id": copy["Id"], "of": id}

    def _field(self, command: dict[str, Any]) -> dict[str, Any]:
        object, name, action = self._object(command), command["field"], command["action"]
        field = self._org.schema.change(object, name, action, command)
        if action == "add":
            self._org.store.add_field(object, field)
        if action == "hide" and field.custom:
            others_right(self._org, object.name, field.name)
        return {"field": field.name}

    def _ids(self, command: dict[str, Any]) -> dict[str, Any]:
        object, prefix = self._object(command), command.get("prefix", "")
        rows = self._org.store.db.execute(
            f'SELECT {KEY}, Id FROM "{object.name}" WHERE IsDeleted = 0 AND {KEY} IS NOT NULL'
            f" AND substr({KEY}, 1, ?) = ?",
            (len(prefix), prefix),
        )
        return dict(rows.fetchall())

    def _dump(self, command: dict[str, Any]) -> dict[str, Any]:
        object = self._object(command)
        fields = [each for each in object.fields.values() if stored(each)]
        rows = [self._shown(fields, row) for row in self._org.store.live(object)]
        return {"records": rows}

    def _shown(self, fields: list[Field], row: dict[str, Any]) -> dict[str, Any]:
        return {each.name: shown(each, (row[each.name],)) for each in fields}

    def _layouts(self, command: dict[str, Any]) -> dict[str, Any]:
        return {name: asdict(each) for name, each in self._org.schema.layouts.items()}

    def _user(self, command: dict[str, Any]) -> dict[str, Any]:
        rights = self._org.rights
        assign(rights, command["set"])
        self._org.refresh_rights()
        access = {
            "PermissionsApiEnabled": int(rights.api_enabled),
            "PermissionsModifyAllData": int(rights.modify_all),
            "PermissionsViewAllData": int(rights.modify_all),
            "PermissionsViewSetup": int(rights.view_setup),
            "PermissionsCreateAuditFields": int(self._org.schema.audit_fields),
        }
        self._org.store.db.execute(
            f"UPDATE UserPermissionAccess SET {', '.join(f'{n} = {v}' for n, v in access.items())}"
        )
        return {}
