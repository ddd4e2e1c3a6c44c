"""Conditions on source records that several shapes share."""

from projects.shapes import Part, When

MERGED_INTO = "mergedToId"

COMPANY = When("type", ("Commercial",))
HOUSEHOLD = When("type", ("Commercial",), negate=True)
NOT_MERGED = When("mergedToId", (None,))
ACTIVE = When("active", (True,))
INACTIVE = When("active", (False,))
NOT_INACTIVE = When("active", (False,), negate=True)


def has(path: str) -> When:
    return When(path, (None,), negate=True)


def customer(name: str, path: str) -> Part:
    """The customer named at that path, or the one that it was merged into."""
    return Part(name, "customers", "id", paths=(path,), follow=MERGED_INTO)


def of(part: str, condition: When) -> When:
    """The same condition on a part of the joined record."""
    return When(f"{part}.{condition.path}", condition.values, condition.negate)
