"""From a joined source record and a frozen plan to the values of one destination record.
Pure: no ORM, no I/O, no clock. A value that does not fit is a problem, never cut or guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.values import Value
from projects.conversions import CONVERSIONS
from projects.fitting import OMIT, Absent, Context, Excepted, LeftOut, Unfit
from projects.shapes import Record, at

TEXT_TYPES = ("string", "textarea", "phone", "email", "url", "picklist", "combobox", "reference")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record cannot be written as it is: the destination field, and a sentence. `length`
    is the value's, where that is the reason."""

    field: str
    message: str
    source_value: str = ""
    unmapped: bool = False
    length: int = 0


@dataclass(slots=True)
class Result:
    """What is to be written, what stands in the way, and what stays behind without stopping
    the record. `absent`: there is no such record; `excepted`: it does not land, by this rule."""

    values: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    absent: bool = False
    excepted: str = ""


class Transformer:
    """The rows of one shape of a plan, ready to apply to any number of records."""

    def __init__(self, plan: Mapping[str, Any], shape: str) -> None:
        self.rows: Sequence[Mapping[str, Any]] = [r for r in plan["rows"] if r["shape"] == shape]
        self.fields: Mapping[str, Any] = plan["fields"]
        self.plan = plan

    def apply(self, record: Record) -> Result:
        result = Result()
        for row in self.rows:
            try:
                value = self._value(row, record)
                if value is not OMIT:
                    result.values[row["field"]] = self._fit(row, value)
            except Absent:
                return Result(absent=True)
            except Excepted as rule:
                return Result(excepted=str(rule))
            except LeftOut as left:
                result.values[row["field"]] = self._fit(row, left.kept)
                result.left_out.append(Problem(row["field"], str(left)))
            except Unfit as unfit:
                result.problems.append(
                    Problem(row["field"], str(unfit), unfit.value, unfit.unmapped, unfit.length)
                )
        return result

    def _value(self, row: Mapping[str, Any], record: Record) -> Any:
        convert: Callable[[Any, Context], Any] = CONVERSIONS[row["transform"]].function
        context = Context(record, row["argument"], row["values"], self.plan, row["path"])
        return convert(at(record, row["path"]) if row["path"] else None, context)

    def _fit(self, row: Mapping[str, Any], value: Value) -> Value:
        """The value in the canonical form of the field. Raises Unfit where it cannot be."""
        name = f"{row['object']}.{row['field']}"
        spec = self.fields.get(name)
        if spec is None:
            raise Unfit(f"{name} is not in the destination's schema. Run the inventory again.")
        if value is None:
            if spec["required"]:
                raise Unfit(f"{name} is required, but {row['path'] or 'the row'} is empty.")
            return None
        if spec["type"] in TEXT_TYPES:
            return _fit_text(name, spec, str(value))
        if spec["type"] == "multipicklist" and spec["restricted"]:
            return ";".join(sorted(_picked(name, spec, str(value))))
        return value


def _picked(name: str, spec: Mapping[str, Any], value: str) -> set[str]:
    picks = {part for part in value.split(";") if part}
    if unknown := sorted(picks - set(spec["picklist"])):
        raise Unfit(
            f"{name} has no value “{unknown[0]}”. Create missing fields, or add it there.",
            unknown[0],
            unmapped=True,
        )
    return picks


def _fit_text(name: str, spec: Mapping[str, Any], value: str) -> str:
    if "\0" in value:
        raise Unfit(f"{name}: the value holds a NUL character, which no destination stores.")
    if spec["type"] == "picklist" and spec["picklist"] and value not in spec["picklist"]:
        raise Unfit(
            f"{name} has no value “{value}”. Correct the value map, or add the value there.",
            value,
            unmapped=True,
        )
    if spec["length"] and len(value) > spec["length"]:
        raise Unfit(
            f"{name}: {len(value)} characters do not fit into {spec['length']}. "
            "Map to a longer field, or shorten it at the source.",
            length=len(value),
        )
    return value
