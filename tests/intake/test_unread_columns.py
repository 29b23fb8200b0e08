"""A column of which most cells cannot be read is asked about, never emptied in silence."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

SERIAL = "Opportunity ID,Stage,Amount,Created Date\n" + "".join(f"D{n},Won,{n},4600{n}\n" for n in range(1, 6))
IMPOSSIBLE = (
    "Lead ID,Email,MQL Date\nL1,a@example.org,2026-03-02\nL2,b@example.org,2026-13-45\nL3,c@example.org,yesterday\n"
)
LOG = "number,made,state_was,at\n" + "".join(f"I{n},TRUE,Open,2026-03-0{n} 10:00\n" for n in range(1, 6))


def test_days_of_a_spreadsheet_are_asked_about_and_read_when_told(desk: "Desk") -> None:
    asked = desk.read(SERIAL)
    assert asked.undecided
    (question,) = asked.questions
    assert question.id == "unread:Created Date"
    assert "5 of its 5 filled cells" in question.text
    assert question.examples == ("46001", "46002", "46003")
    assert [value for value, _ in question.options] == ["Excel days", "text", "empty"]
    read = desk.read(SERIAL, answers={question.id: "Excel days"})
    assert desk.problems(read) == []
    deals = desk.table(read, "deals")
    assert deals["opened_at"].iloc[0] == 1_765_324_800  # 10 December 2025, as a spreadsheet shows 46001


def test_a_column_may_stay_text_or_be_emptied_knowingly(desk: "Desk") -> None:
    text = desk.read(SERIAL, answers={"unread:Created Date": "text"})
    assert {column.name: column.field for column in text.columns}["Created Date"] == "keep"
    empty = desk.read(SERIAL, answers={"unread:Created Date": "empty"})
    assert [code for _, code in desk.problems(empty)] == ["BAD_DATE"] * 5


def test_impossible_dates_of_a_stage_are_asked_about(desk: "Desk") -> None:
    reading = desk.read(IMPOSSIBLE)
    assert [question.id for question in reading.questions] == ["unread:MQL Date"]
    assert reading.questions[0].examples == ("2026-13-45", "yesterday")
    taken = desk.read(IMPOSSIBLE, answers={"unread:MQL Date": "empty"})
    assert desk.problems(taken) == [(3, "BAD_DATE"), (4, "BAD_DATE")]


def test_amounts_that_are_none_are_asked_about(desk: "Desk") -> None:
    reading = desk.read("Deal ID,Stage,Amount\nD1,Won,high\nD2,Won,low\nD3,Won,5\n")
    assert [question.id for question in reading.questions] == ["unread:Amount"]
    fine = desk.read("Deal ID,Stage,Amount\nD1,Won,high\nD2,Won,3\nD3,Won,5\n")
    assert (fine.undecided, desk.problems(fine)) == (False, [(2, "BAD_NUMBER")])


def test_a_history_that_says_nothing_is_asked_about(desk: "Desk") -> None:
    said = {"table": "history", "id-column": "number"}
    asked = desk.read(LOG, answers=said)
    assert [question.id for question in asked.questions] == ["stage-column"]
    read = desk.read(LOG, answers={**said, "stage-column": "state_was"})
    assert (read.undecided, desk.problems(read)) == (False, [])
    assert set(desk.table(read, "events")["name"]) == {"Open"}
