"""Every custom field that we would have in an account: data only, thirty in all, which is what
the smallest plan allows a company.

Options are a field's `picklist`; of the built-in `stage_id` and `label_ids` too, where they
stand for stages ("Pipeline / Stage") and labels to be added.
Source: Pipedrive API Documentation, "Custom fields"; Usage limits; the fields are ours.
"""

from dataclasses import replace

from connectors.pipedrive.objects import KEY_FIELDS
from connectors.values import FieldPlan

LINE, LONG = 255, 65_000
PIPELINE = "Jobs"
STAGES = ("New", "Scheduled", "Dispatched", "In progress", "On hold", "Completed", "Canceled")
JOB_STAGES = tuple(f"{PIPELINE} / {stage}" for stage in STAGES)
PRIORITIES = ("High", "Medium", "Low")


def _field(name: str, type: str = "varchar", **more: object) -> FieldPlan:
    length = {"varchar": LINE, "text": LONG}.get(type, 0)
    return replace(FieldPlan("", name, name, type, length=length), **more)  # type: ignore[arg-type]


def _key(object: str) -> FieldPlan:
    return _field(KEY_FIELDS[object], external_id=True)


FIELDS_OF: dict[str, tuple[FieldPlan, ...]] = {
    "organizations": (
        _key("organizations"),
        _field("Source created at"),
        _field("Source customer type"),
        _field("Sites", "text"),
        _field("label_ids", "multipicklist", open=True),
    ),
    "persons": (
        _key("persons"),
        _field("Source created at"),
        _field("Source customer type"),
        _field("Site address", "address"),
        _field("Sites", "text"),
        _field("label_ids", "multipicklist", open=True),
    ),
    "deals": (
        _key("deals"),
        _field("Job number"),
        _field("Job type", "enum", open=True),
        _field("Priority", "enum", picklist=PRIORITIES, open=True),
        _field("Source status"),
        _field("Source priority"),
        _field("Source created", "date"),
        _field("Source created at"),
        _field("Scheduled start"),
        _field("Scheduled end"),
        _field("Completed at"),
        _field("Business unit"),
        _field("Site address", "address"),
        _field("Description", "text"),
        _field("Technician names", "text"),
        _field("Technician IDs", "text"),
        _field("Technician e-mails", "text"),
        _field("Customer PO"),
        _field("Invoice status"),
        _field("Invoiced", "monetary"),
        _field("Open balance", "monetary"),
        _field("stage_id", "picklist", picklist=JOB_STAGES, open=True),
        _field("label_ids", "multipicklist", open=True),
    ),
}
FIELDS: tuple[FieldPlan, ...] = tuple(
    replace(field, object=object) for object, fields in FIELDS_OF.items() for field in fields
)
