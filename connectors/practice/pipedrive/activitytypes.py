"""Activity types of version 1: their key is made of the name and never changes."""

import re
from typing import Any

from connectors.practice.pipedrive.api import Call, Operation, Reply
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.errors import forbidden, not_found, refused
from connectors.practice.pipedrive.moments import old_stamp
from connectors.practice.pipedrive.store import Record

ICONS = [
    "task", "email", "meeting", "deadline", "call", "lunch", "calendar", "downarrow", "document",
    "smartphone", "camera", "scissors", "cogs", "bubble", "uparrow", "checkbox", "signpost",
    "shuffle", "addressbook", "linegraph", "picture", "car", "world", "search", "clip", "sound",
    "brush", "key", "padlock", "pricetag", "suitcase", "finish", "plane", "loop", "wifi", "truck",
    "cart", "bulb", "bell", "presentation",
]  # fmt: skip
FULL = "Couldn't add activity type. You've reached the activity type per company limit."
COLOR = re.compile(r"[0-9A-Fa-f]{6}")


class ActivityTypes:
    """The endpoints over one company."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def operations(self) -> list[Operation]:
        """All of this module."""
        return [
            Operation("v1", "GET", "/activityTypes", 20, self.list),
            Operation("v1", "POST", "/activityTypes", 10, self.create),
            Operation("v1", "PUT", "/activityTypes/{id}", 10, self.update),
            Operation("v1", "DELETE", "/activityTypes/{id}", 6, self.delete),
        ]

    async def list(self, call: Call) -> Reply:
        return Reply([show(each) for each in self._company.store.each("activityTypes")])

    async def create(self, call: Call) -> Reply:
        self._administrator()
        sent = _check(await call.form())
        for key in ("name", "icon_key"):
            if key not in sent:
                raise refused(400, f"{key} must be given.")
        if self._company.store.count("activityTypes") >= self._company.settings.activity_type_cap:
            raise refused(403, FULL)
        with self._company.store.transaction():
            return Reply(show(add_type(self._company, **sent)))

    async def update(self, call: Call) -> Reply:
        self._administrator()
        record = self._find(call) | _check(await call.form())
        return self._save(record)

    async def delete(self, call: Call) -> Reply:
        self._administrator()
        return self._save(self._find(call) | {"is_deleted": True})

    def _save(self, record: Record) -> Reply:
        record["update_time"] = self._company.now()
        self._company.store.save("activityTypes", record)
        return Reply(show(record))

    def _administrator(self) -> None:
        if not self._company.settings.admin:
            raise forbidden()

    def _find(self, call: Call) -> Record:
        id = call.path["id"]
        record = self._company.store.get("activityTypes", int(id)) if id.isdigit() else None
        if record is None or record["is_deleted"]:
            raise not_found("Activity type")
        return record


def _check(body: dict[str, Any]) -> Record:
    sent: Record = {key: body[key] for key in ("name", "icon_key", "color") if key in body}
    name = sent.get("name", "x")
    if type(name) is not str or not name.strip() or len(name) > 255:
        raise refused(400, "Name must be given.")
    if sent.get("icon_key", "task") not in ICONS:
        raise refused(400, "icon_key is not valid.")
    if not COLOR.fullmatch(str(sent.get("color") or "FFFFFF")):
        raise refused(400, "color is not valid.")
    return sent


def show(record: Record) -> Record:
    """A type as version 1 shows it."""
    kept = ("id", "name", "icon_key", "color", "order_nr", "key_string", "is_custom_flag")
    times = {name: old_stamp(record[name]) for name in ("add_time", "update_time")}
    return {k: record[k] for k in kept} | {"active_flag": not record["is_deleted"]} | times


def add_type(
    company: Company, name: str, icon_key: str, color: str = "FFFFFF", custom: bool = True
) -> Record:
    """A new type; its key has a number after it where there is one already."""
    key = base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "type"
    count = 1
    while company.store.select("activityTypes", "json_extract(body, '$.key_string') = ?", (key,)):
        count += 1
        key = f"{base}{count}"
    now = company.now()
    record: Record = {"add_time": now, "update_time": now, "is_deleted": False, "name": name}
    record |= {"icon_key": icon_key, "color": color, "key_string": key, "is_custom_flag": custom}
    record["order_nr"] = company.store.count("activityTypes") + 1
    company.store.insert("activityTypes", record)
    return record
