"""What the vendor says of one record, as an Outcome. Pure.

Collections give a list of errors, bulk jobs one text `CODE:message:Field1,Field2 --`; the
codes are the same. Only codes are matched, never wording, with one exception that the
vendor leaves no other way for: the id of the record that already has our key.
Source: SOAP API Developer Guide, "StatusCode"; Bulk API 2.0, "Get Job Failed Record Results".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.values import Outcome, Row, Verb

TWIN = re.compile(r"(\w+) duplicates value on record with id: (\w{15,18})")
BULK = re.compile(r"([A-Z_]+):(.*):([\w,.]*) ?--", re.DOTALL)
GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"})
RETRY = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"})
DUPLICATE_RULE = (
    "A duplicate rule of the org blocks this record as too like another. Deactivate the rule "
    "for the load (Setup, Duplicate Rules), or decide which of the two stays."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One refusal: the vendor's code, its message, the fields that it names."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{self.code}: {self.message}{named}"


def of_errors(errors: Any) -> Failure:
    """The first error of a save result; the others are told in its message."""
    if not isinstance(errors, list) or not errors:
        return Failure("UNKNOWN_EXCEPTION", "refused without an error")
    first, *others = (
        Failure(
            str(e.get("statusCode") or "UNKNOWN_EXCEPTION"),
            str(e.get("message") or ""),
            tuple(e.get("fields") or ()),
        )
        for e in errors
    )
    message = "; ".join([first.message, *map(str, others)])
    return Failure(first.code, message, first.fields)


def of_text(text: str) -> Failure:
    """The error column of a bulk result."""
    found = BULK.fullmatch(text.strip())
    if not found:
        return Failure(text.partition(":")[0] or "UNKNOWN_EXCEPTION", text.partition(":")[2])
    return Failure(found[1], found[2].strip(), tuple(name for name in found[3].split(",") if name))


def done(row: Row, id: str) -> Outcome:
    return Outcome(row.key, "done", id or row.id)


def refused(verb: Verb, row: Row, failure: Failure, key_field: str, bulk: bool) -> Outcome:
    """What a refusal means for the row. `bulk` tells that calls with JSON, where a header
    lets records past rules that only warn, were not tried yet."""
    code, error = failure.code, str(failure)
    if code == "DUPLICATE_VALUE" and verb == "create":
        if not key_field:  # one record a parent, and that is what this one is known by
            return Outcome(row.key, "exists", None, error)
        twin = TWIN.search(failure.message)
        if twin and twin[1].lower() == key_field.lower():
            return Outcome(row.key, "exists", twin[2], error)
    if code in GONE and row.id and (code != "INVALID_CROSS_REFERENCE_KEY" or verb == "delete"):
        return Outcome(row.key, "gone", row.id, error)
    if code == "DUPLICATES_DETECTED":
        return Outcome(row.key, "failed", row.id, f"{error} {DUPLICATE_RULE}", retry=bulk)
    return Outcome(row.key, "failed", row.id, error, retry=code in RETRY)


def of_result(verb: Verb, row: Row, result: Mapping[str, Any], key_field: str) -> Outcome:
    """One save or delete result of a collections call."""
    if result.get("success") is True:
        return done(row, str(result.get("id") or ""))
    return refused(verb, row, of_errors(result.get("errors")), key_field, bulk=False)
