"""What the org still allows, and what a load would use of it.

Source: REST API Developer Guide, "Limits"; "API Request Limits and Allocations"; storage of
2 KB a record, Salesforce Help 000193871.
"""

from collections.abc import Mapping
from math import ceil

from connectors.base import Allowance, Forecast
from connectors.errors import NotAuthorised
from connectors.salesforce import bulk, collections
from connectors.salesforce.client import Client

SMALL = 2000
"""Rows from which on the vendor recommends the bulk API."""
NAMES = ("DailyApiRequests", "DailyBulkApiBatches", "DataStorageMB", "FileStorageMB")
KEYS_A_CALL = 250
READ_BACK = 500
CALLS_A_JOB = 16
"""Open, upload, close, three results, and ten questions in between."""
KILOBYTES_A_RECORD = 2


def chunk_size(total: int) -> int:
    """Rows of one call, or of one job."""
    return collections.LARGEST if total < SMALL else min(total, bulk.LARGEST)


def allowance(client: Client) -> list[Allowance]:
    """The daily ones are of a rolling day. Where our user may not see /limits, what the last
    answer's header said of API requests."""
    try:
        limits = client.call("GET", "/limits")
    except NotAuthorised:
        if client.usage is None:
            raise
        used, most = client.usage
        return [Allowance("DailyApiRequests", most, most - used)]
    found = {name: limits[name] for name in NAMES if name in limits}
    return [Allowance(name, int(v["Max"]), int(v["Remaining"])) for name, v in found.items()]


def forecast(client: Client, counts: Mapping[str, int]) -> list[Forecast]:
    """Object → records to create, against what is left now."""
    needs = {
        "DailyApiRequests": (sum(map(_calls, counts.values())), "look-ups and read-back included"),
        "DailyBulkApiBatches": (sum(map(_batches, counts.values())), ""),
        "DataStorageMB": (
            ceil(sum(counts.values()) * KILOBYTES_A_RECORD / 1024),
            f"{KILOBYTES_A_RECORD} kB a record, whatever its size",
        ),
    }
    left = {each.name: each.left for each in allowance(client)}
    return [Forecast(n, need, left[n], note) for n, (need, note) in needs.items() if n in left]


def _batches(count: int) -> int:
    return ceil(count / bulk.LARGEST) if count >= SMALL else 0


def _calls(count: int) -> int:
    writes = ceil(count / collections.LARGEST)
    if count >= SMALL:
        writes = _batches(count) * CALLS_A_JOB
    return writes + ceil(count / KEYS_A_CALL) + ceil(count / READ_BACK)
