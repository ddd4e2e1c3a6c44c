"""Draws the whole tenant: customer by customer, so that memory stays flat at any size."""

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate

import orjson

from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.beside import beside_rows
from connectors.practice.servicetitan.seed.billing import invoice_rows, membership_invoice_row
from connectors.practice.servicetitan.seed.draw import Draw
from connectors.practice.servicetitan.seed.extras import setup_rows
from connectors.practice.servicetitan.seed.further import further_rows
from connectors.practice.servicetitan.seed.hub import hub_rows
from connectors.practice.servicetitan.seed.office import Office, open_office
from connectors.practice.servicetitan.seed.people import (
    Party,
    contact_rows,
    customer_row,
    fate_of,
    location_rows,
    party,
)
from connectors.practice.servicetitan.seed.reports import report_rows
from connectors.practice.servicetitan.seed.work import job, work_rows

KEPT = 40  # how many earlier customers can be the one that a duplicate doubles
FIRST_ID_BESIDE = 90_000_000  # above all that the first stream draws, at any size
FIRST_ID_FURTHER = 200_000_000  # above all that is beside


def rows(seed: int, customers: int, jobs: int) -> Iterator[Row]:
    """Every row of the tenant; exactly that many customers and jobs."""
    draw, beside = Draw(seed), Draw(f"{seed} beside", FIRST_ID_BESIDE)
    further = Draw(f"{seed} further", FIRST_ID_FURTHER)
    office = open_office(draw, jobs)
    yield from office.rows
    technicians = [orjson.loads(r.body) for r in office.rows if r.object == "technicians"]
    yield from setup_rows(technicians, [kind[0] for kind in office.job_types])
    yield from report_rows()
    outlines = [(draw.chance(0.35), fate_of(draw)) for _ in range(customers)]
    counts = share_out(draw, outlines, jobs)
    earlier: list[Party] = []
    number = 0
    for (company, fate), count in zip(outlines, counts, strict=True):
        each = party(draw, company, fate if earlier else "active", earlier)
        contacts = list(contact_rows(draw, each))
        yield from contacts
        yield from location_rows(draw, each)
        work = list(job_rows(draw, each, office, number, count))
        yield from work
        yield from beside_rows(beside, each, contacts, work)
        number += count
        firm = next((e.id for e in reversed(earlier) if e.company and e.fate == "active"), None)
        yield from hub_rows(each, firm)
        yield from further_rows(further, each, firm)
        yield customer_row(draw, each)
        if fate == "active" or draw.chance(0.2):  # a merged one here makes a chain of merges
            earlier = [*earlier[-KEPT:], each]


def share_out(draw: Draw, outlines: list[tuple[bool, str]], jobs: int) -> list[int]:
    """How many jobs each customer has: companies more, merged ones none."""
    weights = [
        0.0 if fate == "merged" else (3.0 if company else 1.0) * (0.2 + draw.random())
        for company, fate in outlines
    ]
    sums = list(accumulate(weights))
    counts = [0] * len(outlines)
    for _ in range(jobs if outlines else 0):
        counts[min(bisect(sums, draw.random() * sums[-1]), len(sums) - 1)] += 1
    return counts


def job_rows(draw: Draw, owner: Party, office: Office, number: int, count: int) -> Iterator[Row]:
    """The customer's jobs with all that hangs under them."""
    earlier = None
    for n in range(number, number + count):
        each = job(draw, owner, office, n)
        yield from invoice_rows(draw, each)
        yield from work_rows(draw, each, earlier)
        earlier = each.id
    if draw.chance(0.02):
        yield membership_invoice_row(draw, owner)
