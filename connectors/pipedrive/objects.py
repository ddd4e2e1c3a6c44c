"""The objects we write and what we know of them: data only.

An organization, person or deal holds our key in a custom field. An activity, note, file or line
of a deal has no custom fields, and a product is spared one of the few that a plan allows: there
the key stands as a visible mark at the end of a text.
Source: Pipedrive API Reference v2 (Organizations, Persons, Products, Deals, Deal products,
Activities) and v1 (Notes, Files).
"""

from dataclasses import dataclass
from typing import Literal

from connectors.values import Recomputed

Kind = Literal[
    "text", "html", "number", "money", "option", "options", "labels", "stage", "id", "person",
    "date", "instant", "v1 instant", "clock", "flag", "address", "address line", "contacts",
    "name", "fixed",
]  # fmt: skip
"""How a value travels; `values` has one pair of functions a kind."""

TYPES: dict[Kind, str] = {
    "text": "string", "html": "textarea", "number": "double", "money": "currency",
    "option": "picklist", "options": "multipicklist", "labels": "multipicklist",
    "stage": "picklist", "id": "reference", "person": "reference", "date": "date",
    "instant": "datetime", "v1 instant": "datetime", "clock": "time", "flag": "boolean",
    "address": "textarea", "address line": "string", "contacts": "textarea",
    "name": "string", "fixed": "string",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Builtin:
    """A field that every account has. `code` is what the vendor calls it, where that is not
    our `name`; `once` means that it is taken on creation only."""

    name: str
    kind: Kind = "text"
    length: int = 0
    required: bool = False
    once: bool = False
    references: tuple[str, ...] = ()
    code: str = ""
    picks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """One object of the vendor's: where it is, which version serves it, how our key is kept."""

    name: str
    path: str
    fields_path: str
    builtin: tuple[Builtin, ...]
    mark: str = ""
    """The field at whose end our key stands as a mark; "" where a custom field holds it."""
    creator: str = ""
    """Where it says who made it; "" where the vendor does not tell."""
    counts: tuple[str, ...] = ()
    """Numbers of what hangs under it, to be asked for by name."""
    parent: str = ""
    """Under which name others point at it."""
    under: str = ""
    """The object under whose records alone it is listed."""

    @property
    def new(self) -> bool:
        """Whether version 2 of the API serves it."""
        return self.path.startswith("/api/v2/")


SOURCE_ID = "Source ID"
OWNER = Builtin("owner_id", "id", references=("users",))
ORG = Builtin("org_id", "id", references=("organizations",))
PERSON = Builtin("person_id", "id", references=("persons",))
DEAL = Builtin("deal_id", "id", references=("deals",))
PRODUCT = Builtin("product_id", "id", references=("products",))
ACTIVITY = Builtin("activity_id", "id", references=("activities",))
LABELS = Builtin("label_ids", "labels")
ADDED = Builtin("add_time", "instant", once=True)

THINGS: dict[str, Thing] = {
    thing.name: thing
    for thing in (
        Thing(
            "organizations",
            "/api/v2/organizations",
            "/api/v2/organizationFields",
            (
                Builtin("name", length=255, required=True),
                Builtin("address", "address"),
                Builtin("website", length=255),
                OWNER,
                LABELS,
                ADDED,
            ),
            counts=(
                "people_count",
                "open_deals_count",
                "closed_deals_count",
                "activities_count",
                "notes_count",
                "files_count",
            ),
            parent="org_id",
        ),
        Thing(
            "persons",
            "/api/v2/persons",
            "/api/v2/personFields",
            (
                Builtin("name", length=255, required=True),
                Builtin("emails", "contacts"),
                Builtin("phones", "contacts"),
                ORG,
                OWNER,
                LABELS,
                ADDED,
            ),
            counts=(
                "open_deals_count",
                "closed_deals_count",
                "activities_count",
                "notes_count",
                "files_count",
            ),
            parent="person_id",
        ),
        Thing(
            "products",
            "/api/v2/products",
            "",
            (
                Builtin("name", length=255, required=True),
                Builtin("code", length=255),
                Builtin("unit", length=255),
                Builtin("description"),
            ),
            mark="description",
            parent="product_id",
        ),
        Thing(
            "deals",
            "/api/v2/deals",
            "/api/v2/dealFields",
            (
                Builtin("title", length=255, required=True),
                Builtin("value", "number"),
                Builtin("currency", length=3),
                Builtin("status", "name", picks=("open", "won", "lost")),
                Builtin("stage_id", "stage"),
                OWNER,
                PERSON,
                ORG,
                LABELS,
                Builtin("won_time", "instant"),
                Builtin("lost_time", "instant"),
                Builtin("close_time", "instant"),
                Builtin("lost_reason", length=150),
                Builtin("expected_close_date", "date"),
                ADDED,
            ),
            creator="creator_user_id",
            counts=("activities_count", "notes_count", "files_count", "products_count"),
            parent="deal_id",
        ),
        Thing(
            "deal products",
            "/api/v2/deals/products",
            "",
            (
                Builtin("deal_id", "id", required=True, once=True, references=("deals",)),
                PRODUCT,
                Builtin("item_price", "number", required=True),
                Builtin("quantity", "number", required=True),
                Builtin("discount", "number"),
                Builtin("comments"),
            ),
            mark="comments",
            under="deals",
        ),
        Thing(
            "activities",
            "/api/v2/activities",
            "/api/v2/activityFields",
            (
                Builtin("subject", length=255, required=True),
                Builtin("type", "option"),
                Builtin("due_date", "date"),
                Builtin("due_time", "clock"),
                Builtin("duration", "clock"),
                Builtin("done", "flag"),
                OWNER,
                DEAL,
                Builtin("person_id", "person", references=("persons",), code="participants"),
                ORG,
                Builtin("location", "address"),
                Builtin("public_description", "html"),
                Builtin("note", "html", length=90_000),
            ),
            mark="note",
            creator="creator_user_id",
            parent="activity_id",
        ),
        Thing(
            "files",
            "/api/v1/files",
            "",
            (
                Builtin("name", length=200, required=True, once=True),
                Builtin("file_size", "fixed"),
                DEAL,
                PERSON,
                ORG,
                ACTIVITY,
            ),
            mark="name",
            creator="user_id",
        ),
        Thing(
            "notes",
            "/api/v1/notes",
            "",
            (
                Builtin("content", "html", length=90_000),
                Builtin("add_time", "v1 instant"),
                Builtin("user_id", "id", references=("users",)),
                DEAL,
                PERSON,
                ORG,
            ),
            mark="content",
        ),
    )
}
ORDER = tuple(THINGS)
RECOMPUTED = {"deal products": Recomputed("deal_id", "deals", ("value",))}
KEY_FIELDS = dict.fromkeys(("organizations", "persons", "deals"), SOURCE_ID)

CUSTOM_KINDS: dict[str, Kind] = {
    "varchar": "text", "varchar_auto": "text", "text": "text", "phone": "text",
    "double": "number", "monetary": "money", "enum": "option", "set": "options",
    "date": "date", "address": "address", "user": "id", "org": "id", "people": "id",
}  # fmt: skip
"""The vendor's types that a custom field of ours may be mapped to; ranges and times of day
have two parts and are not offered."""
LENGTHS = {"varchar": 255, "varchar_auto": 255, "phone": 255, "text": 65_000}
REFERENCES = {"user": "users", "org": "organizations", "people": "persons"}
