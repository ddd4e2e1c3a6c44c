"""What each transform makes of a source value."""

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fitting import OMIT, LeftOut, Unfit
from tests.projects.converting import PLAN, TEXT, convert

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
