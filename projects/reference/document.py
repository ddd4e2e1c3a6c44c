"""The rebuild reference as one document of the form that `schema.json` publishes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.utils import timezone

from projects.models import Engagement, Feed, ObjectRow, ReferenceUpload
from projects.models.records import LOAD_READING
from projects.presets import preset
from projects.reference import columns
from projects.reference.parts import Becomes, Rebuild, Section, Upload
from projects.reference.sections import Records, items

FORMAT = "rebuild reference 1"
SCHEMA = Path(__file__).parent / "schema.json"
NOT_READ = "It was not read yet. Extract the source."

Part = dict[str, Any]


def build(engagement: Engagement) -> dict[str, Any]:
    """Everything that is there now. Raises Misconfigured where an account is not connected."""
    rebuild = preset(engagement.preset).REBUILD
    records = Records(engagement)
    zone = str(engagement.source.settings.get("time_zone") or "")
    feeds = {f.object: f for f in engagement.feeds.filter(reading=LOAD_READING)}
    out = {r.source_object: r for r in engagement.object_rows.exclude(status__in=ObjectRow.READ)}
    uploads = {upload.kind: upload for upload in engagement.reference_uploads.all()}
    return {
        "format": FORMAT,
        "engagement": engagement.name,
        "client": engagement.client_name,
        "made_at": _told(timezone.now()),
        "time_zone": zone or "UTC",
        "source": _account(engagement.source),
        "destination": _account(engagement.destination),
        "sections": [
            *(
                _read(each, rebuild, records, zone, feeds.get(each.object), out.get(each.object))
                for each in rebuild.sections
            ),
            *(_uploaded(each, rebuild, uploads.get(each.name)) for each in rebuild.uploads),
        ],
        "not_transferable": [
            {"name": each.name, "title": each.title, "reason": each.reason}
            for each in rebuild.untransferable
        ],
        "reports": _reports(engagement, rebuild, records, feeds.get(rebuild.reports.object)),
    }


def as_json(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def count(document: Mapping[str, Any]) -> dict[str, int]:
    """How many parts are there, by where they came from."""
    counted: dict[str, int] = {}
    for part in document["sections"]:
        counted[part["origin"]] = counted.get(part["origin"], 0) + 1
    return counted


def _read(
    section: Section,
    rebuild: Rebuild,
    records: Records,
    zone: str,
    feed: Feed | None,
    out: ObjectRow | None,
) -> Part:
    """origin: "read" · "closed" (the account's rights) · "missing" (not yet, or left out)."""
    found = items(section, records, zone) if feed and feed.finished_at else []
    note = feed.problem if feed else NOT_READ
    if out:
        note = f"Left out by its object row. {out.reason}".strip()
    origin = "read" if feed and not note else "closed" if feed and feed.problem else "missing"
    at = feed.finished_at if feed else None
    return _part(section, rebuild, origin, found, note, at, feed.object if feed else "")


def _uploaded(upload: Upload, rebuild: Rebuild, kept: ReferenceUpload | None) -> Part:
    """origin: "uploaded", or "missing" with how to obtain it."""
    if kept is None:
        return _part(upload, rebuild, "missing", [], upload.obtain, None, "")
    by = f"{kept.file_name}, by {kept.uploaded_by}"
    return _part(upload, rebuild, "uploaded", kept.rows, "", kept.uploaded_at, by)


def _part(
    part: Section | Upload,
    rebuild: Rebuild,
    origin: str,
    found: list[dict[str, Any]],
    note: str,
    at: datetime | None,
    of: str,
) -> Part:
    return {
        "name": part.name,
        "title": part.title,
        "origin": origin,
        "from": of or None,
        "at": _told(at) if at else None,
        "note": note,
        "becomes": _becomes(rebuild.becomes[part.name]),
        "count": len(found),
        "items": found,
    }


def _reports(
    engagement: Engagement, rebuild: Rebuild, records: Records, feed: Feed | None
) -> dict[str, Any]:
    found = [record for _, record in records.each(rebuild.reports.object)]
    lines = columns.landed(engagement, found)
    states = [line["state"] for each in lines.values() for line in each]
    return {
        "origin": "closed" if feed and feed.problem else "read" if feed else "missing",
        "note": feed.problem if feed else NOT_READ,
        "becomes": _becomes(rebuild.becomes["reports"]),
        "dashboards": rebuild.reports.dashboards,
        "columns": {n: states.count(n) for n in ("lands", "not moved", "unresolved")},
        "items": list(_report_items(found, lines)),
    }


def _report_items(
    found: list[Mapping[str, Any]], lines: Mapping[str, list[columns.Line]]
) -> Iterator[Part]:
    for report in sorted(found, key=lambda r: (_category(r), str(r.get("name")))):
        yield {
            "id": str(report["id"]),
            "name": str(report.get("name") or ""),
            "category": _category(report),
            "description": report.get("description") or "",
            "parameters": [str(p.get("label") or "") for p in report.get("parameters") or ()],
            "columns": lines[str(report["id"])],
        }


def _category(report: Mapping[str, Any]) -> str:
    return str((report.get("category") or {}).get("name") or "")


def _becomes(said: Becomes) -> dict[str, str]:
    return {"what": said.what, "how": said.how}


def _account(connection: Any) -> dict[str, str]:
    return {"kind": connection.kind, "account": connection.account_name or connection.account_id}


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
