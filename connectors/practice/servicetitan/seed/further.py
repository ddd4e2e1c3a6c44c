"""Further people of a customer: an office's manager, a household's wife or husband. Drawn from a
stream of its own, after all else, and known to the contacts hub as well.

The memo names them, as one dispatcher or another typed it.
"""

from collections.abc import Iterator

import orjson

from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed import names
from connectors.practice.servicetitan.seed.draw import Draw
from connectors.practice.servicetitan.seed.hub import person_rows
from connectors.practice.servicetitan.seed.people import Party, contact_row, phone

SHARED = 0.4
"""Of a company's further people, how many have to do with another company, too."""


def further_rows(draw: Draw, party: Party, firm: int | None) -> Iterator[Row]:
    """Their phones and e-mails, and what the hub knows of them; `firm` is another company."""
    if party.fate == "merged":
        return
    shares = ((0.45, 0), (0.35, 1), (1, 2)) if party.company else ((0.85, 0), (1, 1))
    for _ in range(draw.weighted(shares)):
        first = draw.pick([name for name in names.FIRST if name not in party.person])
        last = draw.pick(names.LAST) if party.company else party.person.split(" ", 1)[1]
        rows = list(_rows(draw, party, first, last))
        yield from rows
        shared = party.company and firm is not None and draw.chance(SHARED)
        ties = (party.id, firm) if shared and firm else (party.id,)
        yield from person_rows(rows[0].id, f"{first} {last}", party, ties)


def _rows(draw: Draw, party: Party, first: str, last: str) -> Iterator[Row]:
    name = f"{first} {last}"
    spelt = (name, name.upper(), f" {name.lower()}", f"{name} (cell)", f"Office - {name}")
    mail = f"{first}.{last}@{draw.pick(names.MAIL)}".replace(" ", "")
    reached = [("MobilePhone", phone(draw)), ("Email", mail), ("Phone", phone(draw))]
    for kind, value in reached[: 1 + draw.below(3)]:
        row = contact_row(draw, party, kind, value)
        body = orjson.loads(row.body) | {"memo": draw.pick(spelt)}
        yield row._replace(body=orjson.dumps(body))
