"""The contractor's reports: some of the vendor's own, some that the optimiser's add-on brings."""

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.practice.servicetitan.moments import DAY, stamp
from connectors.practice.servicetitan.records import Row
from connectors.practice.servicetitan.seed.draw import OPENED, TODAY

CATEGORIES = (
    ("operations", "Operations"),
    ("accounting", "Accounting"),
    ("technician-dashboard", "Technician Dashboard"),
    ("marketing", "Marketing"),
)
RANGE = ("From|From|Date", "To|To|Date")
UNITS = "BusinessUnitIds|Business Units|Number"
# id, category, name, description, parameters, columns as name|label|type.
REPORTS: tuple[tuple[int, str, str, str | None, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        80766576, "operations", "Dispatch Pro Utilization", "Assigned by the optimizer or by hand",
        (*RANGE, UNITS),
        (
            "technician_name|Technician|String",
            "dispatch_pro_enabled_jobs|Dispatch Pro Enabled Jobs|Number",
            "dispatch_pro_assigned_jobs|Dispatch Pro Assigned Jobs|Number",
            "manually_assigned_jobs|Manually Assigned Jobs|Number",
            "utilization_percentage|Utilization %|Number",
        ),
    ),
    (
        80770546, "operations", "Dispatch Pro Alerts", None, RANGE,
        (
            "alert_id|Alert ID|Number", "alert_date|Alert Date|Date",
            "alert_type|Alert Type|String",
            "job_number|Job #|String", "dp_status|DP Status|String",
        ),
    ),
    (
        80769010, "operations", "Jobs by Type", "All jobs of the period", (*RANGE, UNITS),
        (
            "JobNumber|Job Number|String", "JobType|Job Type|String",
            "JobStatus|Job Status|String", "Priority|Priority|String",
            "BusinessUnit|Business Unit|String", "CustomerName|Customer Name|String",
            "LocationZip|Location Zip|String", "CompletedOn|Completed On|Date",
            "Total|Total|Number", "AssignedTechnicians|Assigned Technicians|String",
        ),
    ),
    (
        17004, "accounting", "Invoices", "Every invoice with its balance", RANGE,
        (
            "InvoiceNumber|Invoice #|String", "InvoiceDate|Invoice Date|Date",
            "CustomerName|Customer Name|String", "Balance|Balance|Number",
            "Total|Total|Number", "AgingBucket|Aging Bucket|String",
        ),
    ),
    (
        17019, "technician-dashboard", "Technician Scorecard", None, RANGE,
        (
            "TechnicianName|Technician Name|String", "TechnicianEmail|Technician E-mail|String",
            "CompletedJobs|Completed Jobs|Number", "AverageSale|Average Sale|Number",
        ),
    ),
    (
        17033, "marketing", "Campaign Summary", "Booked jobs by campaign", RANGE,
        (
            "Campaign|Campaign|String", "BookedJobs|Booked Jobs|Number",
            "CostPerLead|Cost per Lead|Number",
        ),
    ),
)  # fmt: skip


def report_rows() -> Iterator[Row]:
    """Categories by their place, reports under them."""
    places = {id: place for place, (id, _) in enumerate(CATEGORIES, start=1)}
    for id, name in CATEGORIES:
        body = orjson.dumps({"id": id, "name": name})
        yield Row("report-categories", places[id], OPENED, OPENED, True, 0, body)
    for number, (report, category, name, about, asked, shown) in enumerate(REPORTS):
        changed = TODAY - number * 30 * DAY
        body = orjson.dumps(_report(report, changed, name, about, asked, shown))
        yield Row("reports", report, changed, OPENED, True, places[category], body)


def _report(
    id: int,
    changed: int,
    name: str,
    about: str | None,
    asked: tuple[str, ...],
    shown: tuple[str, ...],
) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "description": about,
        "modifiedOn": stamp(changed),
        "parameters": [_parameter(*each.split("|")) for each in asked],
        "fields": [_column(*each.split("|")) for each in shown],
    }


def _column(name: str, label: str, kind: str) -> dict[str, Any]:
    return {"name": name, "label": label, "dataType": kind}


def _parameter(name: str, label: str, kind: str) -> dict[str, Any]:
    """Dates must be given; business units may, from a list of their own."""
    many = name.endswith("Ids")
    fields = [{"name": "Value", "label": "Value"}, {"name": "Name", "label": "Name"}]
    values = {"fields": fields, "dynamicSetId": "business-units", "values": None}
    return {
        **_column(name, label, kind),
        "isArray": many,
        "isRequired": not many,
        "acceptValues": values if many else None,
    }
