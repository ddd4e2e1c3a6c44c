"""The content checksum of an entity: what people wrote, not what the server made up.

Left out: ids, times the server gave, the stored name of a file, the position of a line. A parent
is named by its key where it carries one, a line's product by its text, a custom field by its name,
an option by its label, a file whose number stands in a note by its name.
"""

import re
from typing import Any

from connectors.practice.checksum import Checksum
from connectors.practice.pipedrive.company import Company
from connectors.practice.pipedrive.fields import Field
from connectors.practice.pipedrive.store import Record

IGNORED = frozenset(
    {
        "id", "update_time", "stage_change_time", "marked_as_done_time", "creator_user_id",
        "local_won_date", "local_lost_date", "local_close_date", "last_update_user_id",
        "file_name", "uuid", "_dated", "is_deleted", "item_id", "order_nr",
    }
)  # fmt: skip
LINKED = {"org_id": "organizations", "person_id": "persons", "deal_id": "deals"}
KINDS = {"organizations": "organization", "persons": "person", "deals": "deal"}
KINDS |= {"products": "product"}
KEY = "source id"
FILE = re.compile(r"\bfile (\d+)\b")


def key_codes(company: Company, entity: str) -> list[str]:
    """The fields of an entity that are named "Source ID", whatever the case."""
    fields = company.fields.custom(KINDS.get(entity, ""))
    return [field.code for field in fields if field.name.lower() == KEY]


def key_of(company: Company, entity: str, record: Record) -> str | None:
    """The key that a record carries."""
    values = record.get("custom_fields", {})
    return next((values[c] for c in key_codes(company, entity) if values.get(c)), None)


def checksum(company: Company, entity: str) -> dict[str, Any]:
    """`{"count", "checksum"}` of the live records of one entity."""
    found = Checksum(IGNORED)
    for record in company.store.each(entity):
        found.add(_content(company, entity, record))
    return found.value()


def _content(company: Company, entity: str, record: Record) -> Record:
    content = {name: value for name, value in record.items() if value is not None}
    if not record.get("_dated"):
        content.pop("add_time", None)
    for name, target in LINKED.items():
        if name in content:
            content[name] = _parent(company, target, content[name])
    if entity == "dealProducts":
        product = company.store.get("products", record["product_id"]) or {}
        content["product_id"] = [product.get("name"), product.get("description")]
    if entity == "notes":
        content["content"] = FILE.sub(lambda found: _file(company, found), record["content"])
    if content.get("participants") and entity == "activities":
        content["participants"] = [
            one | {"person_id": _parent(company, "persons", one["person_id"])}
            for one in content["participants"]
        ]
    if "custom_fields" in content:
        fields = company.fields.of[KINDS[entity]]
        content["custom_fields"] = {
            fields[code].name: _labelled(fields[code], value)
            for code, value in sorted(content["custom_fields"].items())
            if code in fields
        }
    if "label_ids" in content and entity in KINDS:
        content["label_ids"] = _labelled(company.fields.labels(KINDS[entity]), record["label_ids"])
    return content


def _parent(company: Company, entity: str, id: int) -> Any:
    return key_of(company, entity, company.store.get(entity, id) or {}) or id


def _file(company: Company, named: re.Match[str]) -> str:
    return str((company.store.get("files", int(named[1])) or {}).get("name", named[0]))


def _labelled(field: Field, value: Any) -> Any:
    if field.options is None:
        return value
    ids = value if isinstance(value, list) else [value]
    return sorted(option.label for option in map(field.option, ids) if option)
