"""Conditions of shapes on two values at once, and on the people whom remarks name. Pure."""

from dataclasses import dataclass

from projects import people
from projects.shapes import Record, at


@dataclass(frozen=True, slots=True)
class Same:
    """The values at both paths of a joined record are the same; with `negate`, they are not."""

    path: str
    other: str
    negate: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, self.other)

    def holds(self, record: Record) -> bool:
        return bool(at(record, self.path) == at(record, self.other)) != self.negate


@dataclass(frozen=True, slots=True)
class Names:
    """The remark at `path` names a person, and one whom none of the names at `known` holds."""

    path: str
    known: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.known)

    def holds(self, record: Record) -> bool:
        return people.another(_text(record, self.path), _texts(record, self.known))


@dataclass(frozen=True, slots=True)
class Own:
    """A candidate's remark at `path` names nobody but whom the joined record's names hold."""

    path: str
    paths: tuple[str, ...]

    def holds(self, candidate: Record, joined: Record) -> bool:
        return not people.another(_text(candidate, self.path), _texts(joined, self.paths))


@dataclass(frozen=True, slots=True)
class Namesake:
    """A candidate's remark at `path` names the same person as the joined record's at `other`."""

    path: str
    other: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.other,)

    def holds(self, candidate: Record, joined: Record) -> bool:
        return people.alike(_text(candidate, self.path), _text(joined, self.other))


def _texts(record: Record, paths: tuple[str, ...]) -> list[str]:
    return [_text(record, path) for path in paths]


def _text(record: Record, path: str) -> str:
    return str(at(record, path) or "")
