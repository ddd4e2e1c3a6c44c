"""The forms in which the vendor gives records; what is read in which form is in the tables.

- *export*: a feed (`from`/`continueFrom`; inactive and deleted rows included; its last token
  serves as the next delta's start);
- *paged*: a list, where the vendor has no feed (`page`, `hasMore`; active rows only unless
  asked), as a whole or one list under each parent;
- *single*: one object without a list around it;
- *catalogue*: descriptions, each asked for by itself, that are listed by category.

Source: developer.servicetitan.io, "Export endpoints" and "Making API requests".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Inside:
    """Records that lie in a list inside others: each becomes a record of its own.

    `outer`: name → dotted place in the record around it, `inner`: name → field of its own;
    both are added to what the vendor sent.
    """

    key: str
    outer: Mapping[str, str]
    inner: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Under:
    """A list for each record of `object`, whose id its records get as `field`."""

    object: str
    field: str


@dataclass(frozen=True, slots=True)
class Feed:
    """Where one object comes from. Paths are relative to the API address, `{}` is an id.

    `scope` is the feature as the vendor's app settings list it. `total` is the list that
    can tell a count, with its parameters; None where only reading tells. `since` is the
    list's parameter for what changed, "" where it has none and all is read again.
    `owners`: name → kind of owner whose id the record gets under that name. `file` is the
    path of the bytes that a record stands for. `found` takes the records of this object out of
    those that the feed gives; each stands for a file, and says where it is.
    """

    label: str
    scope: str
    module: str
    path: str
    kind: Literal["export", "paged", "single", "catalogue"] = "export"
    params: Mapping[str, str] = field(default_factory=dict)
    total: tuple[str, Mapping[str, str]] | None = None
    custom_fields: str = ""
    id_field: str = "id"
    modified_field: str = "modifiedOn"
    since: str = "modifiedOnOrAfter"
    most_rows: int = 5000
    inside: Inside | None = None
    under: Under | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    found: Callable[[dict[str, Any]], Iterator[dict[str, Any]]] | None = None

    def url(self, tenant: str, path: str = "", id: object = "") -> str:
        """The address of the feed, or of another resource of its module."""
        return f"/{self.module}/v2/tenant/{tenant}/{(path or self.path).format(id)}"
