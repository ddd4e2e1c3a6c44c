"""Field-level comparison, for the client's review and for reconciliation. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connectors.values import Value, Values
from projects.shapes import at

Verdict = Literal["same", "converted", "differs", "not moved"]


@dataclass(frozen=True, slots=True)
class Line:
    """One source field of one record: what it was, what we meant to write, what stands there.
    A source field that feeds two destination fields has two lines."""

    source: str
    label: str
    source_value: str
    destination: str
    planned: str
    read_back: str
    verdict: Verdict

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


def differing(planned: Values, found: Values) -> dict[str, Value]:
    """Field → the value found, for each planned field that holds another value."""
    return {name: found.get(name) for name, value in planned.items() if found.get(name) != value}


def lines(
    record: Mapping[str, Any],
    labels: Mapping[str, str],
    targets: Mapping[str, Sequence[str]],
    planned: Values,
    found: Values,
) -> list[Line]:
    """Every source field of a joined record, in reading order. Leaves that move as part of a
    whole (the lines of an address), and lists of which a field moves, stand in its line.

    `labels`: source path → label; `targets`: source path → destination fields it feeds.
    Destination fields fed by no single source field (constants) come last.
    """
    holding = {above for path in targets for above in _above(path)}
    values = {
        path: value
        for path, value in flatten(record)
        if path in targets or not (path in holding or any(a in targets for a in _above(path)))
    }
    values |= {path: text(at(record, path)) for path in targets}
    result: list[Line] = []
    shown: set[str] = set()
    for path, source in values.items():
        fields = [f for f in targets.get(path, ()) if f in planned] or [""]
        shown.update(fields)
        result.extend(_line(path, labels, source, f, planned, found) for f in fields)
    constants = (f for f in planned if f not in shown)
    return result + [_line("", labels, "", f, planned, found) for f in constants]


def _above(path: str) -> Iterator[str]:
    """The paths that this one is a part of."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def flatten(record: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Dotted path and text of each leaf; lists of plain values and of joined records are one
    leaf each, a list of custom fields is one leaf a field."""
    for name, value in record.items():
        if name.startswith("@"):
            continue
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{path}.")
        elif isinstance(value, list) and value and "typeId" in _first_mapping(value):
            yield from ((f"{path}.{pair['typeId']}", text(pair.get("value"))) for pair in value)
        else:
            yield path, text(value)


def text(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_summary(entry) for entry in value)
    if isinstance(value, Mapping):
        return ", ".join(text(v) for v in value.values() if v not in (None, ""))
    return str(value)


def _line(
    path: str,
    labels: Mapping[str, str],
    source: str,
    name: str,
    planned: Values,
    found: Values,
) -> Line:
    meant, there = text(planned.get(name)), text(found.get(name))
    return Line(
        path,
        labels.get(path, path),
        source,
        name,
        meant,
        there,
        _verdict(source, name, planned, found),
    )


def _verdict(source: str, name: str, planned: Values, found: Values) -> Verdict:
    if not name:
        return "not moved"
    if planned.get(name) != found.get(name):
        return "differs"
    return "same" if text(planned.get(name)) == source else "converted"


def _first_mapping(value: list[Any]) -> Mapping[str, Any]:
    return value[0] if isinstance(value[0], Mapping) else {}


def _summary(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    return str(entry.get("name") or entry.get("appointmentNumber") or entry.get("@id") or entry)
