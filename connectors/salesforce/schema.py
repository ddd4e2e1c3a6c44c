"""The org's schema as our user sees it: describe answers in, object and field specs out.

A field that field-level security hides from our user is absent, as if it did not exist.
Source: REST API Developer Guide, "sObject Describe".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.errors import Misconfigured
from connectors.salesforce.answers import NAME, NotFound
from connectors.salesforce.client import Client
from connectors.salesforce.identity import MARKED, ROOM
from connectors.values import FieldSpec, ObjectSpec


class Schema:
    """Describes of one org, each asked for once until `refresh`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[str, Mapping[str, Any] | None] = {}
        self._specs: dict[str, ObjectSpec | None] = {}
        self._fields: dict[str, dict[str, FieldSpec]] = {}

    def refresh(self) -> None:
        """Ask again from now on."""
        self._answers.clear()
        self._specs.clear()
        self._fields.clear()

    def describe(self, object: str) -> Mapping[str, Any] | None:
        """The org's own answer; None where it lacks the object or hides it from us."""
        if object not in self._answers:
            try:
                self._answers[object] = self._client.call("GET", f"/sobjects/{object}/describe")
            except NotFound:
                self._answers[object] = None
        return self._answers[object]

    def spec(self, object: str) -> ObjectSpec | None:
        if object not in self._specs:
            answer = self.describe(object)
            self._specs[object] = None if answer is None else object_spec(answer)
        return self._specs[object]

    def fields(self, object: str, names: Sequence[str] = ()) -> Mapping[str, FieldSpec]:
        """Name → spec, of those names. Raises Misconfigured where one is absent."""
        if object not in self._fields:
            spec = self.spec(object)
            self._fields[object] = {f.name: f for f in spec.fields} if spec else {}
        known = self._fields[object]
        if absent := sorted(set(names) - set(known)):
            raise Misconfigured(
                f"{NAME}: {object} has no field {', '.join(absent)}, or field-level security "
                "hides it from our user. Create it, or grant it, and run the inventory again."
            )
        return {name: known[name] for name in names}


def object_spec(answer: Mapping[str, Any]) -> ObjectSpec:
    """A describe answer in our words."""
    marked = MARKED.get(answer["name"])
    fields = tuple(
        replace(spec, length=spec.length - ROOM) if marked and spec.name == marked.text else spec
        for spec in map(_field, answer["fields"])
    )
    return ObjectSpec(answer["name"], answer["label"], bool(answer["custom"]), fields)


def _field(answer: Mapping[str, Any]) -> FieldSpec:
    kind = answer["type"]
    createable = bool(answer["createable"])
    values = sorted(answer["picklistValues"], key=lambda each: not each.get("defaultValue"))
    given = answer["nillable"] or answer["defaultedOnCreate"] or kind == "boolean"
    return FieldSpec(
        name=answer["name"],
        label=answer["label"],
        type=kind,
        length=int(answer["length"] or 0),
        required=createable and not given,
        createable=createable,
        updateable=bool(answer["updateable"]),
        custom=bool(answer["custom"]),
        unique=bool(answer["unique"]),
        external_id=bool(answer["externalId"]),
        restricted=bool(answer["restrictedPicklist"]),
        picklist=tuple(p["value"] for p in values if p["active"]),
        references=tuple(answer["referenceTo"]),
    )
