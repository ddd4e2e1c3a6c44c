"""Seven ways in which other loaders lose, mix or misreport rows, each tried on ours.

T1 text that a CSV helper chokes on · T2 “clear” taken for “leave” · T3 a lost poll that stops
the job · T4 rows that an aborted job never reached · T5 results paired by content · T6 an
undo whose answers nobody reads · T7 an impatient poll taken for a failure.
"""

from connectors.salesforce.objects import ORDER
from connectors.values import Pending, Row, Ticket
from tests.connectors.salesforce.conftest import Desk, Open, accounts, key
from tests.practice import Practice

MANY = 201
CLOSE = {"method": "PATCH", "path": "/jobs/ingest/"}


def test_t1_a_lone_carriage_return_and_the_longest_text_land_through_a_bulk_job(
    desk: Desk, vendor: Practice
) -> None:
    vendor.edit("salesforce", op="field", action="add", object="Account", field="Long__c",
                type="LongTextArea", length=131_072)  # fmt: skip
    longest = "." + '\n"' * 65_535 + "."
    values = accounts(MANY)
    values[key(1)]["Long__c"] = "a\rb\r\nc"
    values[key(2)]["Long__c"] = longest
    values[key(3)] = {"Name": None, "Long__c": longest}
    outcomes = desk.write("create", "Account", [Row(k, None, v) for k, v in values.items()])
    assert len(desk.opened) == 1
    assert {k for k, o in outcomes.items() if o.status != "done"} == {key(3)}
    assert desk.read("Account", str(outcomes[key(1)].id), "Long__c") == {"Long__c": "a\nb\nc"}
    assert desk.read("Account", str(outcomes[key(2)].id), "Long__c") == {"Long__c": longest}


def test_t2_clearing_a_field_and_leaving_it_are_two_things_in_one_job(desk: Desk) -> None:
    ids = desk.create("Account", accounts(MANY, Phone="1", Fax="2"))
    cleared = {key(n): None if n else "" for n in range(0, MANY, 2)}
    rows = [Row(k, id, {"Phone": cleared[k]} if k in cleared else {"Fax": "3"})
            for k, id in ids.items()]  # fmt: skip
    assert {o.status for o in desk.write("update", "Account", rows).values()} == {"done"}
    found = desk.destination.fetch("Account", list(ids.values()), ["Phone", "Fax"])
    assert {r.key: dict(r.values) for r in found} == {
        k: {"Phone": None, "Fax": "2"} if k in cleared else {"Phone": "1", "Fax": "3"} for k in ids
    }


def test_t3_a_lost_poll_neither_stops_the_job_nor_hides_its_id(
    desk: Desk, open_destination: Open, vendor: Practice
) -> None:
    ticket = desk.submit("create", "Account", [Row(k, None, v) for k, v in accounts(MANY).items()])
    assert [each.remote_id for each in desk.opened] == [ticket.remote_id]
    vendor.fault("reset", match={"method": "GET", "path": "/jobs/ingest/"}, times=3)
    other = Desk(open_destination())
    outcomes = other.collect(Ticket(ticket.verb, ticket.object, ticket.remote_id))
    assert {o.status for o in outcomes.values()} == {"done"}
    assert len([c for c in vendor.history() if c["method"] == "PATCH"]) == 1


def test_t4_rows_that_an_aborted_job_never_reached_are_told(desk: Desk, vendor: Practice) -> None:
    vendor.fault("abort_job", vendor="salesforce", match=CLOSE, after_rows=200)
    rows = [Row(k, None, v) for k, v in accounts(450).items()]
    outcomes = desk.write("create", "Account", rows)
    landed = vendor.edit("salesforce", op="ids", object="Account", prefix="7001/")
    assert {k for k, o in outcomes.items() if o.status == "done"} == set(landed)
    assert {k for k, o in outcomes.items() if o.status == "unprocessed"} == {
        row.key for row in rows
    } - set(landed)
    assert 0 < len(landed) < len(rows)


def test_t5_rows_that_are_alike_in_everything_but_their_key_get_their_own_ids(
    desk: Desk, vendor: Practice
) -> None:
    values = {key(n): {"LastName": "Twin", "Title": "Same"} for n in range(450)}
    ids = desk.create("Contact", values)
    assert len(desk.opened) == 1
    assert vendor.edit("salesforce", op="ids", object="Contact", prefix="7001/") == ids


def test_t6_what_a_delete_could_not_remove_is_told_and_children_go_first(
    desk: Desk, vendor: Practice
) -> None:
    ids = desk.create("Account", accounts(MANY))
    case = desk.create("Case", {key(1, "jobs"): {"AccountId": ids[key(1)]}})
    rows = [Row(k, id, {}) for k, id in ids.items()]
    outcomes = desk.write("delete", "Account", rows)
    assert {k for k, o in outcomes.items() if o.status != "done"} == {key(1)}
    assert outcomes[key(1)].error.startswith("DELETE_FAILED")
    kept = vendor.edit("salesforce", op="ids", object="Account", prefix="7001/")
    assert kept == {key(1): ids[key(1)]}
    assert ORDER.index("Account") < ORDER.index("Case")
    desk.write("delete", "Case", [Row(k, id, {}) for k, id in case.items()])
    (last,) = desk.write("delete", "Account", [Row(key(1), ids[key(1)], {})]).values()
    assert last.status == "done"


def test_t7_a_job_may_take_as_long_as_it_likes(
    desk: Desk, open_destination: Open, vendor: Practice
) -> None:
    vendor.limits("salesforce", bulk_delay=3600)
    ticket = desk.submit("create", "Account", [Row(k, None, v) for k, v in accounts(MANY).items()])
    assert all(isinstance(desk.destination.collect(ticket), Pending) for _ in range(20))
    other = open_destination()
    assert isinstance(other.collect(ticket), Pending)
    desk.destination.abort(ticket)
    assert {o.status for o in desk.collect(ticket).values()} == {"unprocessed"}
