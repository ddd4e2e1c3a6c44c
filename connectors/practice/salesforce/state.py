"""The content checksum of an object: what people wrote, not what the server made up.

Left out: Id, CaseNumber, LastModifiedDate, LastModifiedById, SystemModstamp, ClosedDate,
CompletedDateTime, the pointers between a file's version and document, its ContentModifiedDate,
CreatedDate where no load set it, and names the server gave. A parent is named by its key where
it carries one.
"""

from typing import Any

from connectors.practice.checksum import Checksum
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.store import AUDITED

IGNORED = frozenset(
    {
        "Id",
        "CaseNumber",
        "OrderNumber",
        "OrderItemNumber",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
        "ClosedDate",
        "CompletedDateTime",
        "ContentDocumentId",
        "ContentModifiedDate",
        "LatestPublishedVersionId",
        AUDITED,
    }
)
KEY = "Source_Id__c"


def checksum(org: Org, object: Object, found: Checksum) -> dict[str, Any]:
    """`{"count", "checksum"}` of the live rows of one object."""
    parents = [
        (f.name, target)
        for f in object.fields.values()
        for target in map(org.schema.named, f.references)
        if KEY.lower() in target.fields
    ]
    for row in org.store.live(object):
        content = {k: v for k, v in row.items() if k not in IGNORED and v is not None}
        if object.custom and (row["Name"] == row["Id"][:15] or object.fields["name"].auto):
            content.pop("Name", None)
        if not row[AUDITED]:
            content.pop("CreatedDate", None)
        for name, target in parents:
            id = content.get(name)
            if id and id.startswith(target.prefix):
                content[name] = org.store.value(target, id, KEY) or id
        found.add(content)
    return found.value()
