"""What others do in the company behind our back: in goes a command of `POST /edit`.

    {"op": "update", "object": "deals", "key": "8450/jobs/1", "set": {"title": "x"}}
    {"op": "create", "object": "persons", "values": {"name": "Jane Doe"}}
    {"op": "delete", "object": "deals", "id": 5}
    {"op": "purge", "object": "deals", "id": 5}         gone for good
    {"op": "merge", "object": "persons", "id": 5, "into": 6}   5 is gone, 6 has its children
    {"op": "duplicate", "object": "deals", "key": "8450/jobs/1"}    a second one, same values
    {"op": "field", "action": "add|remove|rename", "entity": "deal", "field": "name or code",
     "type": "varchar", "options": ["A"], "to": "new name"}
    {"op": "option", "action": "add|remove|rename", "entity": "deal", "field": "label_ids",
     "label": "Hot", "to": "Very hot"}
    {"op": "user", "email": "a@b.example", "set": {"active_flag": false}}     made if unknown
    {"op": "token", "action": "issue|revoke"}            a new token ends those before it
    {"op": "ids", "object": "deals", "prefix": "8450/"}  keys of live records → ids
    {"op": "dump", "object": "deals"}                    every live record as stored

`key` finds a record by its "Source ID" field; activities, notes and files by a text that holds
it. In `custom_fields` a field may be named by its name. Organizations, persons, deals,
activities, products, pipelines and stages change by the company's own rules, as the dispatcher;
other objects take any value.
"""

import re
from secrets import token_hex
from typing import Any

import orjson

from connectors.practice.pipedrive import writer
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.entities import BY_NAME
from connectors.practice.pipedrive.errors import Refused
from connectors.practice.pipedrive.fields import Field
from connectors.practice.pipedrive.notes import blank_note
from connectors.practice.pipedrive.people import add_user
from connectors.practice.pipedrive.state import KINDS, LINKED, key_codes, key_of
from connectors.practice.pipedrive.store import TABLES, Record

TEXTS = {"activities": ("subject", "note"), "notes": ("content",)}
TEXTS |= {"files": ("name", "description")}
CHILDREN = ("deals", "persons", "activities", "notes", "files")


class Edits:
    """Applies one command. Raises ValueError where it makes no sense or the company refuses."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def apply(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry it out; the answer depends on the command."""
        ops = ("update", "create", "delete", "purge", "merge", "duplicate", "field", "option",
               "user", "token", "ids", "dump")  # fmt: skip
        if command.get("op") not in ops:
            raise ValueError(f"op must be one of {', '.join(ops)}")
        admin, self._company.settings.admin = self._company.settings.admin, True
        try:
            with self._company.store.transaction():
                return getattr(self, f"_{command['op']}")(command)  # type: ignore[no-any-return]
        except Refused as refused:
            raise ValueError(refused.error) from refused
        finally:
            self._company.settings.admin = admin

    def _object(self, command: dict[str, Any]) -> str:
        name = str(command.get("object"))
        if name not in TABLES:
            raise ValueError(f"object must be one of {', '.join(TABLES)}")
        return name

    def _record(self, command: dict[str, Any], id: str = "id") -> Record:
        entity = self._object(command)
        if id in command:
            found = [self._company.store.get(entity, int(command[id]))]
        elif entity in TEXTS:
            found = [r for r in self._company.store.each(entity) if command["key"] in _keys(r)]
        else:
            codes = key_codes(self._company, entity)
            found = [
                record
                for record in self._company.store.each(entity)
                if command["key"] in [record["custom_fields"].get(code) for code in codes]
            ]
        if not found or found[0] is None:
            raise ValueError(f"no record of {entity} is meant by {command.get('key') or command}")
        return found[0]

    def _named(self, entity: str, body: dict[str, Any]) -> dict[str, Any]:
        if "custom_fields" not in body:
            return body
        codes = {f.name: f.code for f in self._company.fields.custom(KINDS[entity])}
        custom = {codes.get(name, name): value for name, value in body["custom_fields"].items()}
        return body | {"custom_fields": custom}

    def _update(self, command: dict[str, Any]) -> dict[str, Any]:
        entity, record = self._object(command), self._record(command)
        if entity in BY_NAME:
            body = self._named(entity, command["set"])
            writer.update(self._company, BY_NAME[entity], record["id"], body)
        else:
            record |= command["set"] | {"update_time": self._company.now()}
            self._company.store.save(entity, record)
        return {"id": record["id"]}

    def _create(self, command: dict[str, Any]) -> dict[str, Any]:
        company, entity = self._company, self._object(command)
        if entity in BY_NAME:
            body = self._named(entity, command["values"])
            return {"id": writer.create(company, BY_NAME[entity], body, company.dispatcher)["id"]}
        if entity != "notes":
            raise ValueError(f"{entity} cannot be created here")
        times = dict.fromkeys(("add_time", "update_time"), company.now())
        note = blank_note() | times | {"user_id": company.dispatcher} | command["values"]
        return {"id": company.store.insert("notes", note)}

    def _delete(self, command: dict[str, Any]) -> dict[str, Any]:
        record = self._record(command) | {"is_deleted": True, "update_time": self._company.now()}
        self._company.store.save(self._object(command), record)
        return {"id": record["id"]}

    def _purge(self, command: dict[str, Any]) -> dict[str, Any]:
        record = self._record(command)
        self._company.store.remove(self._object(command), record["id"])
        return {"id": record["id"]}

    def _merge(self, command: dict[str, Any]) -> dict[str, Any]:
        entity, store, now = self._object(command), self._company.store, self._company.now()
        loser, winner = self._record(command), self._record(command, "into")
        link = next(name for name, target in LINKED.items() if target == entity)
        for child in CHILDREN:
            if link in TABLES[child]:
                for record in store.where(child, **{link: loser["id"]}):
                    store.save(child, record | {link: winner["id"], "update_time": now})
        custom = loser["custom_fields"] | winner["custom_fields"]
        kept = {name: value for name, value in winner.items() if value not in (None, [])}
        store.save(entity, loser | kept | {"custom_fields": custom, "update_time": now})
        store.remove(entity, loser["id"])
        return {"id": winner["id"]}

    def _duplicate(self, command: dict[str, Any]) -> dict[str, Any]:
        record, now = self._record(command), self._company.now()
        copy = record | {"add_time": now, "update_time": now}
        return {"id": self._company.store.insert(self._object(command), copy), "of": record["id"]}

    def _find_field(self, command: dict[str, Any]) -> Field:
        wanted = command["field"]
        for field in self._company.fields.of[command["entity"]].values():
            if wanted in (field.code, field.name):
                return field
        raise ValueError(f"{command['entity']} has no field {wanted!r}")

    def _field(self, command: dict[str, Any]) -> dict[str, Any]:
        fields, entity, action = self._company.fields, command["entity"], command["action"]
        if action == "add":
            kind, labels = command.get("type", "varchar"), command.get("options")
            return fields.add(entity, command["field"], kind, labels).view()
        field = self._find_field(command)
        if action == "rename":
            field.name = command["to"]
        elif action == "remove":
            del fields.of[entity][field.code]
        else:
            raise ValueError("action must be add, remove or rename")
        return field.view()

    def _option(self, command: dict[str, Any]) -> dict[str, Any]:
        field, action = self._find_field(command), command["action"]
        field.options = field.options or []
        if action == "add":
            field.options.append(self._company.fields.new_option(command["label"]))
        elif action == "remove":
            field.options = [o for o in field.options if o.label != command["label"]]
        elif action == "rename":
            next(o for o in field.options if o.label == command["label"]).label = command["to"]
        else:
            raise ValueError("action must be add, remove or rename")
        return field.view()

    def _user(self, command: dict[str, Any]) -> dict[str, Any]:
        email, store = command["email"].lower(), self._company.store
        found = [user for user in store.each("users") if user["email"].lower() == email]
        user = found[0] if found else add_user(self._company, email, command["email"])
        store.save("users", user | command.get("set", {}))
        return {"id": user["id"]}

    def _token(self, command: dict[str, Any]) -> dict[str, Any]:
        self._company.tokens.clear()
        if command.get("action") != "issue":
            return {}
        token = token_hex(20)
        self._company.tokens.add(token)
        return {"token": token}

    def _ids(self, command: dict[str, Any]) -> dict[str, Any]:
        entity, prefix = self._object(command), command.get("prefix", "")
        found: dict[str, Any] = {}
        for record in self._company.store.each(entity):
            keys = _keys(record) if entity in TEXTS else {key_of(self._company, entity, record)}
            for key in keys:
                if key and key.startswith(prefix):
                    found.setdefault(key, record["id"])
        return found

    def _dump(self, command: dict[str, Any]) -> dict[str, Any]:
        return {"records": list(self._company.store.each(self._object(command)))}


def _keys(record: Record) -> set[str]:
    texts = orjson.dumps([record.get(n) for names in TEXTS.values() for n in names]).decode()
    return set(re.findall(r"[\w-]+(?:/[\w.-]+)+", texts))
