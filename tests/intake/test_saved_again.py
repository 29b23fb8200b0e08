"""A report that a spreadsheet has saved again: its footer is as wide as its rows, and is none of them."""

from typing import TYPE_CHECKING

import pytest

from core.errors import MappingInvalid

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

HEAD = "Lead ID,Email,Lead Status,Created Date\n"
ROWS = "".join(f"L{n},a{n}@example.org,MQL,2026-03-0{n}\n" for n in range(1, 6))


@pytest.mark.parametrize("pad", ["", ",,,"])
@pytest.mark.parametrize(
    "lines",
    [
        ["Total: 5 records"],
        ["Confidential. Do not pass on."],
        ["Count: 5"],
        ["5 records", "Report generated 2026-04-01 by Ann", "Whatever else is printed"],
        ["Total", "5 records", "Confidential Information - Do Not Distribute", "Copyright (c) 2026 Example, inc."],
    ],
)
def test_a_footer_is_no_row_padded_or_not(desk: "Desk", lines: list[str], pad: str) -> None:
    reading = desk.read(HEAD + ROWS + "".join(f"{line}{pad}\n" for line in lines))
    assert (reading.counts.accepted, reading.counts.footer, reading.counts.quarantined) == (5, len(lines), 0)


def test_rows_that_know_little_stay_rows(desk: "Desk") -> None:
    reading = desk.read(HEAD + ROWS + "L6,,,\nCount Basie,,,\nL7,,,\n")
    assert (reading.counts.accepted, reading.counts.footer) == (8, 0)
    above = desk.read(HEAD + ROWS + "L6,,,\nCount: 6,,,\n")
    assert (above.counts.accepted, above.counts.footer) == (6, 1)


WHICH = "Lead ID,Created,Budget\nL1,03/04/2026,1\nL2,05/06/2026,2\n"


@pytest.mark.parametrize(("answer", "day"), [("31/12/2026", "31/12/2026"), ("month-first", "12/31/2026")])
def test_an_answer_may_name_the_format_or_the_order(desk: "Desk", answer: str, day: str) -> None:
    reading = desk.read(WHICH, answers={"date-order:Created": answer})
    assert not reading.undecided
    assert {column.name: column.format for column in reading.columns}["Created"] == day


@pytest.mark.parametrize("answer", ["foo", "date-order:Kreated", "date-order"])
def test_an_answer_to_nothing_is_refused(desk: "Desk", answer: str) -> None:
    with pytest.raises(MappingInvalid, match="date-order:Created"):
        desk.read(WHICH, answers={answer: "day-first"})
