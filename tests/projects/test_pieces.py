"""A text in pieces, and one that is shortened."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fitting import Absent, Unfit
from tests.projects.converting import TEXT, convert


@given(TEXT)
def test_a_shortened_name_fits_and_says_that_it_is_short(text: str) -> None:
    short = convert("shorten", text, "20")
    whole = text.strip()
    assert short is None or len(short) <= 20
    assert (short == whole or short.endswith("…")) if short else not whole


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
