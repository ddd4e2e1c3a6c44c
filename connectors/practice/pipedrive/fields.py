"""The fields of each entity: those every company has (`builtin.py`) and the custom ones.

Custom fields have a random key of 40 hex digits; names need not be unique. Option ids are
numbers that ascend over the whole account.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from connectors.practice.pipedrive.builtin import BUILTIN

ENTITIES = ("deal", "person", "organization", "product", "activity")
OPTIONED = ("enum", "set")
SUBFIELDS = {
    "monetary": {"currency": "varchar"},
    "daterange": {"until": "date"},
    "timerange": {"until": "time", "timezone_id": "int"},
    "time": {"timezone_id": "int"},
    "address": dict.fromkeys(
        ("subpremise", "street_number", "route", "sublocality", "locality",
         "admin_area_level_1", "admin_area_level_2", "country", "postal_code",
         "formatted_address"), "varchar",
    ),
}  # fmt: skip


@dataclass
class Option:
    """One value of an enum, a set or a label field."""

    id: int | str
    label: str
    color: str | None = None

    def view(self) -> dict[str, Any]:
        """As the field shows it."""
        return {"id": self.id, "label": self.label, "color": self.color}


@dataclass
class Field:
    """One field. `number` is its id in version 1."""

    number: int
    code: str
    name: str
    type: str
    custom: bool = False
    options: list[Option] | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def option(self, id: Any) -> Option | None:
        """The option of that id."""
        return next((o for o in self.options or () if o.id == id and type(o.id) is type(id)), None)

    def view(self) -> dict[str, Any]:
        """As version 2 shows it."""
        parts = SUBFIELDS.get(self.type, {}) if self.custom else {}
        subfields = [
            {"field_code": f"{self.code}_{part}", "field_name": part, "field_type": kind}
            for part, kind in parts.items()
        ]
        return {
            "field_name": self.name,
            "field_code": self.code,
            "field_type": self.type,
            "options": None if self.options is None else [o.view() for o in self.options],
            "subfields": subfields or None,
            "is_custom_field": self.custom,
            "is_optional_response_field": False,
        }


class Fields:
    """Every field of the company."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._last_option, self._last_number = 0, 12_000
        self.of: dict[str, dict[str, Field]] = {entity: {} for entity in ENTITIES}
        for entity, rows in BUILTIN.items():
            for code, name, type, labels in rows:
                self._add(entity, code, name, type, labels)

    def _add(
        self, entity: str, code: str, name: str, type: str, labels: Any, custom: bool = False
    ) -> Field:
        self._last_number += 1
        made = Field(self._last_number, code, name, type, custom)
        if isinstance(labels, dict):
            made.options = [Option(id, label) for id, label in labels.items()]
        elif labels is not None:
            made.options = [self.new_option(label) for label in labels]
        self.of[entity][code] = made
        return made

    def new_option(self, label: str) -> Option:
        """An option under an id that no other one has."""
        self._last_option += 1
        return Option(self._last_option, label)

    def add(self, entity: str, name: str, type: str, labels: list[str] | None) -> Field:
        """A new custom field."""
        code = f"{self._random.getrandbits(160):040x}"
        return self._add(entity, code, name, type, labels, True)

    def custom(self, entity: str) -> list[Field]:
        """The custom fields of an entity, oldest first."""
        return [f for f in self.of.get(entity, {}).values() if f.custom]

    def count_custom(self) -> int:
        """How many custom fields there are in all."""
        return sum(len(self.custom(entity)) for entity in ENTITIES)

    def labels(self, entity: str) -> Field:
        """The label field of deals, persons or organizations."""
        return self.of[entity]["label_ids"]
