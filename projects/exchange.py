"""Import and export of every decision table, for admin and for the command line.

In: CSV or XLSX bytes. Out: rows kept by the rule of `rows.py`, all of them or none, and a
Report that names row and column of whatever was wrong. A cell that a spreadsheet would run as
a formula leaves with an apostrophe before it, which the way back takes off again.
"""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import tablib  # type: ignore[import-untyped]
from django.core.exceptions import ValidationError
from django.db import models
from import_export import fields, instance_loaders, resources
from import_export.results import Result, RowResult

from projects import rows
from projects.cells import FORMATS, escaped
from projects.models import (
    Engagement,
    FieldProfile,
    Finding,
    FlaggedFile,
    MappingRow,
    ObjectRow,
    SchemaField,
    TechnicianMatch,
    ValueMap,
)
from projects.stages.base import StageBlocked

LARGEST = 20_000
"""Rows of one file. Everything is checked and written in one transaction."""
UNPACKED = 100 * 1024 * 1024
"""Bytes of a workbook once unpacked."""
ESCAPED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be imported. `row` counts as spreadsheets do, the header is 1; 0 means
    the file as a whole. `column` is "" where no single one is to blame."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"Row {self.row}" if self.row else "The file"
        return f"{where}{f', {self.column}' if self.column else ''}: {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do. With problems nothing was changed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    dry_run: bool = False

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it leaves and comes back. `key` finds the row again; `read_only` columns are
    written for people to read and are not looked at on the way back."""

    label: str
    model: type[models.Model]
    scope: str
    key: tuple[str, ...]
    editable: tuple[str, ...]
    read_only: tuple[str, ...] = ()
    adds: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.key, *self.editable, *self.read_only)))


TABLES: Mapping[str, Table] = {
    "mapping-rows": Table(
        "Mapping rows",
        MappingRow,
        "engagement",
        ("id",),
        rows.DECIDED[MappingRow],
        ("source_label", "confidence", "reasons", "confirmed_by", "confirmed_at"),
        adds=True,
    ),
    "value-maps": Table(
        "Value maps",
        ValueMap,
        "mapping_row__engagement",
        ("mapping_row", "source_value"),
        ("destination_value",),
        ("mapping_row__shape", "mapping_row__destination_field", "confirmed_by"),
        adds=True,
    ),
    "technician-matches": Table(
        "Technician matches",
        TechnicianMatch,
        "engagement",
        ("technician_id",),
        ("action", "user_id", "user_name", "reason"),
        ("name", "email", "active", "jobs", "confirmed_by"),
    ),
    "flagged-files": Table(
        "Flagged files",
        FlaggedFile,
        "engagement",
        ("object", "source_id"),
        rows.DECIDED[FlaggedFile],
        ("name", "size", "why", "confirmed_by"),
    ),
    "object-rows": Table(
        "Object rows",
        ObjectRow,
        "engagement",
        ("source_object",),
        rows.DECIDED[ObjectRow],
        ("cardinality",),
    ),
    "fields": Table(
        "Fields of both accounts",
        SchemaField,
        "connection__engagement",
        ("connection__role", "object", "name"),
        (),
        (
            "label",
            "type",
            "length",
            "required",
            "custom",
            "unique",
            "external_id",
            "restricted",
            "picklist",
            "references",
        ),
    ),
    "field-profiles": Table(
        "How source fields are filled",
        FieldProfile,
        "engagement",
        ("object", "name"),
        (),
        ("records", "filled", "distinct", "longest", "longest_id", "values"),
    ),
    "findings": Table(
        "Findings",
        Finding,
        "engagement",
        ("code", "subject"),
        (),
        ("severity", "count", "message", "records"),
    ),
}


def export_rows(engagement: Engagement, table: str, format: str) -> bytes:
    """The engagement's rows of that table as "csv" (UTF-8 with a mark for spreadsheets) or
    "xlsx"."""
    chosen = TABLES[table]
    found = chosen.model._default_manager.filter(**{chosen.scope: engagement})
    data = tablib.Dataset(headers=chosen.columns, title=chosen.label)
    for values in found.values_list(*chosen.columns).iterator():
        data.append([escaped(value) for value in values])
    made: Any = data.export(format)
    return made if isinstance(made, bytes) else made.encode("utf-8-sig")


def import_rows(
    engagement: Engagement,
    table: str,
    data: bytes,
    format: str,
    actor: str,
    dry_run: bool = False,
) -> Report:
    """Change and add rows as the file says, all or nothing. Rows that the file does not name,
    and columns that it leaves out, stay as they are."""
    chosen = TABLES[table]
    try:
        sheet = _read(chosen, data, format)
        rows.require_open(engagement)
    except (ValueError, StageBlocked) as refused:
        return Report(problems=(Problem(0, "", str(refused)),), dry_run=dry_run)
    if wrong := _repeated(chosen, sheet):
        return Report(problems=tuple(wrong), dry_run=dry_run)
    importer: Any = Importer(engagement, chosen, actor)
    result = importer.import_data(
        sheet, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True
    )
    return _report(result, dry_run)


class Importer(resources.Resource):
    """One import of one table into one engagement: rows of other engagements do not exist."""

    class Meta:
        import_id_fields: tuple[str, ...] = ()
        clean_model_instances = True
        skip_diff = True
        instance_loader_class = instance_loaders.BaseInstanceLoader

    def __init__(self, engagement: Engagement, table: Table, actor: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.engagement, self.table, self.actor = engagement, table, actor
        column: Any = fields.Field
        self.fields = {name: column(attribute=name, column_name=name) for name in table.editable}

    def get_or_init_instance(self, instance_loader: Any, row: Any) -> tuple[Any, bool]:
        """The row that the key names. Raises ValidationError where it may not be added."""
        key = {name: row[name] for name in self.table.key}
        if key.get("id") == "":
            return MappingRow(engagement=self.engagement), True
        self._require_numbers(key)
        scope = {self.table.scope: self.engagement}
        found = self.table.model._default_manager.filter(**scope, **key).first()
        if found is not None:
            return found, False
        if not self.table.adds or "id" in key:
            raise _refused(self.table.key[0], f"{_named(key)} is not in this engagement.")
        return ValueMap(mapping_row=self._mapping_row(key), source_value=key["source_value"]), True

    def _require_numbers(self, key: dict[str, str]) -> None:
        for name in ("id", "mapping_row"):
            if name in key and not re.fullmatch(r"[0-9]{1,18}", key[name]):
                raise _refused(name, f"“{key[name]}” is not the number of a row.")

    def _mapping_row(self, key: dict[str, str]) -> MappingRow:
        found = self.engagement.mapping_rows.filter(pk=key["mapping_row"]).first()
        if found is None:
            raise _refused(
                "mapping_row",
                f"Mapping row {key['mapping_row']} is not in this engagement. Export the mapping "
                "rows to see their numbers.",
            )
        return found

    def skip_row(self, instance: Any, original: Any, row: Any, wrong: Any = None) -> bool:
        before, after = rows.difference(instance)
        return not (wrong or before or after)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        if isinstance(instance, MappingRow) and is_create:
            instance.reasons = "imported"
        rows.change(instance, self.actor)


def _read(table: Table, data: bytes, format: str) -> tablib.Dataset:
    """The file with every cell as plain text. Raises ValueError with a sentence."""
    if not table.editable:
        raise ValueError(f"{table.label} are found, not decided: they cannot be imported.")
    sheet = parsed(data, format)
    headers = [str(h or "").strip() for h in sheet.headers or ()]
    if unknown := [h or "(empty)" for h in headers if h not in table.columns]:
        known = ", ".join(table.columns)
        raise ValueError(f"Unknown column(s) {', '.join(unknown)}. Known are: {known}.")
    if missing := [name for name in table.key if name not in headers]:
        raise ValueError(f"The column {missing[0]} is missing; it says which row is meant.")
    if twice := [name for name, n in Counter(headers).items() if n > 1]:
        raise ValueError(f"The column {twice[0]} is there twice.")
    cells = [[plain_cell(cell) for cell in row] for row in sheet]
    while cells and not any(cells[-1]):
        cells.pop()
    if len(cells) > LARGEST:
        raise ValueError(f"It has {len(cells)} rows. Split it into files of {LARGEST} or fewer.")
    return tablib.Dataset(*cells, headers=headers)


def parsed(data: bytes, format: str) -> tablib.Dataset:
    """The file as rows below its headings. Raises ValueError with a sentence."""
    if format not in FORMATS:
        raise ValueError(f"It is neither of: {', '.join(FORMATS)}.")
    content: str | bytes = data
    if format == "csv":
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError("It is not UTF-8. Save it as “CSV UTF-8”.") from None
    if format == "xlsx":
        _require_small(data)
    try:
        sheet = tablib.Dataset().load(content, format=format)
    except Exception as broken:
        # A damaged workbook raises whatever its zip and XML readers raise.
        raise ValueError(f"It cannot be read as {format.upper()}: {broken}") from None
    if not sheet.headers:
        raise ValueError("It is empty. Its first row must name the columns.")
    return sheet


def _require_small(data: bytes) -> None:
    """A workbook is a zip: some kilobytes of it may unfold to more than there is memory."""
    with suppress(BadZipFile), ZipFile(BytesIO(data)) as packed:
        size = sum(part.file_size for part in packed.infolist())
        if size > UNPACKED:
            raise ValueError(f"Unpacked it is {size // 1024**2} MB; that is no table of settings.")


def _repeated(table: Table, sheet: tablib.Dataset) -> list[Problem]:
    """A row named twice would mean whichever comes last."""
    seen: dict[tuple[str, ...], int] = {}
    wrong = []
    for number, row in enumerate(sheet.dict, start=2):
        key = tuple(row[name] for name in table.key)
        if any(key) and key in seen:
            column = table.key[-1]
            wrong.append(Problem(number, column, f"The same as row {seen[key]}. Keep one of them."))
        seen.setdefault(key, number)
    return wrong


def _report(result: Result, dry_run: bool) -> Report:
    wrong = [Problem(0, "", str(error.error)) for error in result.base_errors]
    for row in result.error_rows:
        wrong += [Problem(row.number + 1, "", str(error.error)) for error in row.errors]
    for invalid in result.invalid_rows:
        for column, said in invalid.error_dict.items():
            name = "" if column in ("__all__", "NON_FIELD_ERRORS") else column
            wrong += [Problem(invalid.number + 1, name, message) for message in said]
    totals = result.totals
    return Report(
        0 if wrong else totals[RowResult.IMPORT_TYPE_NEW],
        0 if wrong else totals[RowResult.IMPORT_TYPE_UPDATE],
        0 if wrong else totals[RowResult.IMPORT_TYPE_SKIP],
        tuple(sorted(wrong, key=lambda p: p.row)),
        dry_run,
    )


def _refused(column: str, message: str) -> ValidationError:
    return ValidationError({column: [message]})


def _named(key: dict[str, str]) -> str:
    return " and ".join(f"{name} {value or '(empty)'}" for name, value in key.items())


def plain_cell(cell: Any) -> str:
    """A cell as it was before the export; a spreadsheet may have made a number of it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell)
    return text[1:] if ESCAPED.match(text) else text
