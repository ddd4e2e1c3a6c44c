"""What to see to before a load: what the org's own records say, and what no API tells.

In: one org. Out: obstacles, each with what to do. Nothing is changed.
Source: Object Reference, "DuplicateRule"; Salesforce Help, "Enable Set Audit Fields",
"Email Deliverability", "Update Records with Inactive Owners"; REST API Developer Guide, "Limits".
"""

from collections.abc import Iterator

from connectors.errors import Misconfigured, NotAuthorised
from connectors.salesforce.automation import running
from connectors.salesforce.check import key_problems, missing_rights
from connectors.salesforce.client import Client
from connectors.salesforce.files import DOCUMENT, FILES
from connectors.salesforce.identity import BY_PARENT
from connectors.salesforce.limits import allowance
from connectors.salesforce.objects import BY_CHOICE, CORE, KEY_FIELDS, ORDER, ORDERS
from connectors.salesforce.query import query
from connectors.salesforce.schema import Schema
from connectors.values import Obstacle, Severity

RULES = "SELECT DeveloperName, MasterLabel, SobjectType FROM DuplicateRule WHERE IsActive = true"
NEEDED = {
    "DailyApiRequests": "wait until calls of the last 24 hours come back, or buy more",
    "DailyBulkApiBatches": "wait for batches to come back; until then rows go by single calls",
    "DataStorageMB": "free or buy data storage; every record would be refused",
    "FileStorageMB": "free or buy file storage; every file would be refused",
}
ALWAYS = ("DailyApiRequests", "DataStorageMB")
"""Without these nothing lands at all."""

SEVERITIES: tuple[Severity, ...] = ("blocks", "to confirm", "to know")
BY_HAND: tuple[tuple[str, Severity, str], ...] = (
    (
        "email_deliverability",
        "to confirm",
        "Set Setup, Deliverability to “System email only” for the load: flows, alerts and "
        "auto-responses would mail the client's customers. Note what it was and put it back.",
    ),
    (
        "assignment",
        "to confirm",
        "Territory rules, sharing rules, auto-response and escalation rules are told by no query. "
        "They may give records to somebody else, mail, or recalculate for hours. Deactivate them, "
        "or defer sharing calculations, for the load.",
    ),
    (
        "file_layout",
        "to know",
        "A custom field of files can be set only while it stands on their page layout: put "
        "Source_Id__c on the layout of Content Version (Setup, Object Manager). To see files of "
        "others again our user needs “Query All Files” too.",
    ),
    (
        "picklists",
        "to know",
        "A value that an unrestricted picklist does not know is taken in silently and stays "
        "after a rollback. Map values to those that are there.",
    ),
)
"""Code, severity and what a person must look at: no API tells or sets these."""


STAYS = (
    "Case numbers that our cases were given are not given again.",
    "Field history, feed posts, and whatever flows and triggers made of our writes stay.",
    "Values that an unrestricted picklist took in stay in it.",
    "Users are never deleted there: one that was made for this can be deactivated, and keeps its "
    "name.",
    "API calls and batches that were used are used.",
)
"""Salesforce Help, "Delete Users"; Object Reference, "CaseHistory"."""


def obstacles(client: Client, schema: Schema) -> list[Obstacle]:
    """First what blocks, then what is to be confirmed, then what to know."""
    schema.refresh()
    found = [
        *_allowances(client),
        *_audit(schema),
        *_further(schema),
        *_rules(client),
        *running(client),
        *(Obstacle(code, severity, message) for code, severity, message in BY_HAND),
    ]
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))


def _allowances(client: Client) -> Iterator[Obstacle]:
    for each in allowance(client):
        if each.left <= 0 and each.name in NEEDED:
            yield Obstacle(
                "nothing_left",
                "blocks" if each.name in ALWAYS else "to know",
                f"Nothing is left of {each.name} ({each.limit}): {NEEDED[each.name]}.",
            )


def _audit(schema: Schema) -> Iterator[Obstacle]:
    fixed = []
    for object in ORDER:
        if object in {*ORDERS, "AccountContactRelation"}:
            continue
        spec = schema.spec(object)
        created = spec and spec.field("CreatedDate")
        if created and not created.createable:
            fixed.append(object)
    if fixed:
        yield Obstacle(
            "audit_dates",
            "to know",
            f"Our user may not set CreatedDate on {', '.join(fixed)}; it can be set only when a "
            "record is created, never later. Enable “Set Audit Fields upon Record Creation” "
            "(Setup, User Interface), and grant our user it and “Modify All Data”; or leave "
            "CreatedDate out of the mapping.",
        )


def _further(schema: Schema) -> Iterator[Obstacle]:
    """Objects beyond the core that are there, yet cannot be written: half prepared, or of the
    client's own making under a name that we use."""
    for object in ORDER:
        answer = None if object in CORE else schema.describe(object)
        if answer is None or (object in BY_CHOICE and not _prepared(schema, object)):
            continue
        if object in FILES:  # a file goes with its document
            document = schema.describe(DOCUMENT) or {"deletable": False}
            answer = {**answer, "deletable": document["deletable"]}
        for problem in (*missing_rights(object, answer), *key_problems(object, answer)):
            yield Obstacle("further_object", "to know", f"{problem} Or load nothing into it.")


def _prepared(schema: Schema, object: str) -> bool:
    """Whether our key can stand in the object, or in the parent that has it instead."""
    holder = BY_PARENT.get(object, object)
    spec = schema.spec(holder)
    return spec is not None and spec.field(KEY_FIELDS[holder]) is not None


def _rules(client: Client) -> Iterator[Obstacle]:
    try:
        found = [each for each in query(client, RULES) if each["SobjectType"] in ORDER]
    except (NotAuthorised, Misconfigured):
        yield Obstacle(
            "duplicate_rules",
            "to know",
            "Our user may not see the duplicate rules. Look in Setup, Duplicate Rules whether "
            f"any of {', '.join(CORE)} are active, and deactivate them for the load.",
        )
        return
    for each in found:
        yield Obstacle(
            "duplicate_rule",
            "to know",
            f"The duplicate rule “{each['MasterLabel']}” ({each['DeveloperName']}) on "
            f"{each['SobjectType']} is active. If it only warns, records get past it one call "
            "later; if it blocks, records that look alike fail. Deactivate it for the load.",
        )
