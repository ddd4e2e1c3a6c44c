"""Our fields, stages and labels in an account: what is missing, and the document that adds or
removes exactly that.

In: field plans. Out: plans as the account can take them, a JSON document, the problems of
applying it. Handing a document in twice does nothing twice. Deleting a field loses its values.
Source: Pipedrive API Reference v2, DealFields and their options, Pipelines, Stages.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from connectors.errors import Misconfigured, NotAuthorised, RecordRefused
from connectors.pipedrive import limits
from connectors.pipedrive.answers import NotFound
from connectors.pipedrive.client import Client
from connectors.pipedrive.ledger import NAME
from connectors.pipedrive.objects import LENGTHS, THINGS
from connectors.pipedrive.obstacles import is_admin
from connectors.pipedrive.schema import LONGEST_NAME, Schema
from connectors.pipedrive.values import Column
from connectors.values import FieldPlan

WORDS = {
    "string": "varchar", "textarea": "text", "double": "double", "int": "double", "long": "double",
    "percent": "double", "currency": "monetary", "date": "date", "datetime": "varchar",
    "boolean": "enum", "email": "varchar", "url": "varchar", "phone": "phone", "picklist": "enum",
    "multipicklist": "set", "reference": "varchar", "time": "varchar",
}  # fmt: skip
"""Type words that a plan may have → the vendor's. It has no boolean, instant or link."""
CREATABLE = ("varchar", "text", "double", "phone", "date", "set", "enum", "address", "monetary")
HOLDS = {
    "varchar": {"varchar", "varchar_auto", "text"}, "text": {"text"}, "double": {"double"},
    "monetary": {"monetary"}, "date": {"date"}, "enum": {"enum"}, "set": {"set"},
    "phone": {"phone", "varchar"}, "address": {"address"},
}  # fmt: skip
"""Vendor's type → types of fields that can take the same values."""
CHOICES = ("enum", "set", "picklist", "multipicklist")
BUILTIN = ("stage_id", "label_ids")
MOST_OPTIONS = 10_000


class Metadata:
    """Field creation in one account."""

    def __init__(self, client: Client, schema: Schema, plan: str, seats: int) -> None:
        self._client, self._schema = client, schema
        self._plan, self._seats = plan, seats
        self._problems: dict[str, list[str]] = {}

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        used: dict[str, set[str]] = {}
        return [self._shaped(plan, used.setdefault(plan.object, set())) for plan in fields]

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """A field that lacks options only comes back with just those. One to choose from that
        has no options yet cannot be created: run this again once they are known."""
        found = []
        for plan in fields:
            column = self._column(plan)
            choice = plan.type in CHOICES
            absent = tuple(o for o in plan.picklist if column and o not in column.ids)
            if column is None and (plan.picklist or not choice):
                found.append(plan)
            elif choice and absent:
                found.append(replace(plan, picklist=absent))
        return found

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        """Fields to create, and options to add to those that are there."""
        steps = [_step(plan, "add" if self._column(plan) else "create") for plan in fields]
        return _document(steps)

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        """A field that holds more options than these was there before, or is used by others
        now: only these options go."""
        steps = []
        for plan in reversed(fields):
            column = self._column(plan)
            if column is None:
                continue
            whole = column.custom and set(column.ids) <= set(plan.picklist)
            steps.append(_step(plan, "delete" if whole else "remove", column.code))
        return _document(steps)

    def deploy(self, content: bytes, check_only: bool) -> str:
        """Apply a document; the id to ask `deployed` with. Raises NotAuthorised where our user
        is no admin, Misconfigured for a document that is none of ours."""
        if not is_admin(self._schema):
            raise NotAuthorised(
                f"{NAME}: creating fields needs an admin. Take an admin's token, or add the "
                "fields of the document by hand under Settings, Data fields."
            )
        steps = _steps(content)
        self._schema.refresh()
        problems = self._refused(steps)
        if not check_only and not problems:
            problems = [said for step in steps if (said := self._apply(step))]
            self._schema.refresh()
        id = str(len(self._problems) + 1)
        self._problems[id] = problems
        return id

    def deployed(self, id: str) -> list[str]:
        return self._problems.get(id, [])

    def _column(self, plan: FieldPlan) -> Column | None:
        """The field that is there and serves the plan."""
        column = self._schema.columns(plan.object).get(plan.name)
        if column is None or not column.custom:
            return column
        return column if column.vendor in HOLDS.get(plan.type, ()) else None

    def _shaped(self, plan: FieldPlan, used: set[str]) -> FieldPlan:
        if plan.name in BUILTIN:
            return plan
        picks = tuple(dict.fromkeys(filter(None, (_line(p, 255) for p in plan.picklist))))
        type = plan.type if plan.type in CREATABLE else WORDS.get(plan.type, "varchar")
        if type == "varchar" and plan.length > LENGTHS["varchar"]:
            type = "text"
        name = self._free(_line(plan.name, LONGEST_NAME) or "Field", plan.object, type, used)
        used.add(name.casefold())
        return replace(
            plan,
            name=name,
            label=name,
            type=type,
            length=LENGTHS.get(type, 0),
            picklist=picks[:MOST_OPTIONS] if type in CHOICES else (),
            unique=False,
        )

    def _free(self, name: str, object: str, type: str, used: set[str]) -> str:
        """The name, or the name with a number, that no unfit field has."""
        there = {n.casefold(): c for n, c in self._schema.columns(object).items()}
        found, number = name, 1
        while found.casefold() in used or (
            (column := there.get(found.casefold()))
            and not (column.custom and column.vendor in HOLDS.get(type, ()))
        ):
            number += 1
            found = f"{name[: LONGEST_NAME - 5]} {number}"
        return found

    def _refused(self, steps: Sequence[dict[str, Any]]) -> list[str]:
        """What the account would refuse of it, told without trying."""
        new = sum(step["do"] == "create" and step["field"] not in BUILTIN for step in steps)
        there = sum(c.custom for o in THINGS for c in self._schema.columns(o).values())
        name = self._plan or limits.guessed(
            limits.daily_limit(self._client, self._schema, self._plan, self._seats),
            limits.seats(self._schema, self._seats),
        )
        most = limits.PLANS[name].fields if name else 0
        if new and most and there + new > most:
            return [
                f"{name.title()} holds {most} custom fields, {there} are there and {new} would "
                "come. Delete unused ones, leave mapping rows out, or move to a larger plan"
            ]
        return []

    def _apply(self, step: dict[str, Any]) -> str:
        """Do one step unless it is done; what was refused of it, or ""."""
        stages = step["field"] == "stage_id"
        do: dict[str, Callable[[dict[str, Any]], None]] = {
            "create": self._create,
            "add": self._add_stages if stages else self._add,
            "remove": self._remove_stages if stages else self._remove,
            "delete": self._delete,
        }
        try:
            do[step["do"]](step)
        except (RecordRefused, Misconfigured) as refusal:
            return f"{step['object']} “{step['field']}”: {refusal}"
        except NotFound:
            return ""
        return ""

    def _create(self, step: dict[str, Any]) -> None:
        plan = FieldPlan(step["object"], step["field"], step["field"], step["type"])
        if self._column(plan) is not None:
            self._add(step)
            return
        body: dict[str, Any] = {"field_name": step["field"], "field_type": step["type"]}
        if step["type"] in CHOICES:
            body["options"] = [{"label": label} for label in step["options"]]
        self._client.call("POST", THINGS[step["object"]].fields_path, body)

    def _add(self, step: dict[str, Any]) -> None:
        column = self._schema.columns(step["object"])[step["field"]]
        labels = [{"label": o} for o in step["options"] if o not in column.ids]
        if labels:
            self._client.call("POST", self._options_path(step["object"], column), labels)

    def _remove(self, step: dict[str, Any]) -> None:
        column = self._schema.columns(step["object"]).get(step["field"])
        ids = [{"id": column.ids[o]} for o in step["options"] if o in column.ids] if column else []
        if column and ids:
            self._client.call("DELETE", self._options_path(step["object"], column), ids)

    def _delete(self, step: dict[str, Any]) -> None:
        path = THINGS[step["object"]].fields_path
        known = {field["field_code"] for field in self._schema.fields(step["object"])}
        if step["code"] in known:
            self._client.call("DELETE", f"{path}/{step['code']}")

    def _options_path(self, object: str, column: Column) -> str:
        code = column.code
        if code == "label_ids" and (field := self._schema.labels_field(object)):
            code = field["field_code"]
        return f"{THINGS[object].fields_path}/{code}/options"

    def _add_stages(self, step: dict[str, Any]) -> None:
        for pipeline, stage in _split(step["options"]):
            there = self._schema.stages()
            if any((s["pipeline_name"], s["name"]) == (pipeline, stage) for s in there):
                continue
            body = {"name": stage, "pipeline_id": self._pipeline(pipeline)}
            self._client.call("POST", "/api/v2/stages", body)
            self._schema.refresh()

    def _pipeline(self, name: str) -> int:
        for page in self._client.pages("/api/v2/pipelines"):
            for pipeline in page:
                if pipeline["name"] == name and not pipeline.get("is_deleted"):
                    return int(pipeline["id"])
        made = self._client.call("POST", "/api/v2/pipelines", {"name": name})
        return int(made["data"]["id"])

    def _remove_stages(self, step: dict[str, Any]) -> None:
        """A pipeline goes with the last of its stages."""
        names = set(_split(step["options"]))
        there = self._schema.stages()
        ours = [s for s in there if (s["pipeline_name"], s["name"]) in names]
        whole = {s["pipeline_id"] for s in ours} - {
            s["pipeline_id"] for s in there if s not in ours
        }
        for stage in ours:
            self._client.call("DELETE", f"/api/v2/stages/{stage['id']}")
        for pipeline in whole:
            self._client.call("DELETE", f"/api/v2/pipelines/{pipeline}")


def _split(options: Sequence[str]) -> Iterator[tuple[str, str]]:
    for option in options:
        pipeline, _, stage = option.partition(" / ")
        yield pipeline, stage


def _line(text: str, longest: int) -> str:
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split()).replace(";", ",")[:longest].rstrip()


def _step(plan: FieldPlan, do: str, code: str = "") -> dict[str, Any]:
    return {
        "do": do,
        "object": plan.object,
        "field": plan.name,
        "type": plan.type,
        "code": code,
        "options": list(plan.picklist),
    }


def _document(steps: Sequence[dict[str, Any]]) -> bytes:
    return orjson.dumps({"pipedrive fields": 1, "steps": steps}, option=orjson.OPT_INDENT_2)


def _steps(content: bytes) -> list[dict[str, Any]]:
    try:
        document = orjson.loads(content)
        assert document["pipedrive fields"] == 1
        steps: list[dict[str, Any]] = document["steps"]
        assert all(s["do"] in ("create", "add", "remove", "delete") for s in steps)
    except (orjson.JSONDecodeError, KeyError, TypeError, AssertionError):
        raise Misconfigured(
            f"{NAME}: this is no document of fields. Hand in what `package` gave, unchanged."
        ) from None
    return steps
