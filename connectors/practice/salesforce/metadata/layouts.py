"""Page layouts: a file becomes what the org remembers of it, if everything on it is there."""

from connectors.practice.salesforce.metadata.elements import Node, Problem
from connectors.practice.salesforce.objects import Object
from connectors.practice.salesforce.org import Org
from connectors.practice.salesforce.schema import Layout

STYLES = {
    "OneColumn": 1, "TwoColumnsTopToBottom": 2, "TwoColumnsLeftToRight": 2, "CustomLinks": 3,
}  # fmt: skip
BEHAVIORS = ("Edit", "Required", "Readonly")
ALWAYS = {"Account": ("Name",), "Contact": ("Name",), "Case": ("Status",)}
STANDARD_COLUMNS = {
    "Case": ("CASES.CASE_NUMBER", "CASES.SUBJECT", "CASES.STATUS", "CASES.PRIORITY"),
}


def deploy_layout(org: Org, name: str, node: Node) -> bool:
    """Write the layout as the file has it; True where it is new. Raises Problem."""
    object_name, _, label = name.partition("-")
    object = org.schema.object(object_name)
    if object is None or not label:
        raise Problem(f"In field: layout - no CustomObject named {object_name} found")
    fields: dict[str, str] = {}
    for section in node.inner.get("layoutSections", []):
        _read_section(object, section, fields)
    for needed in _always(object):
        if needed not in fields:
            raise Problem(f"Layout must contain an item for required layout field: {needed}")
    related = [_related(org, object, each) for each in node.inner.get("relatedLists", [])]
    if len(set(related)) < len(related):
        raise Problem("Duplicate related list in the layout")
    new = name not in org.schema.layouts
    org.schema.layouts[name] = Layout(object.name, fields, tuple(related))
    return new


def first_layout(org: Org, object: Object) -> None:
    """The one that the vendor makes with every custom object."""
    fields = dict.fromkeys(_always(object), "Required")
    org.schema.layouts[f"{object.name}-{object.label} Layout"] = Layout(object.name, fields, ())


def remove_layout(org: Org, name: str) -> bool:
    return org.schema.layouts.pop(name, None) is not None


def forget_on_layouts(org: Org, object: str, field: str = "") -> None:
    """What is removed leaves every layout by itself."""
    kept = {}
    for name, each in org.schema.layouts.items():
        if each.object == object and not field:
            continue
        gone = f"{object}.{field}" if field else f"{object}."
        related = tuple(r for r in each.related if r != gone and (field or not r.startswith(gone)))
        own = {f: b for f, b in each.fields.items() if (each.object, f) != (object, field)}
        kept[name] = Layout(each.object, own, related)
    org.schema.layouts = kept


def _read_section(object: Object, section: Node, fields: dict[str, str]) -> None:
    style = section.choice("style", "LayoutSectionStyle", tuple(STYLES))
    columns = section.inner.get("layoutColumns", [])
    if len(columns) != STYLES[style]:
        raise Problem(f"A section of the style {style} has {STYLES[style]} columns")
    if not section.text("label") and section.truth("customLabel"):
        raise Problem("Must specify a label for the LayoutSection")
    for item in (item for column in columns for item in column.inner.get("layoutItems", [])):
        if item.truth("emptySpace"):
            continue
        name = item.text("field")
        known = object.fields.get(name.lower())
        if known is None:
            raise Problem(f"In field: field - no CustomField named {object.name}.{name} found")
        if known.name in fields:
            raise Problem(f"Duplicate layout item for field: {known.name}")
        behavior = item.choice("behavior", "UiBehavior", BEHAVIORS)
        # A person's name is one item, though only its parts are written.
        fixed = known.name != "Name" and not (known.createable or known.updateable)
        if (known.auto or fixed) and behavior != "Readonly":
            raise Problem(f"Field:{known.name} must be Readonly")
        if known.order is not None and behavior != "Required":
            raise Problem(f"Field:{known.name} must be Required")
        fields[known.name] = behavior


def _always(object: Object) -> list[str]:
    """Fields that no layout of the object may lack."""
    if not object.custom:
        return list(ALWAYS.get(object.name, ()))
    masters = [each.name for each in object.masters]
    needed = [f.name for f in object.fields.values() if f.custom and f.required]
    return list(dict.fromkeys(["Name", *masters, *needed]))


def _related(org: Org, object: Object, node: Node) -> str:
    named = node.text("relatedList")
    child_name, _, own = named.partition(".")
    child = org.schema.object(child_name)
    lookup = child.fields.get(own.lower()) if child else None
    if child is None or lookup is None or object.name not in lookup.references:
        raise Problem(f"Cannot find related list:{named}")
    for column in (member.text("") for member in node.inner.get("fields", [])):
        known = column in STANDARD_COLUMNS.get(child.name, ())
        custom = child.fields.get(column.lower())
        named_so = child.custom and column == "NAME"
        if not (known or named_so or (custom is not None and custom.custom)):
            raise Problem(f"Invalid field:{column} in related list:{named}")
    return named
