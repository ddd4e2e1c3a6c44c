"""What runs by itself when we write: flows, triggers, validation, workflow and assignment rules.

In: one org. Out: a point for each that touches an object we write, for a person to confirm; one
point where our user may not see a kind of them. No API turns any of it off. Nothing is changed.
Source: Object Reference, "FlowDefinitionView", "AssignmentRule"; Tooling API, "ApexTrigger",
"ValidationRule", "WorkflowRule"; Salesforce Help, "Migrate Workflow Rules and Processes to Flow".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.errors import Misconfigured, NotAuthorised, Refused
from connectors.salesforce.client import Client
from connectors.salesforce.objects import ORDER
from connectors.salesforce.query import query
from connectors.values import Obstacle


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of automation: how to ask for it, where its object stands in a row, and what is
    said of one (`{row fields}`). `setup` is where a person finds them."""

    code: str
    soql: str
    object: str
    said: str
    setup: str
    tooling: bool = False


KINDS = (
    Kind(
        "flow",
        "SELECT ApiName, Label, TriggerType, TriggerObjectOrEvent.QualifiedApiName "
        "FROM FlowDefinitionView WHERE IsActive = true",
        "TriggerObjectOrEvent.QualifiedApiName",
        "The flow “{Label}” ({ApiName}, {TriggerType}) runs for every {object} we write. "
        "Deactivate it for the load, or let it pass our user.",
        "Setup, Flows",
    ),
    Kind(
        "apex_trigger",
        "SELECT Name, TableEnumOrId FROM ApexTrigger WHERE Status = 'Active'",
        "TableEnumOrId",
        "The Apex trigger “{Name}” runs for every {object} we write, in chunks of 200. Let it "
        "pass our user, or deactivate it by a deployment.",
        "Setup, Apex Triggers",
        tooling=True,
    ),
    Kind(
        "validation_rule",
        "SELECT ValidationName, ErrorMessage, EntityDefinition.QualifiedApiName "
        "FROM ValidationRule WHERE Active = true",
        "EntityDefinition.QualifiedApiName",
        "The validation rule “{ValidationName}” on {object} refuses what does not fit it (“"
        "{ErrorMessage}”). Deactivate it for the load, or let it pass our user.",
        "Setup, Object Manager, Validation Rules",
        tooling=True,
    ),
    Kind(
        "workflow_rule",
        "SELECT Name, TableEnumOrId FROM WorkflowRule",
        "TableEnumOrId",
        "The Workflow Rule “{Name}” on {object} is of a retired kind that still runs where it is "
        "active, and may mail. The API does not tell whether it is: look, and deactivate it.",
        "Setup, Workflow Rules",
        tooling=True,
    ),
    Kind(
        "assignment_rule",
        "SELECT Name, SobjectType FROM AssignmentRule WHERE Active = true",
        "SobjectType",
        "The assignment rule “{Name}” on {object} is active. Our calls switch it off; records "
        "that flows make of ours are assigned by it.",
        "Setup, Assignment Rules",
    ),
)


def running(client: Client) -> Iterator[Obstacle]:
    """One point a rule, in a fixed order."""
    for kind in KINDS:
        try:
            rows = list(query(client, kind.soql, tooling=kind.tooling))
        except (NotAuthorised, Misconfigured, Refused):
            yield Obstacle(
                f"{kind.code}s",
                "to confirm",
                f"Our user may not see these ({kind.code.replace('_', ' ')}s). Look in "
                f"{kind.setup} which of them are active for {', '.join(ORDER)}, and deactivate "
                "them for the load or let them pass our user.",
            )
            continue
        for row in rows:
            object = _at(row, kind.object)
            if object in ORDER:
                told = {name: value for name, value in row.items() if isinstance(value, str)}
                yield Obstacle(kind.code, "to confirm", kind.said.format(**told, object=object))


def _at(row: Any, path: str) -> Any:
    for step in path.split("."):
        row = (row or {}).get(step)
    return row
