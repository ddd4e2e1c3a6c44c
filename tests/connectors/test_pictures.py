"""Images in texts of markup: found, named, and taken out."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.pictures import content, ending, pictures

RED = "data:image/png;base64,iVBORw0KGgo="


def test_images_are_named_by_their_place_and_kind() -> None:
    text = f"""<p>Before <img src="{RED}"> and <IMG alt=x SRC='https://a.example/b/c.JPG?x=1'>
        <img> <img src="  "> <img src=data:image/jpeg;base64,AAAA></p>"""
    found = [(p.number, p.name) for p in pictures(text, "note-7")]
    assert found == [(1, "note-7-1.png"), (2, "note-7-2.jpg"), (3, "note-7-3.jpg")]
    assert list(pictures("no image, but 3 < 4 & more", "n")) == []


@given(st.binary(max_size=200_000))
def test_inline_bytes_come_back_as_they_were(data: bytes) -> None:
    packed = base64.b64encode(data).decode()
    assert b"".join(content(f"data:image/png;charset=x;base64,{packed[:9]}\n{packed[9:]}")) == data


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    list(pictures(f"<img {text}", "n"))
    list(pictures(f'<img src="{text}">', "n"))


@pytest.mark.parametrize("address", ["data:image/png;base64,AAA", "data:image/png;base64,$$$$"])
def test_a_damaged_image_is_told(address: str) -> None:
    with pytest.raises(ValueError, match="cut off or damaged"):
        b"".join(content(address))


def test_an_image_may_be_plain_text() -> None:
    assert b"".join(content("data:image/svg+xml,%3Csvg/%3E")) == b"<svg/>"
    assert ending("data:image/svg+xml,x") == "svg"
    assert ending("https://a.example/") == "bin"
