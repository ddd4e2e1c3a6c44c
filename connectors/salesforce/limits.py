"""What the org still allows, and what a load would use of it.

Source: REST API Developer Guide, "Limits"; "API Request Limits and Allocations"; storage of
2 KB a record, of a file as many bytes as it has, Salesforce Help 000193871.
"""

from collections.abc import Mapping
from math import ceil

from connectors.errors import Misconfigured, NotAuthorised
from connectors.salesforce import bulk, collections
from connectors.salesforce.answers import NAME
from connectors.salesforce.client import Client
from connectors.salesforce.files import FILES
from connectors.values import Allowance, Forecast

BULK_FROM = 2000
"""Rows from which on the vendor recommends the bulk API."""
LEAST_BULK = 51
"""Rows that a job could not take are sent again in fifties, and must not meet a job again."""
NAMES = ("DailyApiRequests", "DailyBulkApiBatches", "DataStorageMB", "FileStorageMB")
KEYS_A_CALL = 250
READ_BACK = 500
CALLS_A_JOB = 16
"""Open, upload, close, three results, and ten questions in between."""
KILOBYTES_A_RECORD = 2
MEGABYTE = 1024**2


def bulk_from(text: str) -> int:
    """The setting of that name. Raises Misconfigured."""
    if not text.strip().isdecimal() or int(text) < LEAST_BULK:
        raise Misconfigured(
            f"{NAME}: “{text}” is no number of rows for the bulk API. Leave it empty for "
            f"{BULK_FROM}, or set {LEAST_BULK} or more."
        )
    return int(text)


def chunk_size(total: int, bulk_from: int) -> int:
    """Rows of one call, or of one job."""
    return collections.LARGEST if total < bulk_from else min(total, bulk.LARGEST)


def by_job(rows: int, bulk_from: int) -> bool:
    """Whether a chunk of so many rows goes by a job."""
    return rows >= bulk_from or rows > collections.LARGEST


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


def forecast(
    client: Client, counts: Mapping[str, int], sizes: Mapping[str, int], bulk_from: int
) -> list[Forecast]:
    """Object → records to create, and bytes of its files, against what is left now."""
    uploads = sum(n for name, n in counts.items() if name in FILES)
    records = [n for name, n in counts.items() if name not in FILES]
    needs = {
        "DailyApiRequests": (
            sum(_calls(n, bulk_from) for n in records) + uploads + _looks(uploads),
            "look-ups and read-back included; a file is a call of its own",
        ),
        "DailyBulkApiBatches": (sum(_batches(n, bulk_from) for n in records), ""),
        "DataStorageMB": (
            ceil(sum(records) * KILOBYTES_A_RECORD / 1024),
            f"{KILOBYTES_A_RECORD} kB a record, whatever its size",
        ),
        "FileStorageMB": (ceil(sum(sizes.values()) / MEGABYTE), "files as large as at the source"),
    }
    left = {each.name: each.left for each in allowance(client)}
    return [Forecast(n, need, left[n], note) for n, (need, note) in needs.items() if n in left]


def _batches(count: int, bulk_from: int) -> int:
    return ceil(count / bulk.LARGEST) if count >= bulk_from else 0


def _calls(count: int, bulk_from: int) -> int:
    batches = _batches(count, bulk_from)
    writes = batches * CALLS_A_JOB if batches else ceil(count / collections.LARGEST)
    return writes + _looks(count)


def _looks(count: int) -> int:
    return ceil(count / KEYS_A_CALL) + ceil(count / READ_BACK)
