"""What happened to a record, in order, out of several lists of a joined record. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors.values import Value
from projects.fitting import Context, clean
from projects.moments import moment
from projects.shapes import Record, at, fill

KIND = re.compile(r"(\S+) (\S+) (\S+) (\S+) (.+)")
MIDNIGHT = "T00:00:00Z"


def timeline(value: Any, context: Context) -> Value:
    """A line for each time that the lists of a record tell, the earliest first. Each line of
    the argument, such as "visits arrivedOn workerId crew.@id,office.userId Arrived: {who.name}",
    names a list, the field with the time, the field that tells who or what else it is about,
    where that is found, and what to say."""
    kinds = (KIND.fullmatch(line) for line in context.argument.split("\n"))
    told = (line for kind in kinds if kind for line in _told(kind.groups(), context))
    return clean("\n".join(said for _, said in sorted(told, key=lambda line: line[0])))


def _told(kind: tuple[str, ...], context: Context) -> Iterator[tuple[str, str]]:
    """Time and line of each entry of one list."""
    path, time, named, places, words = kind
    known = _known(places, context.record)
    for entry in at(context.record, path) or ():
        when = moment(at(entry, time), replace(context, path=f"{path}.{time}"))
        if when is not None:
            who = known.get(clean(entry.get(named)))
            said = " ".join(fill(words, {**entry, "who": who}).split())
            yield when, f"{_shown(when)} {said}"


def _known(places: str, record: Record) -> dict[str | None, Mapping[str, Any]]:
    """What may be named → the record meant, of the parts and their fields in `places`."""
    found: dict[str | None, Mapping[str, Any]] = {}
    for place in places.split(","):
        part, _, field = place.partition(".")
        for each in at(record, part) or ():
            found.setdefault(clean(each.get(field)), each)
    return found


def _shown(moment: str) -> str:
    """A point in time for people; midnight stands for the day."""
    return moment[:10] if moment.endswith(MIDNIGHT) else f"{moment[:10]} {moment[11:19]} UTC"
