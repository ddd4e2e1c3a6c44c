"""Where each column of each report landed: column → source field → destination field.

In: reports as the source describes them, the source's fields, the mapping rows of today's plan.
Out: one line a column. A column that no field's words match is unresolved, and says so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from projects.models import Engagement, Plan
from projects.presets import preset, shapes_in

SURE = 90
"""Similarity, of 100, from which words mean the same."""
NAMELESS = "The words of several source fields fit; none of them is told apart by this report."
COMPUTED = "No source field has these words: the report computes it."

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a source field may be called: `full` names one field, `short` several, by the object
    they are of."""

    full: Mapping[str, str]
    short: Mapping[str, tuple[str, ...]]


def landed(engagement: Engagement, reports: Iterable[Mapping[str, Any]]) -> dict[str, list[Line]]:
    """Report id → its columns in their order."""
    chosen = preset(engagement.preset)
    known = _words(engagement, chosen.REBUILD.reports.words)
    targets = _targets(engagement)
    return {str(r["id"]): _columns(r.get("fields") or (), known, targets) for r in reports}


def _columns(fields: Sequence[Any], known: Words, targets: Mapping[str, list[str]]) -> list[Line]:
    """First the columns that name their object, then the rest by the object most are of."""
    places = [_place(field, known) for field in fields]
    about = Counter(place.partition(".")[0] for place, _ in places if place)
    lines = []
    for field, (place, sure) in zip(fields, places, strict=True):
        why = ""
        if not place:
            place, sure, why = _by_context(field, known, about)
        to = targets.get(place, [])
        state = "lands" if to else "not moved" if place else "unresolved"
        lines.append(
            {
                "name": str(field.get("name") or ""),
                "label": str(field.get("label") or ""),
                "type": str(field.get("dataType") or ""),
                "state": state,
                "source": place or None,
                "destinations": to,
                "confidence": round(sure / 100, 2),
                "why": why,
            }
        )
    return lines


def _place(field: Mapping[str, Any], known: Words) -> tuple[str, float]:
    """The field whose full words are the column's label or name, or most like one of them."""
    texts = [_plain(str(field.get(part) or "")) for part in ("label", "name")]
    for text in texts:
        if text in known.full:
            return known.full[text], 100
    for text in filter(None, texts):
        if text in known.short:
            continue
        best = process.extractOne(text, known.full.keys(), scorer=fuzz.token_sort_ratio)
        if best and best[1] >= SURE:
            return known.full[best[0]], best[1]
    return "", 0


def _by_context(
    field: Mapping[str, Any], known: Words, about: Counter[str]
) -> tuple[str, float, str]:
    found = known.short.get(_plain(str(field.get("label") or "")), ())
    if len(found) == 1:
        return found[0], 100, ""
    for object, _ in about.most_common():
        fits = [place for place in found if place.partition(".")[0] == object]
        if fits:
            return fits[0], SURE, "Several fields have this label; it is of what the report lists."
    return "", 0, NAMELESS if found else COMPUTED


def _words(engagement: Engagement, given: Mapping[str, str]) -> Words:
    full: dict[str, str] = {}
    short: defaultdict[str, list[str]] = defaultdict(list)
    fields = engagement.source.schema_fields.values_list("object", "name", "label")
    for object, name, label in fields:
        place, one = f"{object}.{name}", _singular(object)
        short[_plain(label)].append(place)
        full.setdefault(f"{one} {_plain(name.rpartition('.')[2])}", place)
        full.setdefault(_plain(f"{one} {label}"), place)
        if name == "name":
            full.setdefault(one, place)
        if _plain(label).startswith(f"{one} "):
            full.setdefault(_plain(label), place)
    return Words(full | dict(given), {words: tuple(places) for words, places in short.items()})


def _targets(engagement: Engagement) -> dict[str, list[str]]:
    """Source field → destination fields, of the shapes that are to land."""
    plan = Plan.draft(engagement)
    used = {shape.name for shape in shapes_in(plan, preset(engagement.preset))}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in plan["rows"]:
        place = f"{row['object']}.{row['field']}"
        if row["shape"] in used and place not in found[row["source"]]:
            found[row["source"]].append(place)
    return dict(found)


def _singular(object: str) -> str:
    words = _plain(object)
    return words.removesuffix("ies") + "y" if words.endswith("ies") else words.removesuffix("s")


def _plain(text: str) -> str:
    """Lower-case words: camelCase and signs parted, "#" and "id" as people mean them."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower().replace("#", " number ")
    return " ".join(re.findall(r"[^\W_]+", parted.replace("e-mail", "email")))
