"""A zero byte is an accident in one row, the mark of UTF-16, or the sign that a file is no text."""

from typing import TYPE_CHECKING

import pytest

from core.errors import FileRefused

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

TEXT = "Lead ID,Email,Company\n" + "".join(f"L{n},a{n}@example.org,Acmé\n" for n in range(1, 10))


def test_one_zero_byte_costs_one_row(desk: "Desk") -> None:
    reading = desk.read(TEXT.replace("a3@", "a\0@").encode())
    assert (reading.counts.accepted, reading.counts.quarantined) == (8, 1)
    assert desk.problems(reading) == [(4, "ZERO_BYTE")]
    assert desk.table(reading, "problems")["raw"].tolist() == ["L3,a\\x00@example.org,Acmé"]


def test_a_file_full_of_them_is_refused(desk: "Desk") -> None:
    with pytest.raises(FileRefused, match="zero bytes"):
        desk.read(TEXT.replace("example", "exa\0mple").encode())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read(desk: "Desk", encoding: str) -> None:
    reading = desk.read(TEXT.encode(encoding))
    assert reading.encoding == encoding
    assert desk.table(reading, "leads")["company"].tolist() == ["Acmé"] * 9
    tabs = desk.read(TEXT.replace(",", "\t").encode(encoding))
    assert (tabs.counts.accepted, tabs.delimiter) == (9, "\t")
