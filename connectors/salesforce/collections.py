"""sObject Collections: up to 200 rows a call, answered at once.

In: a chunk. Out: an outcome per row, tied to its key the moment the answer is read. None of
these calls is ever repeated: a lost answer leaves open whether the rows were written.
Source: REST API Developer Guide, "sObject Collections", "Assignment Rule Header",
"Duplicate Rule Header".
"""

from collections.abc import Mapping
from typing import Any

from connectors.errors import Refused
from connectors.salesforce.answers import NAME, REPORT_IT
from connectors.salesforce.client import Client
from connectors.salesforce.identity import MARKED, carrying
from connectors.salesforce.objects import KEY_FIELDS
from connectors.salesforce.outcomes import of_result
from connectors.salesforce.values import Unsendable, to_json
from connectors.values import Chunk, FieldSpec, Outcome, Row

LARGEST = 200
PATH = "/composite/sobjects"
HEADERS = {
    # The org's assignment rules would hand our records to somebody else.
    "Sforce-Auto-Assign": "FALSE",
    # Lets a record past duplicate rules that warn; those that block still do.
    "Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=false",
}

Fields = Mapping[str, FieldSpec]


def send_collection(client: Client, chunk: Chunk, fields: Fields) -> list[Outcome]:
    """Write the rows; the outcome of each. Raises Unavailable where it is unknown whether
    anything was written."""
    outcomes: list[Outcome] = []
    sent: list[tuple[Row, dict[str, Any]]] = []
    for row in chunk.rows:
        try:
            sent.append((row, _body(chunk, row, fields)))
        except Unsendable as reason:
            outcomes.append(Outcome(row.key, "failed", row.id, str(reason)))
    if sent:
        results = _call(client, chunk, [body for _, body in sent])
        if not isinstance(results, list) or len(results) != len(sent):
            raise Refused(
                f"{NAME}: {chunk.verb} of {len(sent)} {chunk.object} records was answered with "
                f"another number of results. {REPORT_IT}"
            )
        key_field = KEY_FIELDS.get(chunk.object, "")
        for (row, _), result in zip(sent, results, strict=True):
            outcomes.append(of_result(chunk.verb, row, result, key_field))
    return outcomes


def _call(client: Client, chunk: Chunk, records: list[dict[str, Any]]) -> Any:
    if chunk.verb == "delete":
        params = {"ids": ",".join(record["id"] for record in records), "allOrNone": "false"}
        return client.call("DELETE", PATH, params=params, headers=HEADERS)
    method = "POST" if chunk.verb == "create" else "PATCH"
    body = {"allOrNone": False, "records": records}
    return client.call(method, PATH, body, headers=HEADERS)


def _body(chunk: Chunk, row: Row, fields: Fields) -> dict[str, Any]:
    if chunk.verb == "delete":
        return {"id": row.id}
    body: dict[str, Any] = {"attributes": {"type": chunk.object}}
    if chunk.verb == "update":
        body["id"] = row.id
    values = {name: to_json(value, fields[name]) for name, value in row.values.items()}
    named = chunk.verb == "create" or chunk.object in MARKED
    return body | values | (carrying(chunk.object, row, fields) if named else {})
