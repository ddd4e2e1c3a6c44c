"""What a field is in the practice org, and the short forms the object tables are written in."""

from dataclasses import dataclass, replace
from typing import Any

TEXTS = frozenset(
    {"string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox"}
)
NUMBERS = frozenset({"int", "double", "currency", "percent"})
FLAGS = {
    "C": "createable",
    "U": "updateable",
    "N": "nillable",
    "D": "defaulted",
    "R": "restricted",
    "I": "id_lookup",
    "X": "external_id",
    "Q": "unique",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One picklist value. An inactive one is what a load left behind unasked."""

    value: str
    active: bool = True
    default: bool = False
    label: str = ""
    valid_for: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `formula` is SQL over `{t}`, the alias of its row: such a field has no column."""

    name: str
    label: str
    type: str
    length: int = 0
    createable: bool = False
    updateable: bool = False
    nillable: bool = False
    defaulted: bool = False
    restricted: bool = False
    id_lookup: bool = False
    external_id: bool = False
    unique: bool = False
    precision: int = 0
    scale: int = 0
    choices: tuple[Choice, ...] = ()
    references: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    on_delete: str = ""
    default: Any = None
    formula: str = ""
    case_sensitive: bool = False
    in_bytes: bool = False
    """Whether the length counts bytes, not characters."""
    order: int | None = None
    """Of a master: 0, or 1 for the second of its object. None makes it no master."""
    auto: str = ""
    """The display format of an auto-number."""
    help: str | None = None
    controller: str = ""
    """The field whose value says which of the choices may be taken."""
    closed: bool = False
    """Whether it takes in no unknown value, though it does not say that it is restricted."""

    @property
    def custom(self) -> bool:
        """Whether the org's administrator made it."""
        return self.name.endswith("__c")

    @property
    def required(self) -> bool:
        """Whether a create without it is refused."""
        return (
            self.createable and not self.nillable and not self.defaulted and self.type != "boolean"
        )

    @property
    def guarded(self) -> bool:
        """Whether field-level security applies: not to what every create must name."""
        return self.custom and not self.required and not self.auto

    @property
    def filterable(self) -> bool:
        """Long texts, files and compounds can be neither filtered nor sorted by."""
        if self.type in ("address", "base64"):
            return False
        return self.type != "textarea" or self.length <= 255

    def with_choice(self, value: str) -> "Field":
        """The field after the org silently took in a value it did not know."""
        return replace(self, choices=(*self.choices, Choice(value, active=False)))


def label_of(name: str) -> str:
    """How Setup would label a custom name."""
    return name.removesuffix("__c").replace("_", " ")


def field(name: str, label: str, type: str, length: int = 0, flags: str = "", **more: Any) -> Field:
    """A field with its flags as letters; `FLAGS` says which."""
    settings: dict[str, Any] = {FLAGS[flag]: True for flag in flags}
    return Field(name, label, type, length, **settings, **more)


def text(name: str, label: str, length: int, flags: str = "CUN") -> Field:
    """A line of text."""
    return field(name, label, "string", length, flags)


def when(name: str, label: str, flags: str = "CUN") -> Field:
    """A date with time."""
    return field(name, label, "datetime", 0, flags)


def truth(name: str, label: str, flags: str = "D", default: bool = False) -> Field:
    """A check box."""
    return field(name, label, "boolean", 0, flags, default=default)


def pick(
    name: str, label: str, values: str, flags: str = "CUN", default: str | None = None
) -> Field:
    """A picklist; `values` is separated by `|`."""
    choices = tuple(Choice(v, default=v == default) for v in values.split("|") if v)
    return field(name, label, "picklist", 40, flags, choices=choices, default=default)


def lookup(
    name: str,
    label: str,
    to: str,
    flags: str = "CUN",
    children: str = "",
    on_delete: str = "",
    order: int | None = None,
) -> Field:
    """A reference; more than one target (`|`) makes it polymorphic. `on_delete` is what a
    delete of the target does to this row: "" empties the field, or cascade, or restrict.
    With an `order` the target is this object's master."""
    relationship = name.removesuffix("Id") if name.endswith("Id") else None
    if name.endswith("__c"):
        relationship = f"{name.removesuffix('__c')}__r"
    return field(
        name,
        label,
        "reference",
        18,
        flags,
        references=tuple(to.split("|")),
        relationship=relationship,
        children=children or None,
        on_delete=on_delete,
        order=order,
    )


def address(prefix: str) -> tuple[Field, ...]:
    """The parts of an address, and the read-only compound of them."""
    return (
        field(f"{prefix}Street", f"{prefix} Street", "textarea", 255, "CUN"),
        text(f"{prefix}City", f"{prefix} City", 40),
        text(f"{prefix}State", f"{prefix} State/Province", 80),
        text(f"{prefix}PostalCode", f"{prefix} Zip/Postal Code", 20),
        text(f"{prefix}Country", f"{prefix} Country", 80),
        field(
            f"{prefix}Latitude", f"{prefix} Latitude", "double", 0, "CUN", precision=18, scale=15
        ),
        field(
            f"{prefix}Longitude", f"{prefix} Longitude", "double", 0, "CUN", precision=18, scale=15
        ),
        field(f"{prefix}Address", f"{prefix} Address", "address", 0, "N"),
    )
