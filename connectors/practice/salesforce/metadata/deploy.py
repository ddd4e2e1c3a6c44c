"""Carrying out a deployment: removals, objects, fields, layouts, permission sets, settings.

All in one transaction with the schema remembered: what fails or only checks leaves no trace.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as data
from functools import partial
from typing import Any

from connectors.practice.salesforce.composite import Undo
from connectors.practice.salesforce.metadata import changes
from connectors.practice.salesforce.metadata.elements import Node, Problem
from connectors.practice.salesforce.metadata.layouts import deploy_layout, remove_layout
from connectors.practice.salesforce.metadata.package import MANIFEST, REMOVALS, Package
from connectors.practice.salesforce.metadata.permissions import deploy_set, remove_set
from connectors.practice.salesforce.org import Org


@dataclass(slots=True)
class Component:
    """What became of one component. `warned`: it failed only for those who heed warnings."""

    type: str
    name: str
    file: str
    problem: str = ""
    warned: bool = False
    created: bool = False
    deleted: bool = False
    id: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """The deploy options that change something here."""

    check_only: bool = False
    rollback: bool = True
    ignore_warnings: bool = False
    allow_missing: bool = False


@dataclass(slots=True)
class Deploy:
    """One deployment at work; `done` is what it did, in order."""

    org: Org
    package: Package
    options: Options
    done: list[Component] = data(default_factory=list)
    fresh: set[str] = data(default_factory=set)

    def run(self) -> bool:
        """Do it all; True where every component went well."""
        back, audit = self.org.schema.snapshot(), self.org.settings.audit_fields
        for each in self.package.broken:
            self.done.append(Component("", each.file, each.file, each.problem, line=each.line))
        kept = False
        with suppress(Undo), self.org.store.transaction():
            self._steps()
            kept = not self.options.check_only and (self.well() or not self.options.rollback)
            if not kept:
                raise Undo
        if not kept:
            back()
            self.org.settings.audit_fields = audit
        self.org.access_changed = True
        self.org.refresh_rights()
        return self.well()

    def well(self) -> bool:
        """Whether nothing failed so far."""
        return not any(each.problem and not self._excused(each) for each in self.done)

    def _excused(self, each: Component) -> bool:
        return each.warned and self.options.ignore_warnings

    def failures(self) -> list[Component]:
        """What failed, warnings too unless they are ignored."""
        return [each for each in self.done if each.problem and not self._excused(each)]

    def _steps(self) -> None:
        self._remove("before")
        for name in self.package.names("CustomObject"):
            self._one("CustomObject", name, self._object)
        for object, node in self._fields():
            name = f"{object}.{node.text('fullName')}"
            self._one("CustomField", name, partial(self._field, object, node))
        further = (
            ("Layout", self._layout),
            ("PermissionSet", self._set),
            ("Settings", self._settings),
        )
        for type, one in further:
            for name in self.package.names(type):
                self._one(type, name, one)
        self._unlisted()
        self._remove("after")
        if MANIFEST not in [each.file for each in self.done]:
            self.done.append(Component("", MANIFEST, MANIFEST))

    def _one(self, type: str, name: str, act: Callable[[str], Component]) -> None:
        self.org.store.db.execute("SAVEPOINT component")
        try:
            self.done.append(act(name))
        except Problem as bad:
            self.org.store.db.execute("ROLLBACK TO component")
            owner = name.partition(".")[0] if type == "CustomField" else name
            kind = "CustomObject" if type == "CustomField" else type
            file = self.package.paths.get((kind, owner), MANIFEST)
            self.done.append(Component(type, name, file, str(bad)))

    def _file(self, type: str, name: str) -> Node | None:
        found = self.package.files.get((type, name))
        if found is None and not self.options.allow_missing:
            raise _not_found(type, name)
        return found

    def _object(self, name: str) -> Component:
        node = self._file("CustomObject", name)
        new = changes.deploy_object(self.org, name, node) if node else False
        if new:
            self.fresh.add(name)
        return self._went("CustomObject", name, new, "01I")

    def _fields(self) -> list[tuple[str, Node]]:
        """The field elements that the manifest asks for, each with the name of its object."""
        found: list[tuple[str, Node]] = []
        whole = self.package.names("CustomObject")
        for name in whole:
            node = self.package.files.get(("CustomObject", name), Node(""))
            found += [(name, each) for each in node.inner.get("fields", [])]
        for full in self.package.names("CustomField"):
            name, _, own = full.partition(".")
            node = self.package.files.get(("CustomObject", name), Node(""))
            here = [n for n in node.inner.get("fields", []) if n.text("fullName") == own]
            if not here and not self.options.allow_missing:
                self.done.append(
                    Component("CustomField", full, MANIFEST, str(_not_found("CustomField", full)))
                )
            found += [(name, each) for each in here if name not in whole]
        return found

    def _field(self, object: str, node: Node, name: str) -> Component:
        if any((each.type, each.name) == ("CustomField", name) for each in self.done):
            raise Problem(f"duplicate value found: {name} is there more than once")
        new = changes.deploy_field(self.org, object, node, self.fresh)
        return self._went("CustomField", name, new, "00N", "CustomObject", object)

    def _set(self, name: str) -> Component:
        node = self._file("PermissionSet", name)
        id, new = deploy_set(self.org, name, node) if node else (None, False)
        path = self.package.paths.get(("PermissionSet", name), MANIFEST)
        return Component("PermissionSet", name, path, created=new, id=id)

    def _layout(self, name: str) -> Component:
        node = self._file("Layout", name)
        new = deploy_layout(self.org, name, node) if node else False
        return self._went("Layout", name, new, "00h")

    def _settings(self, name: str) -> Component:
        node = self._file("Settings", name)
        if name != "Security":
            raise Problem(f"settings of {name} are not built in the practice org")
        if node and "enableAuditFieldsInactiveOwner" in node.values:
            self.org.settings.audit_fields = node.truth("enableAuditFieldsInactiveOwner")
        return Component("Settings", name, self.package.paths.get(("Settings", name), MANIFEST))

    def _went(
        self, type: str, name: str, new: bool, prefix: str, kind: str = "", owner: str = ""
    ) -> Component:
        path = self.package.paths.get((kind or type, owner or name), MANIFEST)
        id = self.org.store.next_id(prefix) if new else None
        return Component(type, name, path, created=new, id=id)

    def _unlisted(self) -> None:
        """A file that the manifest does not speak of is refused."""
        owners = {full.partition(".")[0] for full in self.package.names("CustomField")}
        for (type, name), path in self.package.paths.items():
            listed = name in self.package.names(type)
            if not listed and not (type == "CustomObject" and name in owners):
                self.done.append(Component(type, name, path, "Not in package.xml"))

    def _remove(self, when: str) -> None:
        listed = self.package.removed[when]
        objects = {name for type, name in listed if type == "CustomObject"}
        order = ("PermissionSet", "Layout", "CustomField", "CustomObject")
        for type, name in sorted(listed, key=lambda each: order.index(each[0])):
            gone, problem, warned = False, "", False
            try:
                gone = self._removed(type, name, objects)
            except Problem as bad:
                problem = str(bad)
            if not gone and not problem:
                problem, warned = f"No {type} named: {name} found", True
            file = next(path for path, each in REMOVALS.items() if each == when)
            found = Component(type, name, file, problem, warned, deleted=gone)
            self.done.append(found)

    def _removed(self, type: str, name: str, objects: set[str]) -> bool:
        if type == "CustomField":
            owner = name.partition(".")[0]
            # A field of an object that goes too goes with it.
            whole = owner in objects and self.org.schema.object(owner) is not None
            return whole or changes.remove_field(self.org, name)
        if type == "CustomObject":
            return changes.remove_object(self.org, name, objects)
        if type == "Layout":
            return remove_layout(self.org, name)
        return remove_set(self.org, name)

    def shown(self, each: Component, now: str) -> dict[str, Any]:
        """A component as the result lists it."""
        failed = bool(each.problem) and not self._excused(each)
        return {
            "changed": not failed and (each.created or each.deleted),
            "columnNumber": None,
            "componentType": each.type,
            "created": each.created and not failed,
            "createdDate": now,
            "deleted": each.deleted,
            "fileName": each.file,
            "fullName": each.name,
            "id": each.id,
            "lineNumber": each.line,
            "problem": each.problem or None,
            "problemType": ("Warning" if each.warned else "Error") if each.problem else None,
            "success": not failed,
            "warning": each.warned,
        }


def _not_found(type: str, name: str) -> Problem:
    return Problem(
        f"An object '{name}' of type {type} was named in package.xml, but was not found in zipped"
        " directory"
    )
