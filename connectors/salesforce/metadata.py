"""Our fields in an org: what is missing, the package that creates it, its deployment.

In: field plans. Out: plans as the org can take them, zip files, the problems of a deployment.
A field that the org has and shows us is never deployed over: it is the client's.
Source: Metadata API Developer Guide, "Deploy Metadata with REST"; Object Reference,
"PermissionSetAssignment".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from simple_salesforce.format import format_soql

from connectors.errors import Misconfigured, NotAuthorised, Refused
from connectors.salesforce import layouts, naming, package
from connectors.salesforce.answers import NAME
from connectors.salesforce.client import Client
from connectors.salesforce.objects import KEY_FIELDS, ORDER, WITHOUT_RIGHTS
from connectors.salesforce.plans import OBJECTS
from connectors.salesforce.query import query
from connectors.salesforce.schema import Schema
from connectors.values import FieldPlan, ObjectPlan, Pending

DEPLOY = "/metadata/deployRequest"
OPTIONS = {
    "allowMissingFiles": False,
    "autoUpdatePackage": False,
    "ignoreWarnings": True,
    "performRetrieve": False,
    "purgeOnDelete": False,
    "rollbackOnError": True,
    "singlePackage": True,
}
POLLS = (0.5, 1.0, 3.0)
"""Seconds between questions after a deployment; each is an API call."""
BY_HAND = "Or deploy the package by hand: any metadata tool takes the file as it is."
PLANNED = {each.name: each for each in OBJECTS}


class Metadata:
    """Field creation in one org."""

    def __init__(self, client: Client, schema: Schema) -> None:
        self._client, self._schema = client, schema
        self._asked: dict[str, int] = {}

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        plans = [naming.shaped(each) for each in fields]
        plans = naming.named(plans, self._taken_fields(plans))
        return naming.related(plans, self._taken_relations(plans))

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        coming, hidden = self._coming(fields), self.hidden(fields)
        return [
            each
            for each in fields
            if not self._has(each)
            and each not in hidden
            and self._usable(each.object, coming)
            and (not each.references or self._usable(each.references, coming))
        ]

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """What somebody's profile or permission set names, ours aside, and describe does not.
        A user who may not see the rights of others learns of none."""
        absent = [each for each in fields if self._there(each.object) and not self._has(each)]
        objects = sorted({each.object for each in absent})
        if not objects:
            return []
        soql = format_soql(
            "SELECT Field FROM FieldPermissions WHERE SobjectType IN {} AND Parent.Name != {}",
            objects,
            package.PERMISSION_SET,
        )
        try:
            named = {row["Field"] for row in query(self._client, soql)}
        except (NotAuthorised, Misconfigured):
            return []
        return [each for each in absent if f"{each.object}.{each.name}" in named]

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        objects = list(dict.fromkeys(each.object for each in fields))
        new = [_planned(name) for name in objects if not self._there(name)]
        known = [n for n in ORDER if self._there(n) and (n in objects or self._keyed(n))]
        readable = [f"{name}.{field}" for name in known for field in self._readable(name)]
        every = [n for n in dict.fromkeys([*known, *objects]) if n not in WITHOUT_RIGHTS]
        if self._there("Event"):
            shared = [*readable, *(f"{f.object}.{f.name}" for f in fields)]
            # Tasks and events share their fields, and the right to each.
            readable += [n.replace("Task.", "Event.") for n in shared if n.startswith("Task.")]
        pages = self._layouts(fields, [each.name for each in new])
        return package.create(self._client.version, fields, new, every, readable, pages)

    def _layouts(self, fields: Sequence[FieldPlan], new: Collection[str]) -> dict[str, Any]:
        """Name → body, for the objects that get fields and those that others come to hang
        under. Only what is there or comes is on them."""
        coming = [*fields, *(f for each in OBJECTS for f in each.fields if self._has(f))]
        ours = {(f.object, f.name): f for f in coming}.values()
        touched = dict.fromkeys([f.object for f in fields] + [f.references for f in fields])
        found = {}
        for object in (each for each in touched if layouts.fits(each)):
            below = [
                (lookup, [f for f in ours if f.object == lookup.object])
                for lookup in ours
                if lookup.references == object and layouts.listed(lookup.object)
            ]
            own = [f for f in ours if f.object == object]
            name = layouts.name(object, _planned(object).label, object in new)
            found[name] = layouts.body(object, own, below)
        return found

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        whole = [name for name in reversed(ORDER) if self._only_ours(name, fields)]
        return package.destroy(self._client.version, fields, whole)

    def _only_ours(self, object: str, fields: Sequence[FieldPlan]) -> bool:
        """Whether a custom object holds nothing but these fields and records with our key;
        the client may have had one of that name before."""
        given = {each.name for each in fields if each.object == object}
        spec = self._schema.spec(object)
        if spec is None or not spec.custom or KEY_FIELDS[object] not in given:
            return False
        others = any(field.custom and field.name not in given for field in spec.fields)
        if others or spec.field(KEY_FIELDS[object]) is None:
            return False
        theirs = f"SELECT Id FROM {object} WHERE {KEY_FIELDS[object]} = null LIMIT 1"
        return not any(query(self._client, theirs))

    def deploy(self, content: bytes, check_only: bool) -> str:
        """Raises NotAuthorised without the right to change metadata."""
        options = {"deployOptions": OPTIONS | {"checkOnly": check_only}}
        try:
            answer = self._client.send_file(DEPLOY, options, "deploy.zip", content)
        except NotAuthorised as error:
            raise NotAuthorised(
                f"{error} Creating fields needs “Modify Metadata Through Metadata API "
                f"Functions”. {BY_HAND}"
            ) from None
        return str(answer["id"])

    def deployed(self, id: str) -> Pending | list[str]:
        path = f"{DEPLOY}/{id}"
        answer = self._client.call("GET", path, params={"includeDetails": "true"})["deployResult"]
        if not answer["done"]:
            asked = self._asked[id] = self._asked.get(id, -1) + 1
            seconds = POLLS[min(asked, len(POLLS) - 1)]
            return Pending(seconds, int(answer.get("numberComponentsDeployed") or 0))
        self._schema.refresh()
        if answer["status"] == "Succeeded":
            return []
        return list(dict.fromkeys(_problems(answer))) or [f"The deployment {answer['status']}."]

    def grant(self) -> None:
        """Raises Misconfigured where no package was deployed, NotAuthorised where our user
        may not assign permission sets."""
        sets = format_soql("SELECT Id FROM PermissionSet WHERE Name = {}", package.PERMISSION_SET)
        found = next(query(self._client, sets), None)
        if found is None:
            raise Misconfigured(
                f"{NAME}: the org has no permission set {package.PERMISSION_SET}. Deploy the "
                "package first."
            )
        wish = {
            "AssigneeId": self._client.session.user_id,
            "PermissionSetId": found["Id"],
        }
        if not self._assigned(wish):
            self._assign(wish)
        self._schema.refresh()

    def _assigned(self, wish: Mapping[str, str]) -> bool:
        soql = format_soql(
            "SELECT Id FROM PermissionSetAssignment "
            "WHERE AssigneeId = {AssigneeId} AND PermissionSetId = {PermissionSetId}",
            **wish,
        )
        return next(query(self._client, soql), None) is not None

    def _assign(self, wish: Mapping[str, str]) -> None:
        try:
            self._client.call("POST", "/sobjects/PermissionSetAssignment", wish)
        except (NotAuthorised, Refused) as error:
            if self._assigned(wish):
                return  # somebody else was faster
            raise NotAuthorised(
                f"{error} Assign the permission set {package.PERMISSION_SET} to our user by "
                "hand: Setup, Permission Sets, Manage Assignments."
            ) from None

    def _there(self, object: str) -> bool:
        return self._schema.describe(object) is not None

    def _keyed(self, object: str) -> bool:
        """Whether an object can hold our key already; one that needs no field for it can."""
        spec = self._schema.spec(object)
        return object not in KEY_FIELDS or bool(spec and spec.field(KEY_FIELDS[object]))

    def _coming(self, fields: Sequence[FieldPlan]) -> set[str]:
        """Custom objects that can be created: their masters are there or come too."""
        coming = {each.object for each in fields if each.object.endswith("__c")}
        orphans = {
            each.object
            for each in fields
            if each.detail and not self._usable(each.references, coming)
        }
        return coming - orphans

    def _usable(self, object: str, coming: Collection[str]) -> bool:
        return object in coming or self._there(object)

    def _has(self, plan: FieldPlan) -> bool:
        spec = self._schema.spec(plan.object)
        return spec is not None and spec.field(plan.name) is not None

    def _readable(self, object: str) -> Iterator[str]:
        """Custom fields that we use already, of nobody's managed package."""
        answer = self._schema.describe(object) or {"fields": ()}
        for each in answer["fields"]:
            own = each["custom"] and "__" not in each["name"].removesuffix("__c")
            free = each["nillable"] or each["type"] == "boolean"
            if own and free and each["createable"] and each["permissionable"]:
                yield each["name"]

    def _taken_fields(self, plans: Sequence[FieldPlan]) -> naming.Taken:
        """Names of fields that are there and cannot serve. Our key has its name, whatever
        is there under it: `check` tells what is wrong with that."""
        by_name: dict[tuple[str, str], list[FieldPlan]] = {}
        for plan in plans:
            name = naming.valid(plan.name).lower()
            by_name.setdefault((plan.object, name), []).append(plan)
        taken: dict[str, set[str]] = {}
        for object in {plan.object for plan in plans}:
            spec = self._schema.spec(object)
            for field in spec.fields if spec else ():
                name = field.name.removesuffix("__c").lower()
                serves = field.name == KEY_FIELDS.get(object) or any(
                    naming.can_hold(field, plan) for plan in by_name.get((object, name), ())
                )
                if field.custom and not serves:
                    taken.setdefault(object, set()).add(name)
        return taken

    def _taken_relations(self, plans: Sequence[FieldPlan]) -> naming.Taken:
        ours = {(plan.object, plan.name) for plan in plans}
        taken: dict[str, set[str]] = {}
        for object in {plan.references for plan in plans if plan.references}:
            answer = self._schema.describe(object) or {"childRelationships": ()}
            for each in answer["childRelationships"]:
                name = (each["relationshipName"] or "").removesuffix("__r").lower()
                if name and (each["childSObject"], each["field"]) not in ours:
                    taken.setdefault(object, set()).add(name)
        return taken


def _planned(name: str) -> ObjectPlan:
    label = name.removesuffix("__c").replace("_", " ")
    return PLANNED.get(name) or ObjectPlan(name, label, f"{label}s", ())


def _problems(answer: Mapping[str, Any]) -> Iterator[str]:
    if message := answer.get("errorMessage"):
        yield str(message)
    details = answer.get("details") or {}
    for each in details.get("componentFailures") or ():
        yield f"{each.get('fullName') or each.get('fileName')}: {each.get('problem')}"
    for each in (details.get("runTestResult") or {}).get("failures") or ():
        yield f"test {each.get('name')}.{each.get('methodName')}: {each.get('message')}"
