"""What files are called at the destination, whatever they were called at the source."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.filenames import file_name


def named(value: Any, longest: str = "") -> str:
    context: Any = SimpleNamespace(argument=longest, record={"@id": "7"})
    return file_name(value, context)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Images/Job/52114877/3f0c-rtu3.jpg", "3f0c-rtu3.jpg"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("Unterschrift – Müller 🖊.png", "Unterschrift – Müller 🖊.png"),
        ("", "file 7"),
        (None, "file 7"),
        ("...", "file 7"),
        ("folder/", "file 7"),
    ],
)
def test_a_name_is_the_last_part_of_its_path_without_what_misleads(value: Any, name: str) -> None:
    assert named(value) == name


def test_a_long_name_keeps_its_ending() -> None:
    assert named("x" * 300 + ".jpeg") == "x" * 250 + ".jpeg"
    assert named("x" * 10 + "." + "y" * 300, "40") == "x" * 10 + "." + "y" * 29


@given(st.text(), st.integers(min_value=30, max_value=500))
def test_every_name_is_there_and_fits(text: str, longest: int) -> None:
    found = named(text, str(longest))
    assert 0 < len(found) <= longest
    assert not set(found) & set("/\\\0\n\r\u202e")
