"""Files that people upload for the reference. In: CSV, XLSX or JSON bytes and the columns they
must have. Out: checked rows, kept whole with their audit entry, or problems by row and column.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from projects import audit
from projects.exchange import Problem, parsed, plain_cell
from projects.gates import refusals
from projects.models import Engagement, ReferenceUpload
from projects.presets import preset
from projects.reference.parts import Column, Upload

FORMATS = ("csv", "xlsx", "json")
LARGEST = 5000
"""Rows of one file: these are settings, not records."""
LONGEST = 10_000
"""Characters of one cell."""
YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")

Row = dict[str, Any]


def keep(
    engagement: Engagement, kind: str, data: bytes, file_name: str, actor: str
) -> tuple[Problem, ...]:
    """Check the file and, where nothing is wrong with it, let it take the place of the last one.
    Raises KeyError for a kind that the preset does not have."""
    wanted = preset(engagement.preset).REBUILD.upload(kind)
    try:
        rows, problems = read(wanted, data, file_name.rpartition(".")[2].lower())
    except ValueError as broken:
        return (Problem(0, "", str(broken)),)
    if reasons := refusals(engagement, "reference"):
        return (Problem(0, "", " ".join(reasons)),)
    if problems:
        return problems
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        ReferenceUpload.objects.update_or_create(
            engagement=engagement,
            kind=kind,
            defaults={
                "rows": rows,
                "file_name": file_name[-200:],
                "digest": digest,
                "uploaded_by": actor,
                "uploaded_at": timezone.now(),
            },
        )
        audit.record(
            engagement, actor, "reference uploaded", kind=kind, rows=len(rows), sha256=digest
        )
    return ()


def remove(engagement: Engagement, kind: str, actor: str) -> bool:
    """Take an upload away again. False where there is none."""
    with transaction.atomic():
        gone, _ = engagement.reference_uploads.filter(kind=kind).delete()
        if gone:
            audit.record(engagement, actor, "reference upload removed", kind=kind)
    return bool(gone)


def read(wanted: Upload, data: bytes, format: str) -> tuple[list[Row], tuple[Problem, ...]]:
    """The rows, and what is wrong with them. Raises ValueError for a file that is none."""
    headers, cells = _json(data) if format == "json" else _sheet(data, format)
    known = {column.name: column for column in wanted.columns}
    if unknown := [name or "(empty)" for name in headers if name not in known]:
        raise ValueError(f"Unknown column(s) {', '.join(unknown)}. Known are: {', '.join(known)}.")
    if twice := [name for name, n in Counter(headers).items() if n > 1]:
        raise ValueError(f"The column {twice[0]} is there twice.")
    if missing := [n for n, column in known.items() if column.required and n not in headers]:
        raise ValueError(f"The column {missing[0]} is missing. It must be there and filled.")
    if not cells:
        raise ValueError("It has no rows below its headings.")
    if len(cells) > LARGEST:
        raise ValueError(f"It has {len(cells)} rows; {LARGEST} are the most. Is it the right file?")
    return _checked(known, cells)


def _checked(
    known: Mapping[str, Column], cells: list[dict[str, Any]]
) -> tuple[list[Row], tuple[Problem, ...]]:
    rows, problems = [], []
    for number, cell in enumerate(cells, start=2):
        row: Row = {}
        for name, column in known.items():
            try:
                row[name] = _value(column, cell.get(name))
            except ValueError as wrong:
                problems.append(Problem(number, name, str(wrong)))
        rows.append(row)
    return rows, tuple(problems)


def _value(column: Column, cell: Any) -> Any:
    """The cell as its column wants it, None where it is empty. Raises ValueError."""
    if isinstance(cell, dict):
        raise ValueError("It holds an object; one value, or a list of texts, is expected.")
    if isinstance(cell, list):
        if column.kind != "list" or any(isinstance(each, dict | list) for each in cell):
            raise ValueError("It holds a list; one value is expected.")
        cell = "; ".join(plain_cell(each) for each in cell)
    text = plain_cell(cell).replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        if column.required:
            raise ValueError("It is empty and must not be.")
        return [] if column.kind == "list" else None
    if len(text) > LONGEST:
        raise ValueError(f"It has {len(text)} characters; {LONGEST} are the most.")
    return _typed(column, text)


def _typed(column: Column, text: str) -> Any:
    if column.choices and text not in column.choices:
        raise ValueError(f"“{text[:40]}” is none of: {', '.join(column.choices)}.")
    if column.kind == "number":
        if not NUMBER.fullmatch(text):
            raise ValueError(f"“{text[:40]}” is no number. Write it as 1.5, without a unit.")
        return float(text) if "." in text else int(text)
    if column.kind == "yes or no":
        if text.lower() not in YES:
            raise ValueError(f"“{text[:40]}” is neither yes nor no.")
        return YES[text.lower()]
    if column.kind == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    return text


def _sheet(data: bytes, format: str) -> tuple[list[str], list[dict[str, Any]]]:
    if format not in FORMATS:
        raise ValueError(f"It is none of: {', '.join(FORMATS)}.")
    sheet = parsed(data, format)
    headers = [str(head or "").strip() for head in sheet.headers or ()]
    rows = [dict(zip(headers, row, strict=False)) for row in sheet]
    return headers, [row for row in rows if any(plain_cell(cell) for cell in row.values())]


def _json(data: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    """A list of objects, or an object that holds one under "rows"."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as broken:
        where = f"line {broken.lineno}, {broken.colno}"
        raise ValueError(f"It is not JSON: {broken.msg} in {where}.") from None
    if isinstance(found, dict):
        found = found.get("rows")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("It must hold a list of objects, one a row.")
    return list(dict.fromkeys(_names(found))), found


def _names(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield from row
