"""Files that the client will not find in the new system, and why. In: what the newest scan was
told, and people's decisions. Out: groups to read, each with the number of its files."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from projects.models import Engagement, FlaggedFile, MeasuredFile

SHOWN = 100
"""Files of a group that are listed; the others are counted."""
Action, Why = FlaggedFile.Action, FlaggedFile.Why


@dataclass(frozen=True, slots=True)
class Missing:
    """One file. `size` is None where it is not known."""

    name: str
    record: str
    size: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """Files that stay behind for one kind of reason."""

    title: str
    count: int
    files: list[Missing]

    @property
    def more(self) -> int:
        return self.count - len(self.files)


@dataclass(frozen=True, slots=True)
class Files:
    """`known`: files that were found; those of the groups are among them."""

    known: int
    groups: list[Group]

    @property
    def missing(self) -> int:
        return sum(group.count for group in self.groups)


def files(engagement: Engagement) -> Files:
    """Groups that have files, in the order of the page; a file is in one of them."""
    known = MeasuredFile.there(engagement)
    same = {"object": OuterRef("object"), "source_id": OuterRef("source_id")}
    flagged = engagement.flagged_files.filter(Exists(known.filter(**same)))
    too_large = flagged.filter(why=Why.TOO_LARGE)
    others = flagged.exclude(why=Why.TOO_LARGE)
    skipped = others.filter(action=Action.SKIP)
    lost = known.exclude(lost="")
    for listed in (too_large, skipped):
        lost = lost.exclude(Exists(listed.filter(**same)))
    found = (
        _flagged("Left out by decision", skipped),
        _flagged("Larger than the new system takes", too_large),
        _flagged("Not decided yet", others.filter(action=Action.UNDECIDED)),
        _lost("Cannot be fetched from your system", lost),
    )
    return Files(known.count(), [group for group in found if group.count])


def _flagged(title: str, rows: "QuerySet[FlaggedFile]") -> Group:
    shown = [Missing(f.name, f.key, f.size, f.reason or f.get_why_display()) for f in rows[:SHOWN]]
    return Group(title, rows.count(), shown)


def _lost(title: str, rows: "QuerySet[MeasuredFile]") -> Group:
    shown = [Missing(f.name, f"{f.object}/{f.source_id}", f.size, f.lost) for f in rows[:SHOWN]]
    return Group(title, rows.count(), shown)
