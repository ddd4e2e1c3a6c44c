"""Which records make up one destination record, and how they are joined. Pure: the caller
hands in a reader; presets hold the shapes as data.

A *joined record* is the root's own dict plus one entry per part: a dict, a list of dicts,
or None. Every record carries its source id as text under "@id".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

Record = Mapping[str, Any]
MISSING_LAST = (1, "")


class Owners(Protocol):
    """Who may have used a record: one query per part, whatever the number of records."""

    def parents(self, object: str, ids: set[str]) -> set[str]:
        """Ids of the records that these hang under, or hung under before they changed."""

    def pointing(self, object: str, path: str, ids: set[str]) -> set[str]:
        """Ids of the records of `object` that name one of these ids at `path`."""

    def stated(self, object: str, field: str, ids: set[str]) -> set[str]:
        """What these records say at `field`, as text."""


class Reader(Protocol):
    """Where parts come from: one query per part and page."""

    def by_id(self, object: str, ids: set[str]) -> Mapping[str, Record]: ...

    def by_parent(self, object: str, ids: set[str]) -> Mapping[str, list[Record]]: ...

    def by_value(self, object: str, field: str, values: set[str]) -> Mapping[str, Record]:
        """Value, as text, → a record that holds it; for objects of few records."""
        ...


class Condition(Protocol):
    """What a joined record must be like; `paths` are what it looks at."""

    @property
    def paths(self) -> tuple[str, ...]: ...

    def holds(self, record: Record) -> bool: ...


class Fit(Protocol):
    """Which candidates for a part suit the joined record, of which `paths` are looked at."""

    @property
    def paths(self) -> tuple[str, ...]: ...

    def holds(self, candidate: Record, joined: Record) -> bool: ...


@dataclass(frozen=True, slots=True)
class When:
    """A condition on a joined record: the value at `path` is one of `values`, or, with
    `negate`, is none of them. An absent value is None."""

    path: str
    values: tuple[Any, ...]
    negate: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def holds(self, record: Record) -> bool:
        found = at(record, self.path)
        return (found in self.values) != self.negate


@dataclass(frozen=True, slots=True)
class Either:
    """One of these conditions holds."""

    options: tuple[When, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(option.path for option in self.options)

    def holds(self, record: Record) -> bool:
        return any(option.holds(record) for option in self.options)


@dataclass(frozen=True, slots=True)
class Longer:
    """The text at `path` has more than so many bytes."""

    path: str
    size: int

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,)

    def holds(self, record: Record) -> bool:
        return len(str(at(record, self.path) or "").encode(errors="ignore")) > self.size


@dataclass(frozen=True, slots=True)
class Part:
    """A record, or records, joined to the root.

    by "parent": records whose parent is the root, or the part, or a part of the list, named
    in `of`.
    by "id": the record whose id stands at the first of `paths` that has a value;
    "ids": the records whose ids stand in the list at `paths`;
    "value": the record whose field `match` holds that value.
    `prefer` narrows the candidates only while some are left.
    `fit`: only candidates that suit the joined record, as far as it is joined by then.
    `follow`: a record found by id names at this field the one that took its place; that one is
    joined, or its own successor, or nothing where they go round in a circle.
    """

    name: str
    object: str
    by: Literal["parent", "id", "ids", "value"]
    paths: tuple[str, ...] = ()
    of: str = ""
    match: str = ""
    follow: str = ""
    where: tuple[Condition, ...] = ()
    prefer: tuple[When, ...] = ()
    fit: Fit | None = None
    order: tuple[str, ...] = ()
    pick: Literal["first", "last", "all"] = "first"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A field that points at another destination record, by that record's key. Of several
    lookups for one field the first whose conditions hold counts."""

    field: str
    object: str
    key: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Records of a part that the text of `field` names in these `words`, filled in from each:
    by the time of writing they read as `landed`, where {@there} is the id of the record of
    `object` under that key, or as `left`."""

    field: str
    part: str
    words: str
    object: str
    key: str
    landed: str
    left: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of destination record. `once` means: never written again after creation.
    Several roots may share the key of such a record: the first of them counts.
    `second` means: completes records that another shape made, once all of those have landed —
    for a field that points at another record of the same object. `file` means: the root's bytes
    go with the record.
    `under`: a destination object that must land for this shape to make sense.
    `awaits`: records of which the part named in `field` must have landed, each of them.
    `mentions`: records that a text of this one names, whether they landed or not.
    `seals`: what it writes keeps the record, and what hangs under it, from being changed; a
    rollback takes it back before anything else.
    `demands`: conditions on what lands, each with why a record that is not so does not."""

    name: str
    label: str
    destination: str
    root: str
    key: str
    where: tuple[Condition, ...] = ()
    parts: tuple[Part, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    title: str = ""
    once: bool = False
    second: bool = False
    file: bool = False
    under: str = ""
    awaits: tuple[Lookup, ...] = ()
    mentions: tuple[Mention, ...] = ()
    seals: bool = False
    demands: tuple[tuple[Condition, str], ...] = ()

    def bars(self, record: Record) -> str:
        """Why the joined record does not land; "" where it does."""
        return next((why for condition, why in self.demands if not condition.holds(record)), "")


@dataclass(slots=True)
class Joined:
    """A joined record and which source records (object, id) went into it."""

    record: dict[str, Any]
    used: set[tuple[str, str]] = field(default_factory=set)


def at(record: Any, path: str) -> Any:
    """The value at a dotted path, or None. On a list of `{typeId, value}` pairs a number
    names the pair; on any other list the rest of the path is read in each entry."""
    if path == "" or record is None:
        return record
    head, _, rest = path.partition(".")
    if isinstance(record, Mapping):
        return at(record.get(head), rest)
    if isinstance(record, list):
        if head.isdigit():
            pair = next((p for p in record if str(p.get("typeId")) == head), None)
            return pair["value"] if pair else None
        return [found for entry in record if (found := at(entry, path)) is not None]
    return None


def fill(template: str, record: Record) -> str:
    """The template with each `{path}` replaced by the record's value, "" where absent; and
    each `{path?words}` by the words where the record says anything but no there."""

    def value(match: re.Match[str]) -> str:
        found = at(record, match[1])
        if match[2] is not None:
            return match[2] if found else ""
        return "" if found is None else str(found)

    return re.sub(r"\{([^}?]+)(?:\?([^}]*))?\}", value, template)


def join(shape: Shape, roots: Sequence[Record], reader: Reader) -> list[Joined]:
    """The roots within the shape's scope, each with its parts, in the order given."""
    joined = [Joined(dict(root), {(shape.root, root["@id"])}) for root in roots]
    joined = [j for j in joined if may_be(shape, j.record)]
    for part in shape.parts:
        _add_part(part, joined, reader)
    return [j for j in joined if all(w.holds(j.record) for w in shape.where)]


def may_be(shape: Shape, root: Record) -> bool:
    """Whether a root is within the shape's scope, as far as it alone tells."""
    parts = {part.name for part in shape.parts}
    return all(w.holds(root) for w in shape.where if not _heads(w.paths) & parts)


def lean(shape: Shape) -> Shape:
    """The shape with only those parts that its scope needs."""
    needed = {head for w in shape.where for head in _heads(w.paths)}
    for part in reversed(shape.parts):
        if part.name in needed:
            paths = (*part.paths, *(part.fit.paths if part.fit else ()))
            needed |= _heads(paths) | {part.of}
    return replace(shape, parts=tuple(part for part in shape.parts if part.name in needed))


def dirty(shape: Shape, changed: Mapping[str, set[str]], owners: Owners) -> set[str]:
    """The roots of the shape that a change of these records (object → ids) may touch: the
    shape read backwards, from its last part to its root. Never too few."""
    roots = set(changed.get(shape.root, ()))
    touched = {part.name: set(changed.get(part.object, ())) for part in shape.parts}
    for part in reversed(shape.parts):
        if touched[part.name]:
            for owner, ids in _owners(shape, part, touched[part.name], owners):
                (touched[owner] if owner else roots).update(ids)
    return roots


def lookups(shape: Shape, record: Record, tenant: str) -> dict[str, tuple[str, str]]:
    """Field → (destination object, key) of the parents this record points at."""
    found: dict[str, tuple[str, str]] = {}
    for lookup in shape.lookups:
        if lookup.field not in found and all(w.holds(record) for w in lookup.when):
            found[lookup.field] = (lookup.object, f"{tenant}/{fill(lookup.key, record)}")
    return found


def awaited(shape: Shape, record: Record, tenant: str) -> list[tuple[str, str]]:
    """(destination object, key) of what must have landed before this record."""
    return [
        (each.object, f"{tenant}/{fill(each.key, found)}")
        for each in shape.awaits
        for found in record.get(each.field) or ()
    ]


def mentioned(shape: Shape, record: Record, tenant: str) -> list[tuple[Mention, Record, str]]:
    """Each record that a text of this one names, with the key of what becomes of it."""
    return [
        (each, found, f"{tenant}/{fill(each.key, found)}")
        for each in shape.mentions
        for found in record.get(each.part) or ()
    ]


def key_of(shape: Shape, record: Record, tenant: str) -> str:
    return f"{tenant}/{fill(shape.key, record)}"


def _heads(paths: Iterable[str]) -> set[str]:
    """The parts, or fields of the root, that these paths begin with."""
    return {path.partition(".")[0] for path in paths}


def _add_part(part: Part, joined: Sequence[Joined], reader: Reader) -> None:
    wanted = [_wanted(part, j.record) for j in joined]
    ids = {i for w in wanted for i in w}
    children = reader.by_parent(part.object, ids) if part.by == "parent" else {}
    singles = _singles(part, ids, reader) if part.by != "parent" else {}
    for j, owners in zip(joined, wanted, strict=True):
        if part.by == "parent":
            candidates = [c for owner in owners for c in children.get(owner, ())]
        else:
            candidates = [singles[i] for i in owners if i in singles]
        picked = _pick(part, candidates, j.record)
        j.used.update((part.object, record["@id"]) for record in picked)
        if part.pick == "all":
            j.record[part.name] = picked
        else:
            j.record[part.name] = picked[0] if picked else None


def _owners(
    shape: Shape, part: Part, ids: set[str], owners: Owners
) -> Iterable[tuple[str, set[str]]]:
    """(name of a part, or "" for the root, ids of its records) that these records of `part`
    may be joined to."""
    objects = {p.name: p.object for p in shape.parts}
    if part.by == "parent":
        yield part.of, owners.parents(part.object, ids)
        return
    if part.by == "value":
        ids = owners.stated(part.object, part.match, ids)
    while part.follow and (before := owners.pointing(part.object, part.follow, ids) - ids):
        ids = ids | before
    for path in part.paths:
        head, _, rest = path.partition(".")
        owner, place = (head, rest) if head in objects else ("", path)
        object = objects.get(owner, shape.root)
        yield owner, ids if place == "@id" else owners.pointing(object, place, ids)


def _singles(part: Part, ids: set[str], reader: Reader) -> Mapping[str, Record]:
    if part.by == "value":
        return reader.by_value(part.object, part.match, ids)
    found = reader.by_id(part.object, ids)
    return _followed(part, found, reader) if part.follow else found


def _followed(part: Part, found: Mapping[str, Record], reader: Reader) -> Mapping[str, Record]:
    """Each id with the record that stands in its place at last."""
    known, asked = dict(found), set(found)
    while further := {str(i) for r in known.values() if (i := r.get(part.follow))} - asked:
        asked |= further
        known |= reader.by_id(part.object, further)
    into = {id: str(i) for id, r in known.items() if (i := r.get(part.follow))}
    return {i: known[end] for i in found if (end := survivor(i, into)) in known}


def survivor(id: str, into: Mapping[str, str]) -> str | None:
    """Where a chain of successors ends; None where it goes round in a circle."""
    seen = {id}
    while id in into:
        id = into[id]
        if id in seen:
            return None
        seen.add(id)
    return id


def _wanted(part: Part, record: Record) -> list[str]:
    """The ids by which this record's part is looked up."""
    paths = (f"{part.of}.@id" if part.of else "@id",) if part.by == "parent" else part.paths
    values = (at(record, path) for path in paths)
    first = next((v for v in values if v not in (None, [], 0)), None)
    if first is None:
        return []
    ids = first if isinstance(first, list) else [first]
    return list(dict.fromkeys(str(i) for i in ids))


def _pick(part: Part, candidates: Iterable[Record], joined: Record) -> list[Record]:
    kept = [c for c in candidates if all(w.holds(c) for w in part.where)]
    kept = [c for c in kept if part.fit is None or part.fit.holds(c, joined)]
    preferred = [c for c in kept if all(w.holds(c) for w in part.prefer)]
    kept = sorted(preferred or kept, key=lambda c: _sort_key(part, c))
    if part.pick == "all":
        return kept
    return kept[-1:] if part.pick == "last" else kept[:1]


def _sort_key(part: Part, record: Record) -> tuple[Any, ...]:
    values = (at(record, path) for path in part.order)
    stated = [MISSING_LAST if v is None else (0, str(v)) for v in values]
    return (*stated, record["@id"].zfill(20))
