"""The catalogue, the tenant's custom fields, and both against the vendor's own definition."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from connectors.servicetitan.feeds import Feed
from connectors.servicetitan.fields import FIELDS
from connectors.servicetitan.objects import FEEDS
from connectors.servicetitan.source import ServiceTitan
from tests.practice import Practice

SPECS = Path(os.environ.get("SPECS") or "no-specs") / "servicetitan" / "openapi"


def test_every_object_is_described_in_order(source: ServiceTitan) -> None:
    assert tuple(spec.name for spec in source.describe()) == ServiceTitan.OBJECTS
    assert [spec.name for spec in source.describe(["jobs", "nothing"])] == ["jobs"]


@pytest.mark.parametrize("object", ["jobs", "customers"])
def test_custom_fields_are_described_by_type_id(
    source: ServiceTitan, vendor: Practice, object: str
) -> None:
    (spec,) = source.describe([object])
    custom = {field.name: field for field in spec.fields if field.custom}
    assert custom
    for field in custom.values():
        assert bool(field.picklist) == (field.type == "Dropdown")
    filled = {
        f"customFields.{value['typeId']}": value["name"]
        for page in source.read(object)
        for record in page.records
        for value in record["customFields"] or ()
    }
    assert filled
    assert {name: custom[name].label for name in filled} == filled


def test_references_name_objects_that_we_read() -> None:
    named = {r for fields in FIELDS.values() for field in fields for r in field.references}
    assert named <= FEEDS.keys()
    assert FIELDS.keys() == FEEDS.keys()


@pytest.mark.parametrize("object", ServiceTitan.OBJECTS)
def test_every_field_is_named_once_and_found_in_a_record(source: ServiceTitan, object: str) -> None:
    names = [field.name for field in FIELDS[object]]
    assert len(names) == len(set(names))
    record = next(record for page in source.read(object) for record in page.records)
    assert {name.partition(".")[0] for name in names} <= record.keys()


needs_specs = pytest.mark.skipif(not SPECS.is_dir(), reason="SPECS names no folder of specs")


FILES = {"telecom": "telecom"}
IDS = {"attachments": "{jobId}"}
ALONE = {"single": ("id",), "catalogue": ("category.id", "category.name")}
# The reference shows no answer of this list; the others are found inside described records.
UNDESCRIBED = {"attachments", "form-signatures", "note-images"}


def _operation(feed: Feed, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    name = FILES.get(feed.module, f"{feed.module}-v2")
    spec = json.loads((SPECS / f"{name}.json").read_text())
    versions = {"/tenant/{tenant}/": f"/{feed.module}/v2", "/v2/tenant/{tenant}/": feed.module}
    (found,) = [start for start in versions if f"{start}{path}" in spec["paths"]]
    assert spec["servers"][0]["url"].endswith(versions[found])
    return spec, spec["paths"][f"{found}{path}"]["get"]


def _path(object: str) -> str:
    if FEEDS[object].kind == "catalogue":
        return "report-category/{report_category}/reports/{reportId}"
    return FEEDS[object].path.replace("{}", IDS.get(object, "{id}"))


@needs_specs
@pytest.mark.parametrize("object", ServiceTitan.OBJECTS)
def test_every_path_and_parameter_is_the_vendors(object: str) -> None:
    feed = FEEDS[object]
    by_kind = {
        "export": {"from", "includeRecentChanges"},
        "paged": {"page", "pageSize", feed.since} - {""},
        "single": set[str](),
        "catalogue": set[str](),
    }
    used = {_path(object): {*feed.params, *by_kind[feed.kind]}}
    if feed.total:
        used.setdefault(feed.total[0], set()).update(
            {*feed.total[1], "page", "pageSize", "includeTotal"}
        )
    if feed.custom_fields:
        used[feed.custom_fields] = {"page", "pageSize"}
    for path, parameters in used.items():
        _, operation = _operation(feed, path)
        assert parameters <= {parameter["name"] for parameter in operation.get("parameters", ())}


@needs_specs
@pytest.mark.parametrize("object", sorted(FEEDS.keys() - UNDESCRIBED))
def test_every_field_is_in_the_vendors_schema(object: str) -> None:
    feed = FEEDS[object]
    spec, operation = _operation(feed, _path(object))
    (content,) = list(operation["responses"]["200"]["content"].values())[:1]

    def resolved(schema: dict[str, Any]) -> dict[str, Any]:
        while "properties" not in schema and (kind := {"$ref", "allOf", "oneOf"} & schema.keys()):
            name = kind.pop()
            inner = schema[name]
            schema = (
                spec["components"]["schemas"][inner.rpartition("/")[2]]
                if name == "$ref"
                else inner[0]
            )
        return schema

    row = resolved(content["schema"])
    if feed.kind not in ("single", "catalogue"):
        row = resolved(row["properties"]["data"]["items"])
    if feed.inside:
        row = resolved(row["properties"][feed.inside.key]["items"])
    for field in FIELDS[object]:
        if field.name in _added(feed):
            continue
        schema = row
        for step in field.name.split("."):
            schema = resolved(resolved(schema)["properties"][step])
        schema = resolved(schema)
        if "enum" in schema:
            assert tuple(schema["enum"]) == field.picklist


def _added(feed: Feed) -> set[str]:
    """The fields that are ours."""
    inside = {*feed.inside.outer, *feed.inside.inner} if feed.inside else set()
    under = {feed.under.field} if feed.under else set()
    return {*inside, *under, *feed.owners, *ALONE.get(feed.kind, ())}
