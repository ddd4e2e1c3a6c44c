"""Products on deals. They are listed under their deals only, so that an id of ours names both,
such as "12/345": deal 12, line 345.

In: ids of deals or lines. Out: lines as the vendor sent them, and where one is written.
Source: Pipedrive API Reference v2, "Get deal products of several deals", "Add a product to a
deal"; v1, "Get deals where a product is attached to".
"""

from collections.abc import Iterable, Iterator
from typing import Any

from more_itertools import chunked

from connectors.pipedrive.client import Client
from connectors.pipedrive.lists import IDS_A_CALL, every, living
from connectors.pipedrive.objects import THINGS, Thing
from connectors.values import Row

Answer = dict[str, Any]


def id_of(thing: Thing, raw: Answer) -> str:
    """The id by which we know a record."""
    return f"{raw['deal_id']}/{raw['id']}" if thing.under else str(raw["id"])


def deal_of(row: Row) -> str:
    """The deal that a line is on, or is to be added to; "" where the row does not tell."""
    return str(row.values.get("deal_id") or "") or (row.id or "").partition("/")[0]


def path_of(thing: Thing, row: Row) -> str:
    """Where a record is created, or changed and deleted."""
    line = (row.id or "").partition("/")[2] if thing.under else row.id
    path = f"/api/v2/deals/{deal_of(row)}/products" if thing.under else thing.path
    return f"{path}/{line}" if line else path


def of_deals(client: Client, deals: Iterable[str]) -> Iterator[Answer]:
    """The lines of these deals."""
    for some in chunked(dict.fromkeys(deals), IDS_A_CALL):
        for page in client.pages(THINGS["deal products"].path, deal_ids=",".join(some)):
            yield from living(page)


def all_lines(client: Client) -> Iterator[Answer]:
    """The lines of every deal. Of an archived deal the list does not tell whether it has any."""
    deals = every(client, THINGS["deals"], include_fields="products_count")
    return of_deals(client, (str(d["id"]) for d in deals if d.get("products_count", 1)))


def deals_with(client: Client, product: str) -> Iterator[Answer]:
    """The deals that a product is on."""
    for page in client.pages_v1(f"/api/v1/products/{product}/deals"):
        yield from living(page)
