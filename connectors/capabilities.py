"""What some destinations can do besides. A connector has a capability by having all of its
names, and then the engine uses it; one that lacks it writes nothing.

Ask with `isinstance`, of a class or a kind with `connectors.creates_fields`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from connectors.base import Destination
from connectors.errors import Misconfigured
from connectors.values import (
    Allowance,
    FieldPlan,
    FileObject,
    Forecast,
    Obstacle,
    Pending,
    Recomputed,
)


@runtime_checkable
class HoldsFiles(Protocol):
    """Some of its objects are files; without it, none is."""

    FILES: Mapping[str, FileObject]
    """Objects whose records are files. Their rows carry content, on creation only."""


@runtime_checkable
class ArchivesByAge(Protocol):
    """It puts old records away: people see less of them there, this connector finds them all
    the same."""

    ARCHIVED: Mapping[str, tuple[str, int]]
    """Object → (field, days): put away once the day in that field is so many days past."""


@runtime_checkable
class Recomputes(Protocol):
    """Its vendor computes fields of a record from those beneath it; without it, none."""

    RECOMPUTED: Mapping[str, Recomputed]
    """Object → what a write of its records changes above them."""


@runtime_checkable
class HasLimits(Protocol):
    """It tells of limits before they are reached; without it nothing is foreseen, and a run
    pauses where the vendor says that a limit is (`QuotaExhausted`)."""

    def allowance(self) -> list[Allowance]: ...

    def forecast(
        self, counts: Mapping[str, int], sizes: Mapping[str, int] | None = None
    ) -> list[Forecast]:
        """What creating so many records of each object will use. `sizes`: object → bytes of
        its files together, as far as they are known."""


@runtime_checkable
class TellsObstacles(Protocol):
    """It knows what in an account may stand in a load's way."""

    def obstacles(self) -> list[Obstacle]:
        """What to see to before a load. Reads only."""


@runtime_checkable
class CreatesFields(Protocol):
    """It can be given the fields that a move needs; without it a move goes by those it has."""

    FIELDS: tuple[FieldPlan, ...]
    """Every field that this product would have at the destination, parents' objects first."""

    def manifest(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """The fields as they can be created: as many and in the same order, with names that
        are valid and taken by nothing else, and lengths within the vendor's limits. A field
        that the account has already, able to hold the values, keeps its name."""

    def missing(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """Those of a manifest that the account has not and could have. Keep this list: only
        what is on it may ever be removed again."""

    def hidden(self, fields: Sequence[FieldPlan]) -> list[FieldPlan]:
        """Those of a manifest that the account has, but does not show our user. They are
        somebody else's: never created over."""

    def package(self, fields: Sequence[FieldPlan]) -> bytes:
        """What `deploy` takes to create exactly these fields and their objects, with our
        right to use them. A person may carry it into the account by hand as well."""

    def undo_package(self, fields: Sequence[FieldPlan]) -> bytes:
        """What `deploy` takes to remove exactly these fields again, with every value in
        them; a custom object that holds nothing but them and our records goes as a whole."""

    def deploy(self, package: bytes, check_only: bool) -> str:
        """Hand the package in; the remote id of the work. `check_only` changes nothing.
        Where the answer is lost the same package may be handed in again."""

    def deployed(self, id: str) -> Pending | list[str]:
        """Problems, each a sentence with the component's name; none means it succeeded."""

    def grant(self) -> None:
        """Give our user the rights that a deployed package holds. Doing so twice is harmless."""


NO_FIELDS = "cannot be given fields from here. A move goes by the fields that it has."
"""What follows the account's name."""


def field_maker(destination: Destination) -> CreatesFields:
    """The destination as one that creates fields. Raises Misconfigured where it does not."""
    if not isinstance(destination, CreatesFields):
        raise Misconfigured(f"This destination {NO_FIELDS}")
    return destination


def recomputed(destination: Destination, object: str) -> Recomputed | None:
    """What a write of records of the object changes above them, or None where nothing."""
    return destination.RECOMPUTED.get(object) if isinstance(destination, Recomputes) else None


def file_object(destination: Destination, object: str) -> FileObject | None:
    """What the destination tells of a file, or None where records of the object are none."""
    return destination.FILES.get(object) if isinstance(destination, HoldsFiles) else None
