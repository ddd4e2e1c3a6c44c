"""Taking a load back: the org is what it was, but for what other people did meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import pytest

from projects import audit, gates
from projects.models import Engagement, LoadItem
from tests import moves
from tests.journeys import vendors
from tests.journeys.vendors import KEY, Row
from tests.practice import Practice
from tests.projects.commandline.scripted import command

pytestmark = pytest.mark.django_db

Org = dict[str, dict[str, Row]]
EDITS = {"Account": {"Website": "https://edited.example"}, "Contact": {"Title": "Owner"}}
EDITED = {"Account": 3, "Contact": 3, "Case": 4}
GIVEN_A_CHILD = {"Account": 1, "Contact": 2, "Case": 2}
DELETED = 3


@dataclass
class Meddling:
    """What other people did after the load: ids by what was done."""

    edited: set[str] = field(default_factory=set)
    given_a_child: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    @property
    def touched(self) -> set[str]:
        return self.edited | self.given_a_child


@pytest.fixture
def practice(large_practice: Practice) -> Practice:
    return large_practice


def test_a_rollback_leaves_only_what_others_touched_also_the_second_time(
    practice: Practice,
) -> None:
    before = vendors.org(practice)
    engagement = moves.loaded(practice)
    loaded = vendors.org(practice)
    _updates_only_what_carries_our_keys(before, loaded)
    practice.clock(advance=60)
    done = _meddle(practice, before, loaded)
    moves.perform(engagement, "rollback")
    after, calls = vendors.org(practice), vendors.calls(practice)
    assert list(_changed(before, after)) == []
    expected = (done.touched | _parents(loaded, done.touched)) & _ours(before, loaded)
    assert _ours(before, after) == expected
    _are_listed(engagement, expected, done)
    assert audit.verify(engagement) == []
    moves.perform(engagement, "rollback")
    assert vendors.writes(practice, since=calls) == []
    assert vendors.org(practice) == after
    _are_listed(engagement, expected, done)


def test_a_clean_rollback_can_be_loaded_again_and_taken_back_again(practice: Practice) -> None:
    before = practice.state()["salesforce"]
    engagement = moves.loaded(practice)
    loaded = practice.state()["salesforce"]
    moves.perform(engagement, "rollback")
    assert practice.state()["salesforce"] == before
    assert gates.refusals(engagement, "rollback") == ["There is nothing to roll back."]
    moves.perform(engagement, "load")
    assert practice.state()["salesforce"] == loaded
    assert not moves.perform(engagement, "reconcile").differences.exists()
    moves.perform(engagement, "rollback")
    assert practice.state()["salesforce"] == before


def test_after_a_rollback_that_kept_something_everything_lands_again(practice: Practice) -> None:
    before = vendors.org(practice)
    engagement = moves.loaded(practice)
    loaded = vendors.org(practice)
    done = _meddle(practice, before, loaded)
    moves.perform(engagement, "rollback")
    kept = vendors.org(practice)
    moves.perform(engagement, "load")
    again = vendors.org(practice)
    for name, records in loaded.items():
        assert vendors.by_key(again[name]).keys() == vendors.by_key(records).keys()
        for id in done.edited & again[name].keys():
            values = _edit(name)
            assert {n: again[name][id][n] for n in values} == values, "what they wrote stays"
    assert not engagement.load_items.exclude(state="landed").exists()
    moves.perform(engagement, "rollback")
    assert _content(vendors.org(practice)) == _content(kept)


def test_a_rollback_takes_back_no_more_than_its_scope(practice: Practice) -> None:
    before = vendors.org(practice)
    engagement = moves.signed_off(practice)
    sampled = vendors.org(practice)
    load = moves.perform(engagement, "load")
    loaded = vendors.org(practice)
    created = LoadItem.objects.filter(object="Case", origin="created").latest("pk")
    assert command("rollback", "--record", created.key, "--here").code == 0
    after = vendors.org(practice)
    assert loaded["Case"].keys() - after["Case"].keys() == {created.remote_id}
    assert set(_changed(loaded, after)) == {created.remote_id}
    assert command("rollback", "--object", "Case", "--here").code == 0
    after = vendors.org(practice)
    assert _content(after)["Case"] == _content(before)["Case"]
    assert set(_changed(loaded, after)) <= loaded["Case"].keys()
    assert command("rollback", "--run", load.pk, "--here").code == 0
    after = vendors.org(practice)
    for name in ("Account", "Contact"):
        assert _content(after)[name] == _content(sampled)[name], "the sample's records stay"
    assert not LoadItem.objects.filter(state="kept").exists()


def _updates_only_what_carries_our_keys(before: Org, loaded: Org) -> None:
    assert sum(len(records) for records in before.values()) >= 500
    keyed = {id for records in before.values() for id, row in records.items() if row[KEY]}
    changed = set(_changed(before, loaded))
    assert len(keyed) >= 50
    assert len(changed) >= 50
    assert changed <= keyed, "records without our key are never touched"


def _edit(name: str) -> Row:
    return EDITS.get(name, {"Subject": "Changed by hand"})


def _meddle(practice: Practice, before: Org, loaded: Org) -> Meddling:
    """A user edits ten records of ours, hangs something under five others, deletes three."""
    done = Meddling()
    for name in vendors.MOVED:
        ours = iter(sorted(loaded[name].keys() - before[name].keys()))
        for id in islice(ours, EDITED[name]):
            practice.edit("salesforce", op="update", object=name, id=id, set=_edit(name))
            done.edited.add(id)
        for id in islice(ours, GIVEN_A_CHILD[name]):
            link = "WhoId" if name == "Contact" else "WhatId"
            values = {link: id, "Subject": "Call back"}
            practice.edit("salesforce", op="create", object="Task", values=values)
            done.given_a_child.add(id)
        if name == "Case":
            for id in islice(ours, DELETED):
                practice.edit("salesforce", op="delete", object=name, id=id)
                done.deleted.add(id)
    assert (len(done.edited), len(done.given_a_child), len(done.deleted)) == (10, 5, 3)
    return done


def _parents(org: Org, ids: set[str]) -> set[str]:
    rows = [row for records in org.values() for id, row in records.items() if id in ids]
    parents = {row.get(name) for row in rows for name in ("AccountId", "ContactId")} - {None}
    return parents | _parents(org, parents) if parents else set()


def _ours(before: Org, loaded: Org) -> set[str]:
    return {id for name in loaded for id in loaded[name].keys() - before[name].keys()}


def _changed(before: Org, after: Org) -> Iterator[str]:
    """Ids of records that were there before and are gone or hold something else now."""
    for name, records in before.items():
        for id, row in records.items():
            now = after[name].get(id)
            if now is None or vendors.content(now) != vendors.content(row):
                yield id


def _content(org: Org) -> Org:
    return {
        name: {id: vendors.content(row) for id, row in records.items()}
        for name, records in org.items()
    }


def _are_listed(engagement: Engagement, expected: set[str], done: Meddling) -> None:
    """Everything left has its reason; what others deleted counts as gone."""
    kept = {i.remote_id: i.reason for i in engagement.load_items.filter(state="kept")}
    assert kept.keys() == expected
    for id, reason in kept.items():
        if id in done.edited:
            assert "changed" in reason or "hangs under it" in reason
        else:
            assert "hangs under it" in reason
    gone = engagement.load_items.filter(remote_id__in=done.deleted)
    assert {(i.state, i.reason) for i in gone} == {("undone", "was already gone at rollback")}
    others = engagement.load_items.exclude(state__in=("kept", "undone"))
    assert not others.exists()
