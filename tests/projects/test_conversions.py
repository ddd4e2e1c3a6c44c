"""What each transform makes of a source value."""

import html
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from projects.conversions import CONVERSIONS
from projects.fitting import OMIT, Absent, Context, Excepted, LeftOut, Unfit

PLAN: dict[str, Any] = {
    "technicians": {
        "1": {"name": "Ana", "action": "match", "user": "005A"},
        "2": {"name": "Bo", "action": "fallback", "user": ""},
        "3": {"name": "Cy", "action": "skip", "user": ""},
        "4": {"name": "Di", "action": "undecided", "user": ""},
        "5": {"name": "Ed", "action": "fallback", "user": "005A"},
        "6": {"name": "Fi", "action": "match", "user": ""},
    },
    "policies": {"fallback_owner": "005Z"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def convert(name: str, value: Any, argument: str = "", **more: Any) -> Any:
    context = Context(
        more.get("record", {}), argument, more.get("values", {}), more.get("plan", PLAN), "jobs.x"
    )
    return CONVERSIONS[name].function(value, context)


# Money


@given(st.decimals(-(10**14), 10**14, places=2))
@example(Decimal("-0.00"))
@example(Decimal("90071992547409.93"))
@example(Decimal("0.10"))
def test_money_as_text_keeps_every_cent(amount: Decimal) -> None:
    text = convert("decimal", f"{amount:f}")
    assert Decimal(text) == amount
    assert text != "-0"
    assert "." not in text or not text.endswith("0")


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_number_to_six_decimals_keeps_all_six(number: Decimal) -> None:
    assert Decimal(convert("decimal", f"{number:f}", "6")) == number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.0000000000000000000", "1"),
        ("-12.50", "-12.5"),
        ("-0.00", "0"),
        ("1287.40", "1287.4"),
        ("100", "100"),
        (100, "100"),
        ("1E+3", "1000"),
        (" 7.10 ", "7.1"),
        ("9007199254740993", "9007199254740993"),
        ("0.005", "0"),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_written_plainly(value: Any, text: str | None) -> None:
    assert convert("decimal", value) == text


@pytest.mark.parametrize("value", ["12,50", "NaN", "Infinity", "n/a", "9" * 40])
def test_what_is_not_a_number_is_refused_with_its_text(value: str) -> None:
    with pytest.raises(Unfit, match="is not a number") as unfit:
        convert("decimal", value)
    assert unfit.value.value == value


# Moments


@given(st.text("0123456789", max_size=7), st.sampled_from(["Z", "", "+00:00"]))
def test_a_moment_may_have_up_to_seven_digits_of_a_second(digits: str, zone: str) -> None:
    fraction = f".{digits}" if digits else ""
    assert convert("instant", f"2026-02-11T15:02:18{fraction}{zone}") == "2026-02-11T15:02:18Z"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-02-11T15:02:18-06:00", "2026-02-11T21:02:18Z"),
        ("2026-01-01T00:30:00+05:30", "2025-12-31T19:00:00Z"),
        ("2026-02-11T15:02:18", "2026-02-11T15:02:18Z"),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0999-05-06T00:00:00Z", "0999-05-06T00:00:00Z"),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_becomes_utc_and_the_vendors_empty_time_nothing(value: Any, moment: Any) -> None:
    assert convert("instant", value) == moment


@pytest.mark.parametrize("value", ["soon", "02/11/2026", "9999-12-31T23:59:59-05:00"])
def test_what_is_no_moment_is_refused(value: str) -> None:
    with pytest.raises(Unfit, match="not a date and time"):
        convert("instant", value)


# HTML


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<div><p>No <b>heat, <i>again</i></b></p></div>", "No heat, again"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("before<p>in</p>after", "before\nin\nafter"),
        ("one<br>two<br/><br />three", "one\ntwo\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("Tom &amp; Ann &lt;ann@x.org&gt; &eacute;&#128513;", "Tom & Ann <ann@x.org> é😁"),
        ("<b>Heat \U0001f525</b> on", "Heat \U0001f525 on"),
        ("pressure <5 psi, x<y", "pressure <5 psi, x<y"),
        ("write to <ann@x.org> today", "write to <ann@x.org> today"),
        ("under 3 <b", "under 3 <b"),
        ("<p>a\x01b</p>", "a\x01b"),
        ("plain\r\nlines", "plain\nlines"),
        ("<p> </p>", None),
        (None, None),
    ],
)
def test_markup_becomes_the_text_that_people_read(markup: Any, text: Any) -> None:
    assert convert("html_text", markup) == text


@given(TEXT)
def test_escaped_text_comes_back_whole(text: str) -> None:
    assert convert("html_text", html.escape(text)) == convert("copy", text)


TAGS = ["<b>", "</b>", "<p>", "</p>", "<br>"]
WORDS = ["zz", "<", " ", "<5", "<x@y>", "é", "R&D"]


@given(st.lists(st.sampled_from(TAGS + WORDS)))
def test_no_word_of_a_marked_up_text_is_lost(pieces: list[str]) -> None:
    words = "".join(piece for piece in pieces if piece not in TAGS)
    text = convert("html_text", "".join(pieces)) or ""
    assert "".join(text.split()) == "".join(words.split())


def test_a_nul_in_markup_is_refused_not_replaced() -> None:
    with pytest.raises(Unfit, match="NUL"):
        convert("html_text", "<p>a\0b</p>")


# Names


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Smith, John", "John", "Smith"),
        ("John Smith", "John", "Smith"),
        ("A & B Smith", "A & B", "Smith"),
        ("Tom and Mary Smith", "Tom and Mary", "Smith"),
        ("Smith, Tom & Mary", "Tom & Mary", "Smith"),
        ("Mr & Mrs Smith", "Mr & Mrs", "Smith"),
        ("Dr. Ana María Díaz", "Dr. Ana María", "Díaz"),
        ("John Smith Jr.", "John", "Smith Jr."),
        ("Maria von Trapp", "Maria", "von Trapp"),
        ("Cher", None, "Cher"),
        ("John (Jack) Smith", None, "John (Jack) Smith"),
        ("Acme Plumbing LLC", "Acme Plumbing", "LLC"),
        ("\U0001f600", None, "\U0001f600"),
    ],
)
def test_a_name_is_split_and_no_word_of_it_lost(name: str, first: Any, last: str) -> None:
    assert (convert("first_name", name), convert("last_name", name)) == (first, last)


@given(st.lists(st.sampled_from(
    ["Smith", "John", "&", "and", "Dr.", "Mrs", "Jr.", "III", "MD", "de", "la", "van", "Inc",
     "(Jack)", '"Jo"', "O'Neil", "Ann-Marie", "J.", "Doe,", ",", "PhD"]), min_size=1, max_size=6,
))  # fmt: skip
def test_first_and_last_name_together_hold_every_word(words: list[str]) -> None:
    name = " ".join(words)
    first, last = convert("first_name", name), convert("last_name", name)
    assert last
    together = f"{first or ''} {last}".replace(",", " ").split()
    assert sorted(together) == sorted(name.replace(",", " ").split()) or last == name


def test_an_empty_name_is_empty_or_the_stand_in_that_the_row_names() -> None:
    assert convert("first_name", " ") is None
    assert convert("last_name", None) is None
    assert convert("last_name", None, "{@id}", record={"@id": "77"}) == "77"


# People's decisions


@pytest.mark.parametrize(
    ("technician", "user"),
    [(1, "005A"), ("2", "005Z"), ("3", OMIT), (None, OMIT), ("5", "005Z")],
)
def test_the_owner_is_what_people_decided_about_the_technician(technician: Any, user: Any) -> None:
    assert convert("owner", technician) is user or convert("owner", technician) == user


@pytest.mark.parametrize("technician", ["4", "6", "999"])
def test_a_technician_nobody_decided_about_is_refused_by_id(technician: str) -> None:
    with pytest.raises(Unfit, match=f"Technician {technician} ") as unfit:
        convert("owner", technician)
    assert (unfit.value.value, unfit.value.unmapped) == (technician, True)


def test_without_a_fallback_owner_the_vendors_default_stays() -> None:
    assert convert("owner", "2", plan=PLAN | {"policies": {"fallback_owner": ""}}) is OMIT


def test_a_value_map_maps_clears_or_refuses() -> None:
    values = {"Urgent": "High", "None": "", "true": "Yes"}
    assert convert("value_map", " Urgent ", values=values) == "High"
    assert convert("value_map", "None", values=values) is None
    assert convert("value_map", True, values=values) == "Yes"
    assert convert("value_map", "", values=values) is None
    with pytest.raises(Unfit, match="no value map for “urgent”") as unfit:
        convert("value_map", "urgent", values=values)
    assert (unfit.value.value, unfit.value.unmapped) == ("urgent", True)


# The rest


@pytest.mark.parametrize(
    ("value", "said"),
    [(True, True), (False, False), ("true", True), ("False", False), ("no", False), ("", None)],
)
def test_yes_and_no_are_read_from_values_and_from_words(value: Any, said: Any) -> None:
    assert convert("boolean", value) is said


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(Unfit, match="neither yes nor no"):
        convert("boolean", "maybe")


def test_a_copy_trims_and_unifies_line_ends_and_an_empty_text_is_none() -> None:
    assert convert("copy", " a\r\nb\rc ") == "a\nb\nc"
    assert convert("copy", "  ") is None
    assert convert("copy", 0) == "0"
    assert convert("copy", False) == "false"
    assert convert("copy", ["a", "b"]) == "a; b"


def test_a_list_is_joined_without_blanks_and_doubles_by_the_rows_separator() -> None:
    assert convert("join", ["a", " ", "b", "a", None]) == "a; b"
    assert convert("join", [1, 2], "|") == "1|2"
    assert convert("join", "one") == "one"
    assert convert("join", []) is None


def test_addresses_take_a_line_a_part_or_one_line_and_skip_what_is_absent() -> None:
    place = {"street": "1 Elm", "unit": "B", "city": "Toledo", "state": None, "zip": "43601"}
    assert convert("street", place) == "1 Elm\nB"
    assert convert("address", place) == "1 Elm, B, Toledo, 43601"
    assert convert("street", None) is None


def test_a_template_fills_in_the_record_and_leaves_no_double_blanks() -> None:
    record = {"jobType": {"name": "No heat"}, "jobNumber": "1007"}
    assert convert("template", None, "{jobType.name} {x} {jobNumber}", record=record) == (
        "No heat 1007"
    )
    assert convert("template", None, "{x}", record=record) is None


def test_the_first_path_with_a_value_stands_in_for_an_empty_one() -> None:
    record = {"a": " ", "b": {"c": "found"}}
    assert convert("first_of", "own", "a, b.c", record=record) == "own"
    assert convert("first_of", "", "a, b.c", record=record) == "found"
    assert convert("first_of", None, "a", record=record) is None


# E-mail addresses, days, states of payment


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("ann@x.example", "ann@x.example"),
        ("  ann@x.example ", "ann@x.example"),
        (None, None),
        ("", None),
    ],
)
def test_an_address_alone_goes_as_it_is(value: Any, kept: str | None) -> None:
    assert convert("email", value) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("ann@x.example; bo@x.example", "ann@x.example"),
        ("Ann <ann@x.example>", "ann@x.example"),
        ("none given", None),
        ("ann@", None),
    ],
)
def test_what_is_no_address_stays_behind_and_is_said(value: str, kept: str | None) -> None:
    with pytest.raises(LeftOut, match=r"jobs\.x") as left:
        convert("email", value)
    assert left.value.kept == kept
    assert value in str(left.value)


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-02-11T00:00:00Z", "2026-02-11"), ("2026-02-11", "2026-02-11"), (None, None)],
)
def test_a_day_stays_the_day_it_is(value: Any, day: str | None) -> None:
    assert convert("day", value) == day


@pytest.mark.parametrize(
    ("balance", "total", "said"),
    [
        ("0.00", "12.50", "Paid"),
        ("12.50", "12.50", "Open"),
        ("2.50", "12.50", "Part paid"),
        ("0.00", "0.00", "Paid"),
        (None, "0.00", "Paid"),
    ],
)
def test_an_invoice_is_paid_by_its_balance(balance: Any, total: str, said: str) -> None:
    assert convert("settled", balance, "total", record={"total": total}) == said


@pytest.mark.parametrize(
    ("change", "total", "said"),
    [
        ({}, "22.00", None),
        ({"charged": False}, "2.00", None),
        ({"price": "-10", "total": "-20"}, "-18.00", "below 0 is taken"),
        ({"product": None}, "22.00", "has no SKU"),
        ({}, "22.01", "make 22, the whole is 22.01"),
    ],
)
def test_a_line_of_a_bill_counts_where_the_whole_bill_adds_up(
    change: dict[str, Any], total: str, said: str | None
) -> None:
    line = {"count": "2.0", "price": "10.00", "total": "20.00", "product": 7, "charged": True}
    bill = {"lines": [line | change], "tax": "2.00", "whole": total}
    argument = "lines: count, price, total, product, charged; tax; whole"
    if said is None:
        assert convert("billed", "2.0", argument, record=bill) == "2"
        assert convert("billed", None, argument, record=bill) == "1"
    else:
        with pytest.raises(Unfit, match=said):
            convert("billed", "2.0", argument, record=bill)


@pytest.mark.parametrize(
    ("count", "price", "total", "sku", "said"),
    [
        ("2.0000000000000000000", "10.25", "20.50", 7, "2"),
        ("0.5", "-25", "-12.50", 7, "0.5"),
        ("3", "9.999", "30.00", 7, "3"),
        ("3", "9.99", None, 7, "3"),
        ("0", "5", "0", 7, "0 of it were sold"),
        ("-1", "5", "-5", 7, "-1 of it were sold"),
        ("0.125", "8", "1.00", 7, "more than 2 decimals"),
        ("3", "9.999", "29.97", 7, "does not make its total 29.97"),
        ("1", "5", "5", None, "it has no SKU"),
        ("1", "5", "5", 0, "it has no SKU"),
        ("one", "5", "5", 7, "are no numbers"),
    ],
)
def test_what_was_sold_makes_its_total_to_the_cent_or_is_refused(
    count: str, price: str, total: str | None, sku: int | None, said: str
) -> None:
    record = {"price": price, "total": total, "skuId": sku}
    if said == count.rstrip("0").rstrip(".") or said == count:
        assert convert("sold", count, "price, total, skuId", record=record) == said
    else:
        with pytest.raises(Unfit, match=said):
            convert("sold", count, "price, total, skuId", record=record)


@given(TEXT)
def test_a_shortened_name_fits_and_says_that_it_is_short(text: str) -> None:
    short = convert("shorten", text, "20")
    whole = text.strip()
    assert short is None or len(short) <= 20
    assert (short == whole or short.endswith("…")) if short else not whole


# Notes in pieces


def pieces(text: str, most: int = 40, room: int = 60, head: str = "", **record: Any) -> list[str]:
    found = []
    for n in range(1, most + 1):
        try:
            found.append(convert("piece", text, f"{n}/{most} {room} {head}", record=record))
        except Absent:
            break
    return found


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]) | st.sampled_from(" é🔧漢")))
def test_the_pieces_of_a_text_hold_all_of_it_within_their_bytes(text: str) -> None:
    found = pieces(text, most=4000)
    assert all(len((piece or "").encode()) <= 60 for piece in found)
    bodies = found if len(found) == 1 else [piece.partition("\n")[2] for piece in found]
    assert "".join("".join(body or "" for body in bodies).split()) == "".join(text.split())


def test_a_text_is_divided_between_words_and_each_piece_numbered() -> None:
    found = pieces("word " * 30)
    assert found[0].startswith("(1 of 4)\nword word")
    assert {piece.rpartition(" ")[2] for piece in found} == {"word"}


def test_a_piece_has_its_first_line_and_shows_where_an_image_was() -> None:
    head = "{pinned?Pinned. }By {who.name}"
    said = "<p>See<img src='cid:1'></p>"
    assert pieces(said, head=head, pinned=True, who={"name": "Ana"}) == [
        "Pinned. By Ana\nSee[image]"
    ]
    assert pieces(said, head=head, pinned=False) == ["By\nSee[image]"]


def test_a_piece_names_each_image_as_its_file_is_called() -> None:
    said = "<p>A<img src='data:image/png;base64,AA=='>B<img>C<img src='/x/y.JPG?n=1'></p>"
    (found,) = pieces(said, room=99, head="images note-{@id} By Ana", **{"@id": "7"})
    assert found == "By Ana\nA[image: note-7-1.png]B[image]C[image: note-7-2.jpg]"


def test_a_text_that_no_number_of_pieces_holds_is_never_cut() -> None:
    for n in (1, 2):
        with pytest.raises(Unfit, match="longer than 2 pieces of 60 bytes"):
            convert("piece", "word " * 100, f"{n}/2 60 ")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:12:34", "754"), ("1.01:00:05", "90005"), ("00:00:01.5000000", "1"), (None, None)],
)
def test_a_duration_in_seconds(text: str | None, seconds: str | None) -> None:
    assert convert("seconds", text) == seconds


def test_what_is_no_duration_is_unfit() -> None:
    with pytest.raises(Unfit, match="is no duration"):
        convert("seconds", "a while")


@pytest.mark.parametrize(
    ("technician", "user"), [("1", "005A"), ("5", OMIT), ("6", OMIT), ("99", OMIT), (None, OMIT)]
)
def test_an_author_is_a_matched_user_or_nobody(technician: str | None, user: Any) -> None:
    assert convert("user", technician) == user


@pytest.mark.parametrize(
    ("name", "value", "argument", "expected"),
    [
        ("clock", "2026-02-11T15:02:18Z", "", "15:02"),
        ("clock", None, "", None),
        ("span", "2026-02-11T15:00:00Z", "end", "01:30"),
        ("hours", "01:02:30", "", "01:02:30"),
        ("hours", "00:07:00", "", "00:07"),
        ("instant_where", "2026-02-11T15:02:18Z", "status: Done, Closed", "2026-02-11T15:02:18Z"),
        ("instant_where", "2026-02-11T15:02:18Z", "status: Open", None),
        ("instant_where", None, "status: Done", OMIT),
        ("text_where", "Weather", "status: Done", "Weather"),
        ("text_where", "Weather", "status: Open", None),
        ("one_of", "Done", "Done, Canceled", True),
        ("one_of", "Open", "Done, Canceled", False),
        ("amount", "12.50", "", "12.5"),
        ("amount", None, "", "0"),
    ],
)
def test_what_depends_on_other_fields_of_the_record(
    name: str, value: Any, argument: str, expected: Any
) -> None:
    record = {"status": "Done", "end": "2026-02-11T16:30:59Z"}
    found = convert(name, value, argument, record=record)
    assert found is OMIT if expected is OMIT else found == expected


def test_an_end_before_its_start_is_no_duration() -> None:
    with pytest.raises(Unfit, match="before the start"):
        convert("span", "2026-02-11T15:00:00Z", "end", record={"end": "2026-02-11T14:00:00Z"})


def test_lines_are_filled_in_an_entry_a_line_and_empty_ones_go() -> None:
    sites = [{"name": "Shop", "id": 1, "a": {"city": "Erie"}}, {"name": "Yard", "id": 2}]
    assert convert("lines", sites, "{name}, {a.city} (#{id})") == "Shop, Erie (#1)\nYard,  (#2)"
    record = {"text": "<p>one</p><p>two</p>", "by": None, "tags": ["a", "b", "a"]}
    said = convert("lines", None, "{text}\nBy {by}\nTags: {tags}", record=record)
    assert said == "one\ntwo\nTags: a, b"


@pytest.mark.parametrize(("technician", "user"), [("1", "005A"), ("3", "005Z"), (None, "005Z")])
def test_a_record_that_must_have_an_owner_goes_to_the_fallback_rather_than_to_us(
    technician: str | None, user: str
) -> None:
    assert convert("sure_owner", technician) == user
    nobody = {**PLAN, "policies": {"fallback_owner": ""}}
    if technician != "1":
        with pytest.raises(Unfit, match="fallback owner"):
            convert("sure_owner", technician, plan=nobody)


def test_nested_lines_stand_below_the_entry_that_they_name() -> None:
    sites = [{"@id": "1", "name": "Shop"}, {"@id": "2", "name": "Yard"}]
    record = {"reached": [{"siteId": 2, "value": "555"}, {"siteId": 1, "value": "a@b.c"}]}
    argument = "reached siteId\n{name}\n- {value}"
    assert convert("nested", sites, argument, record=record) == "Shop\n- a@b.c\nYard\n- 555"
    assert convert("nested", None, argument, record=record) is None


def test_a_log_names_the_author_of_each_entry_and_keeps_its_lines() -> None:
    entries = [
        {"text": "<p>Gate code</p><p>4711</p>", "by": 7, "on": "2026-02-11", "pinned": True},
        {"text": "Dog", "by": 8, "on": "2026-02-12", "pinned": False},
    ]
    record = {"notes": entries, "office": [{"userId": 7, "name": "Ada"}], "crew": []}
    line = "{on}{author.name? }{author.name} (user {by}): {pinned?Pinned. }{text}"
    argument = f"by office,crew userId {line}"
    assert convert("log", entries, argument, record=record) == (
        "2026-02-11 Ada (user 7): Pinned. Gate code\n4711\n2026-02-12 (user 8): Dog"
    )
    assert convert("log", [], argument, record=record) is None


def test_a_timeline_tells_what_several_lists_hold_in_order_of_time_and_by_whom() -> None:
    record = {
        "visits": [
            {"by": 7, "arrived": "2026-02-11T15:02:18.7Z", "done": None},
            {"by": 9, "arrived": "2026-02-11T16:00:00Z", "done": "2026-02-12T08:30:00Z"},
        ],
        "paid": [{"on": "2026-02-12T00:00:00Z", "for": 3, "amount": "12.50"}],
        "crew": [{"@id": "7", "name": "Ada"}],
        "office": [{"userId": 9, "name": "Lee"}],
    }
    argument = "\n".join(
        (
            "paid on for bills.@id Paid {amount}{who.number? by }{who.number}",
            "visits done by crew.@id,office.userId Done: {who.name}",
            "visits arrived by crew.@id,office.userId Arrived: {who.name}",
        )
    )
    assert convert("timeline", None, argument, record=record) == (
        "2026-02-11 15:02:18 UTC Arrived: Ada\n"
        "2026-02-11 16:00:00 UTC Arrived: Lee\n"
        "2026-02-12 Paid 12.50\n"
        "2026-02-12 08:30:00 UTC Done: Lee"
    )
    assert convert("timeline", None, argument, record={}) is None


def test_what_is_from_before_the_first_day_does_not_land() -> None:
    for transform, lands in (("day", "2025-01-31"), ("instant", "2025-01-31T00:00:00Z")):
        assert convert(transform, "2025-01-31T00:00:00Z", "2025-01-31") == lands
        with pytest.raises(Excepted, match="archive rule: from before 2025-01-31"):
            convert(transform, "2025-01-30T23:59:59Z", "2025-01-31")
        assert convert(transform, None, "2025-01-31") is None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2025-01-01T08:00:00Z", "2025-01-15T08:00:00Z", ""),
        ("2025-01-01T08:00:00Z", "2025-01-01T08:00:00Z", ""),
        ("2025-01-01T08:00:00Z", "2025-01-15T08:00:01Z", "within 14 days"),
        ("2025-01-01T08:00:00Z", "2025-01-01T07:59:59Z", "within 14 days"),
        (None, "2025-01-01T08:00:00Z", "no start, or no end"),
        ("2025-01-01T08:00:00Z", "0001-01-01T00:00:00Z", "no start, or no end"),
    ],
)
def test_an_appointment_ends_within_so_many_days(start: str | None, end: str, said: str) -> None:
    record = {"start": start, "end": end}
    if said:
        with pytest.raises(Excepted, match=said):
            convert("until", end, "start 14", record=record)
    else:
        assert convert("until", end, "start 14", record=record) == end
