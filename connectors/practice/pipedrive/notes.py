"""Notes of version 1."""

import re
from datetime import UTC, datetime
from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import Bad, forbidden, refused
from connectors.practice.pipedrive.moments import old_stamp, parse_date, parse_old, stamp
from connectors.practice.pipedrive.old import (
    find_old,
    old_flag,
    old_number,
    old_page,
    page_parameters,
    parents,
    title,
)  # fmt: skip
from connectors.practice.pipedrive.queries import Parser, integer, read_old
from connectors.practice.pipedrive.store import Record

LINKS = ("deal_id", "person_id", "org_id", "lead_id", "project_id", "task_id")
KINDS = ("lead", "deal", "organization", "person", "project", "task")
PINS = tuple(f"pinned_to_{kind}_flag" for kind in KINDS)
LONGEST = 100 * 1024
UNSAFE = re.compile(
    r"(?is)<!--.*?-->|<(script|style|iframe)\b.*?</\1>|\son\w+=(\"[^\"]*\"|'[^']*')"
)
ALONE = "Note must be associated with at least one organization, person, deal, lead or project."


def blank_note() -> Record:
    """A note without content, parent or times."""
    plain = {"is_deleted": False, "last_update_user_id": None, "_dated": False}
    return dict.fromkeys(LINKS) | dict.fromkeys(PINS, False) | plain


def zoned(value: str) -> str:
    """An instant of RFC 3339, fractions allowed."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as bad:
        raise Bad("is not a valid date-time") from bad
    return stamp(found if found.tzinfo else found.replace(tzinfo=UTC))


def old_boolean(value: str) -> bool:
    """0 or 1."""
    if value not in ("0", "1"):
        raise Bad("must be 0 or 1")
    return value == "1"


LIST: dict[str, Parser] = {
    **page_parameters(500), **dict.fromkeys(LINKS, integer), **dict.fromkeys(PINS, old_boolean),
    "lead_id": str, "user_id": integer, "updated_since": zoned, "sort": str,
    "start_date": parse_date, "end_date": parse_date,
}  # fmt: skip


class Notes:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            Operation("v1", "GET", "/notes", 20, self.list),
            Operation("v1", "POST", "/notes", 10, self.create),
            Operation("v1", "GET", "/notes/{id}", 2, self.read),
            Operation("v1", "PUT", "/notes/{id}", 10, self.update),
            Operation("v1", "DELETE", "/notes/{id}", 6, self.delete),
        ]

    async def list(self, call: Call) -> Reply:
        query = read_old(call.query, LIST)
        asked = {name: query[name] for name in (*LINKS, *PINS, "user_id") if name in query}
        since = query.get("updated_since")
        return old_page(self._company, "notes", query, self.show, asked, since)

    async def read(self, call: Call) -> Reply:
        return Reply(self.show(find_old(self._company, "notes", "Note", call.path["id"])))

    async def create(self, call: Call) -> Reply:
        body = await call.form()
        sent = self._check(body)
        if "content" not in sent:
            raise refused(400, "Content must be given.")
        now = self._company.now()
        record = blank_note() | {"add_time": now, "user_id": self._company.me} | sent
        record |= {"update_time": now, "_dated": "add_time" in sent}
        if all(record[name] is None for name in LINKS):
            raise refused(400, ALONE)
        with self._company.store.transaction():
            self._company.store.insert("notes", record)
        return Reply(self.show(record))

    async def update(self, call: Call) -> Reply:
        record = self._live(call) | self._check(await call.form())
        if all(record[name] is None for name in LINKS):
            raise refused(400, ALONE)
        record["last_update_user_id"] = self._company.me
        return self._save(record)

    async def delete(self, call: Call) -> Reply:
        self._save(self._live(call) | {"is_deleted": True})
        return Reply(True)

    def _live(self, call: Call) -> Record:
        record = find_old(self._company, "notes", "Note", call.path["id"])
        if record["is_deleted"]:
            raise refused(404, "Note not found")
        return record

    def _save(self, record: Record) -> Reply:
        record["update_time"] = self._company.now()
        self._company.store.save("notes", record)
        return Reply(self.show(record))

    def _check(self, body: dict[str, Any]) -> Record:
        sent = parents(self._company, body, *LINKS)
        if "content" in body:
            sent["content"] = _content(body["content"])
        for name in PINS:
            if name in body:
                sent[name] = old_flag(body[name], name)
        if "add_time" in body:
            try:
                sent["add_time"] = parse_old(str(body["add_time"]))
            except Bad as bad:
                raise refused(400, f"add_time {bad}") from bad
        if "user_id" in body:
            sent["user_id"] = self._author(old_number(body["user_id"], "user_id"))
        return sent

    def _author(self, id: int) -> int:
        if id != self._company.me and not self._company.settings.admin:
            raise forbidden("Only an admin can set another author.")
        user = self._company.store.get("users", id)
        if user is None or not user["active_flag"]:
            raise refused(400, "User not found")
        return id

    def show(self, record: Record) -> Record:
        """A note as version 1 shows it."""
        user = self._company.store.get("users", record["user_id"]) or {}
        names = {name: title(self._company, name, record[name]) for name in LINKS[:3]}
        return {
            "id": record["id"],
            "active_flag": not record["is_deleted"],
            "add_time": old_stamp(record["add_time"]),
            "update_time": old_stamp(record["update_time"]),
            "content": record["content"],
            **{name: record[name] for name in (*LINKS, *PINS, "user_id", "last_update_user_id")},
            "deal": {"title": names["deal_id"]} if names["deal_id"] else None,
            "person": {"name": names["person_id"]} if names["person_id"] else None,
            "organization": {"name": names["org_id"]} if names["org_id"] else None,
            "user": {
                "email": user.get("email"),
                "icon_url": None,
                "is_you": record["user_id"] == self._company.me,
                "name": user.get("name"),
            },
        }


def _content(value: Any) -> str:
    if type(value) is not str or not value.strip():
        raise refused(400, "Content must be given.")
    if len(value.encode()) > LONGEST:
        raise refused(400, "Content must not be larger than 100 KB.")
    return UNSAFE.sub("", value)
