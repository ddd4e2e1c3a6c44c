"""Objects and fields of the org made, changed and removed, one component at a time."""

from dataclasses import replace

from connectors.practice.salesforce.fields import Field, field
from connectors.practice.salesforce.metadata.elements import Node, Problem
from connectors.practice.salesforce.metadata.layouts import first_layout, forget_on_layouts
from connectors.practice.salesforce.metadata.newfields import (
    check_custom,
    check_label,
    new_field,
)
from connectors.practice.salesforce.metadata.permissions import forget_rights
from connectors.practice.salesforce.objects import Object, custom_object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.rules import NUMBERED

SHARED_BY = ("Task", "Event")
SHARING_FIELDS = {"Activity": SHARED_BY}
"""Fields of tasks and events are made and removed on another object, for both."""
MASTERS = ("Account", "Contact", "Case")
PARENTS = (*MASTERS, "User")
SHARING = ("ReadWrite", "Read", "Private", "ControlledByParent")


def deploy_object(org: Org, name: str, node: Node) -> bool:
    """Make the object without its fields, or relabel it; True where it is new. Raises Problem."""
    known = org.schema.object(name)
    if not name.endswith("__c"):
        if known is None and name not in SHARING_FIELDS:
            raise Problem(f"In field: field - no CustomObject named {name} found")
        return False
    check_custom(name, "Object Name")
    label = check_label(node.text("label"), "CustomObject")
    plural = check_label(node.text("pluralLabel"), "CustomObject", "pluralLabel")
    if len(node.text("description")) > 1000:
        raise Problem("Value too long for field: Description maximum length is:1000")
    if "deploymentStatus" in node.values or known is None:
        node.choice("deploymentStatus", "DeploymentStatus", ("Deployed", "InDevelopment"))
    masters = [n for n in node.inner.get("fields", []) if n.text("type") == "MasterDetail"]
    _check_sharing(node, bool(known.masters if known else masters))
    named = _name_field(node)
    if known is not None:
        if bool(known.fields["name"].auto) != bool(named.auto):
            raise Problem("Cannot change the type of the nameField in the practice org")
        known.label, known.plural = label, plural
        return False
    made = custom_object(name, label, plural, org.schema.next_prefix(), (), named)
    if masters:
        del made.fields["ownerid"]
    org.schema.objects[name.lower()] = made
    org.schema.changed()
    org.store.create(made)
    first_layout(org, made)
    return True


def _check_sharing(node: Node, detail: bool) -> None:
    model = node.choice("sharingModel", "SharingModel", SHARING)
    if detail and model != "ControlledByParent":
        raise Problem(
            f"Cannot set sharingModel to {model} on a CustomObject with a MasterDetail"
            " relationship field"
        )
    if not detail and model == "ControlledByParent":
        raise Problem(
            "Cannot set sharingModel to ControlledByParent on a CustomObject without a"
            " MasterDetail relationship field"
        )


def _name_field(node: Node) -> Field:
    (named,) = node.inner.get("nameField", [Node("NameField")])[:1]
    if named.text("type") not in ("Text", "AutoNumber"):
        raise Problem("Must specify a nameField of type Text or AutoNumber")
    label = check_label(named.text("label"), "CustomField")
    if named.text("type") == "Text":
        if "displayFormat" in named.values:
            raise Problem("Can not specify 'displayFormat' for a CustomField of type Text")
        return field("Name", label, "string", 80, "CUNDI")
    format = named.text("displayFormat")
    if not NUMBERED.fullmatch(format) or len(format) > 30:
        raise Problem("Must specify 'displayFormat' for a CustomField of type AutoNumber")
    return field("Name", label, "string", 80, "DI", auto=format)


def deploy_field(org: Org, owner: str, node: Node, fresh: set[str]) -> bool:
    """Make or change a field; True where it is new. `fresh` are the objects that this
    deployment made. Raises Problem."""
    field = new_field(node)
    if owner in SHARING_FIELDS and (field.unique or field.external_id):
        raise Problem("A field of activities cannot be a key in the practice org")
    homes = () if owner in SHARED_BY else SHARING_FIELDS.get(owner, (owner,))
    objects = [found for name in homes if (found := org.schema.object(name))]
    if not objects or "U" not in objects[0].rights:
        raise Problem("Parent entity failed to deploy")
    made = {_deploy_field(org, object, field, fresh) for object in objects}
    return True in made


def _deploy_field(org: Org, object: Object, wanted: Field, fresh: set[str]) -> bool:
    made = _with_parent(org, object, wanted)
    known = object.fields.get(made.name.lower())
    if known is not None:
        _change(org, object, known, made)
        return False
    if made.order is not None and object.name not in fresh:
        raise Problem("A MasterDetail field comes with its object in the practice org")
    if made.order != len(object.masters) and made.order is not None:
        raise Problem("relationshipOrder must be 0 for the first MasterDetail and 1 for the second")
    object.fields[made.name.lower()] = made
    org.schema.changed()
    org.store.add_field(object, made)
    if made.guarded:
        org.schema.guarded.add((object.name, made.name.lower()))
    return True


def _with_parent(org: Org, object: Object, made: Field) -> Field:
    if not made.references:
        return made
    target = org.schema.object(made.references[0])
    allowed = PARENTS if made.order is None else MASTERS
    if target is None or not (target.custom or target.name in allowed):
        raise Problem(
            f"referenceTo value of '{made.references[0]}' does not resolve to a valid sObject type"
        )
    if made.order is not None and target is object:
        raise Problem("An object cannot be its own master")
    for child, other in org.schema.children(target):
        same = (child.name, other.name) == (object.name, made.name)
        if made.children and other.children == made.children and not same:
            name = made.children.removesuffix("__r")
            raise Problem(f"There is already a Child Relationship named {name} on {target.name}.")
    return replace(made, references=(target.name,))


def _change(org: Org, object: Object, known: Field, made: Field) -> None:
    if (known.type, known.references) != (made.type, made.references) or (
        (known.order is None) != (made.order is None)
    ):
        raise Problem(f"Cannot change the type of the field {object.name}.{known.name}")
    (longest,) = org.store.db.execute(
        f'SELECT MAX(LENGTH("{known.name}")) FROM "{object.name}"'
    ).fetchone()
    if made.length < known.length and made.length < (longest or 0):
        raise Problem(f"{object.name}.{known.name} holds values longer than {made.length}")
    keyed = (known.unique, known.external_id, known.case_sensitive)
    if keyed != (made.unique, made.external_id, made.case_sensitive):
        org.store.alter_field(object, made)
        if made.unique and org.store.twins(object, made):
            raise Problem(f"{object.name}.{known.name} holds the same value more than once")
    object.fields[made.name.lower()] = made
    org.schema.changed()


def remove_field(org: Org, full: str) -> bool:
    """Remove a custom field with its values; False where there is none. Raises Problem."""
    name, _, own = full.partition(".")
    gone = {_remove_field(org, home, own) for home in SHARING_FIELDS.get(name, (name,))}
    return True in gone


def _remove_field(org: Org, name: str, own: str) -> bool:
    object = org.schema.object(name)
    known = object.fields.get(own.lower()) if object else None
    if object is None or known is None:
        return False
    if not known.custom:
        raise Problem(f"Cannot delete standard field: {name}.{own}")
    if known.order is not None:
        raise Problem("A MasterDetail field goes with its object in the practice org")
    del object.fields[known.name.lower()]
    org.schema.guarded.discard((object.name, known.name.lower()))
    org.schema.changed()
    org.store.drop_field(object, known)
    forget_rights(org, object.name, known.name)
    forget_on_layouts(org, object.name, known.name)
    return True


def remove_object(org: Org, name: str, also: set[str]) -> bool:
    """Remove a custom object with its records; `also` are others that go with it. False where
    there is none. Raises Problem."""
    object = org.schema.object(name)
    if object is None:
        return False
    if not object.custom:
        raise Problem(f"Cannot delete standard object: {name}")
    others = [
        f"{child.name}.{each.name}"
        for child, each in org.schema.children(object)
        if each.custom and child is not object and child.name not in also
    ]
    if others:
        raise Problem(
            f"This custom object is referenced elsewhere in salesforce.com.: {', '.join(others)}"
        )
    del org.schema.objects[name.lower()]
    own = {(object.name, key) for key in object.fields}
    org.schema.guarded -= own
    org.schema.changed()
    org.store.drop(object)
    forget_rights(org, object.name)
    forget_on_layouts(org, object.name)
    return True
