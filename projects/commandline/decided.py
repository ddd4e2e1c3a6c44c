"""Everything people decided about an engagement as one plain value, and back. In: rows, or a
value from a file. Out: a value without ids, so that it fits another engagement of the same
vendor pair; rows changed by the rule of projects/rows.py, each with its audit entry."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from projects import rows
from projects.models import (
    Engagement,
    FlaggedFile,
    MappingRow,
    ObjectRow,
    TechnicianMatch,
    ValueMap,
)

FORMAT = "engagement decisions 1"
POLICIES = (
    "households",
    "placeholder_children",
    "fallback_owner",
    "sample_size",
    "flag_over_mb",
    "blocked_kinds",
)
ROW = rows.DECIDED[MappingRow]
TABLES: dict[str, tuple[str, ...]] = {
    "object_rows": ("source_object", *rows.DECIDED[ObjectRow]),
    "mapping_rows": (*ROW, "values"),
    "technician_matches": ("technician_id", *rows.DECIDED[TechnicianMatch]),
    "flagged_files": ("key", *rows.DECIDED[FlaggedFile]),
}
LATER = {"flagged_files": ()}
"""Tables that an older file does not have."""

Body = dict[str, Any]


def read(engagement: Engagement) -> Body:
    """What is decided now. The order is fixed, so that two exports can be compared."""
    mapping = engagement.mapping_rows.prefetch_related("value_maps")
    return {
        "format": FORMAT,
        "preset": engagement.preset,
        "policies": _plain(engagement, POLICIES),
        "object_rows": [_plain(r, TABLES["object_rows"]) for r in engagement.object_rows.all()],
        "mapping_rows": [{**_plain(row, ROW), "values": _values(row)} for row in mapping],
        "technician_matches": [
            _plain(match, TABLES["technician_matches"])
            for match in engagement.technician_matches.all()
        ],
        "flagged_files": [
            _plain(file, TABLES["flagged_files"]) for file in engagement.flagged_files.all()
        ],
    }


def problems(engagement: Engagement, body: Body) -> list[str]:
    """Why this is not such a value at all, or not one for this engagement's vendors."""
    if body.get("format") != FORMAT:
        return [f"format: must be “{FORMAT}”; `engagement export` writes such a file"]
    if body.get("preset") != engagement.preset:
        return [f"preset: is for {body.get('preset')}, but this moves {engagement.preset}"]
    body = {**{table: [] for table in LATER}, **body}
    found = list(_unfit("policies", body.get("policies"), POLICIES))
    for table, names in TABLES.items():
        listed = body.get(table)
        if not isinstance(listed, list):
            found.append(f"{table}: must be a list")
            continue
        for n, row in enumerate(listed):
            found += _unfit(f"{table}[{n}]", row, names)
    return found or list(_twice(body))


def apply(engagement: Engagement, body: Body, actor: str) -> list[str]:
    """Make today's rows those of the value; returns what was refused, by place. Rows that are
    the same already stay as they are, with who confirmed them. Call it in a transaction, after
    `problems`, and undo that where anything was refused."""
    refused: list[str] = []
    body = {**LATER, **body}
    _keep("policies", _set(engagement, body["policies"]), actor, refused)
    _known(engagement.object_rows, "object_rows", "source_object", body, actor, refused)
    _mapping(engagement, body["mapping_rows"], actor, refused)
    matches = engagement.technician_matches
    _known(matches, "technician_matches", "technician_id", body, actor, refused)
    _known(engagement.flagged_files, "flagged_files", "key", body, actor, refused)
    return refused


def _known(kept: Any, table: str, key: str, body: Body, actor: str, refused: list[str]) -> None:
    """Change rows that a stage made; a value for one that is not there is refused."""
    there = {getattr(row, key): row for row in kept.all()}
    for n, wanted in enumerate(body[table]):
        row = there.get(wanted.get(key))
        if row is None:
            refused.append(f"{table}[{n}].{key}: {wanted.get(key)} is not in this engagement")
        else:
            decided = {name: value for name, value in wanted.items() if name != key}
            _keep(f"{table}[{n}]", _set(row, decided), actor, refused)


def _mapping(engagement: Engagement, wanted: list[Body], actor: str, refused: list[str]) -> None:
    """Rows that feed the same field are changed, others removed and added."""
    there: dict[tuple[str, ...], MappingRow] = {}
    named = {_identity(body) for body in wanted}
    for row in list(engagement.mapping_rows.all()):
        identity = _identity(_plain(row, ROW))
        if identity in named and identity not in there:
            there[identity] = row
        else:
            rows.remove(row, actor)
    for n, body in enumerate(wanted):
        row = there.get(_identity(body)) or MappingRow(
            engagement=engagement, source_label=body.get("source_field", ""), reasons="imported"
        )
        values = {name: value for name, value in body.items() if name != "values"}
        if _keep(f"mapping_rows[{n}]", _set(row, values), actor, refused):
            _value_maps(f"mapping_rows[{n}].values", row, body.get("values", {}), actor, refused)


def _value_maps(
    where: str, row: MappingRow, wanted: dict[str, str], actor: str, refused: list[str]
) -> None:
    there = {pair.source_value: pair for pair in row.value_maps.all()}
    for source, pair in there.items():
        if source not in wanted:
            rows.remove(pair, actor)
    for source, destination in wanted.items():
        pair = there.get(source) or ValueMap(mapping_row=row, source_value=source)
        _keep(where, _set(pair, {"destination_value": destination}), actor, refused)


def _keep(where: str, row: Model, actor: str, refused: list[str]) -> bool:
    """Save a row by the rule; False where the rule refuses it."""
    try:
        rows.change(row, actor)
    except ValidationError as wrong:
        for name, messages in wrong.message_dict.items():
            place = where if name == "__all__" else f"{where}.{name}"
            refused += [f"{place}: {message}" for message in messages]
        return False
    return True


def _identity(body: Body) -> tuple[str, ...]:
    """What makes two mapping rows the same one: the field they feed, or, where they feed
    none, the field they read."""
    if body.get("destination_field"):
        return body.get("shape", ""), body["destination_field"]
    return body.get("shape", ""), "", body.get("part", ""), body.get("source_field", "")


def _twice(body: Body) -> Iterator[str]:
    identities: dict[str, Callable[[Body], Any]] = {
        "object_rows": lambda row: row.get("source_object"),
        "mapping_rows": lambda row: " ".join(filter(None, _identity(row))),
        "technician_matches": lambda row: row.get("technician_id"),
        "flagged_files": lambda row: row.get("key"),
    }
    for table, identity in identities.items():
        counted = Counter(identity(row) for row in body[table])
        yield from (f"{table}: {name} is there {n} times" for name, n in counted.items() if n > 1)


def _unfit(where: str, row: Any, names: Sequence[str]) -> Iterator[str]:
    """What is no plain row of these names. Only texts, and numbers among the policies."""
    if not isinstance(row, dict):
        yield f"{where}: must be an object"
        return
    yield from (f"{where}.{name}: unknown" for name in sorted(row.keys() - set(names)))
    for name, value in row.items():
        pairs = value if name == "values" else {name: value}
        fits = (str, int) if where == "policies" else (str,)
        if not isinstance(pairs, dict) or not all(type(v) in fits for v in pairs.values()):
            yield f"{where}.{name}: must be {'an object of texts' if name == 'values' else 'text'}"


def _values(row: MappingRow) -> dict[str, str]:
    return {pair.source_value: pair.destination_value for pair in row.value_maps.all()}


def _plain(row: Model, names: Sequence[str]) -> Body:
    return {name: getattr(row, name) for name in names}


def _set(row: Any, values: Body) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row
