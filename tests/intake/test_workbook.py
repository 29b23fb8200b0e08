"""A workbook is read as its sheet shows it: every cell, every row under its own number, and nothing run or unpacked."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import FileRefused
from core.intake.breaks import with_breaks
from core.intake.workbook import unpack

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

HEAD = ("Lead ID", "Email", "Company", "Status", "Created Date", "Score")
GOOD = ("L1", "a@example.org", "Acme", "MQL", date(2026, 1, 11), 12)
MIDNIGHT = datetime(2026, 3, 5)  # noqa: DTZ001 - a workbook knows no zones
Sheets = dict[str, Sequence[Sequence[Any]]]


def workbook(path: Path, sheets: Sheets, hidden: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def cells(path: Path, answers: dict[str, str] | None = None) -> list[list[str]]:
    """The sheet as it was written down."""
    with unpack(path, path.with_suffix(".out"), answers or {}).path.open(encoding="utf-8", newline="") as file:
        return [[with_breaks(cell) for cell in row] for row in csv.reader(file)]


def remade(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The workbook with its parts changed, or left out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in {**parts, **{key.replace("__", "/"): data for key, data in more.items()}}.items():
            if data is not None:
                new.writestr(name, data)
    return path


def refusal(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as found:
        unpack(path, path.with_suffix(".out"), {})
    assert found.value.hint
    return found.value


def test_each_kind_of_cell_is_read_as_it_shows(tmp_path: Path) -> None:
    row = [
        "00123", 7, 0.1 + 0.2, -1.5, 12345678901234, True, date(2026, 3, 5), MIDNIGHT,
        MIDNIGHT.replace(hour=16, minute=30), time(9, 5), None, "=1+1 is text", "N/A",
    ]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", {"Leads": [range(13), row]})
    assert cells(path)[1] == [
        "00123", "7", "0.3", "-1.5", "12345678901234", "true", "2026-03-05", "2026-03-05 00:00:00",
        "2026-03-05 16:30:00", "09:05:00", "", "", "N/A",
    ]  # fmt: skip


def test_a_list_goes_all_the_way_and_a_row_keeps_its_number(desk: "Desk") -> None:
    second = ("L2", "b@example.org", "Acme\nLund", "SQL", "31/31/2026", 4.5)
    third = ("L3", "not a mail", "Beta", "MQL", date(2026, 1, 12), None)
    no_id = (None, "c@example.org", "Beta", "MQL", date(2026, 1, 13), 1)
    reading = desk.read(
        workbook(desk.folder / "leads.xlsx", {"Leads": [HEAD, GOOD, (), second, third, no_id]}), apart=True
    )
    assert (reading.counts.accepted, reading.counts.blank, reading.counts.quarantined) == (3, 1, 1)
    leads = desk.table(reading, "leads").set_index("lead_id")
    assert leads["line"].to_dict() == {"L1": 2, "L2": 4, "L3": 5}
    assert leads.loc["L2", "company"] == "Acme\nLund"
    assert leads.loc["L1", "behaviour_score"] == 12
    assert {(4, "BAD_DATE"), (6, "MISSING_ID")} <= set(desk.problems(reading))
    assert (reading.encoding, reading.size_bytes) == ("xlsx", (desk.folder / "leads.xlsx").stat().st_size)
    assert not list(Path(desk.folder).glob("*.out"))


def test_a_row_set_aside_shows_its_own_text_with_its_line_breaks(desk: "Desk") -> None:
    rows = [HEAD, GOOD, ("", "x@example.org", "One\nTwo", "MQL", None, None)]
    reading = desk.read(workbook(desk.folder / "leads.xlsx", {"Leads": rows}))
    problems = desk.table(reading, "problems")
    assert "One\nTwo" in problems.loc[problems["quarantined"], "raw"].iloc[0]


def test_which_sheet_is_asked_where_several_hold_a_table(desk: "Desk") -> None:
    other = [("Region", "Plan"), ("North", 3)]
    path = workbook(desk.folder / "a.xlsx", {"Plan": other, "Leads": [HEAD, GOOD], "Note": [("made by hand",)]})
    reading = desk.read(path)
    (question,) = (one for one in reading.questions if one.id == "sheet")
    assert (question.proposed, [value for value, _ in question.options]) == ("Leads", ["Plan", "Leads"])
    assert reading.counts.accepted == 1
    assert any(notice.code == "SHEET" and '"Plan", "Note"' in notice.sentence for notice in reading.notices)
    assert cells(path, {"sheet": "Plan"}) == [["Region", "Plan"], ["North", "3"]]
    with pytest.raises(FileRefused, match='no sheet "Laeds"') as refused:
        cells(path, {"sheet": "Laeds"})
    assert "Leads" in refused.value.hint


def test_a_hidden_sheet_is_read_only_where_it_is_asked_for(desk: "Desk") -> None:
    path = workbook(desk.folder / "a.xlsx", {"Old": [HEAD, GOOD, GOOD], "Now": [HEAD, GOOD]}, hidden=["Old"])
    assert len(cells(path)) == 2
    assert len(cells(path, {"sheet": "Old"})) == 3


def test_one_cell_far_away_is_set_aside_and_widens_nothing(desk: "Desk") -> None:
    path = workbook(desk.folder / "far.xlsx", {"Leads": [HEAD, GOOD]})
    book = openpyxl.load_workbook(path)
    book["Leads"]["XFD100000"] = "x"
    book.save(path)
    reading = desk.read(path)
    assert (reading.counts.accepted, reading.counts.blank, reading.counts.quarantined) == (1, 99_997, 1)
    assert (100_000, "RAGGED_ROW") in desk.problems(reading)
    assert len(reading.columns) == len(HEAD)


def test_what_a_formula_gave_is_read_and_what_was_never_computed_is_said(desk: "Desk") -> None:
    path = workbook(desk.folder / "a.xlsx", {"Leads": [HEAD, (*GOOD[:5], "=6*7"), ("L2", *GOOD[1:5], "=1/0")]})
    assert any(notice.code == "NOT_COMPUTED" and "2 formulas" in notice.sentence for notice in desk.read(path).notices)

    def computed(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        data = data.replace(b"<f>6*7</f><v></v>", b"<f>6*7</f><v>42</v>").replace(
            b"<f>6*7</f><v />", b"<f>6*7</f><v>42</v>"
        )
        return data.replace(b'<c r="F3"><f>1/0</f><v></v>', b'<c r="F3" t="e"><f>1/0</f><v>#DIV/0!</v>').replace(
            b'<c r="F3"><f>1/0</f><v />', b'<c r="F3" t="e"><f>1/0</f><v>#DIV/0!</v>'
        )

    rows = cells(remade(path, computed))
    assert [row[5] for row in rows] == ["Score", "42", "#DIV/0!"]
    notices = {notice.code for notice in unpack(path, desk.folder / "out", {}).notices}
    assert notices == {"CELL_ERRORS"}


def test_what_can_do_harm_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    macros = remade(workbook(tmp_path / "m.xlsx", {"A": [HEAD, GOOD]}), lambda _, data: data, xl__vbaProject=b"")
    with zipfile.ZipFile(macros, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"macro")
    assert refusal(macros).code == "XLSX_MACRO"

    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()

    part = ""

    def with_entity(name: str, data: bytes) -> bytes:
        at = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:at] + entity + data[at:] if name.endswith(part) else data

    for part in ("sheet1.xml", "workbook.xml", "styles.xml"):
        path = remade(workbook(tmp_path / "e.xlsx", {"A": [HEAD, GOOD]}), with_entity)
        assert refusal(path).code == "XLSX_FORBIDDEN", part

    bomb = remade(workbook(tmp_path / "b.xlsx", {"A": [HEAD, GOOD]}), lambda _, data: data, xl__large=b"0" * (64 << 20))
    assert refusal(bomb).code == "TOO_LARGE"


@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        ("a.xlsx", "notes.txt", "packed file"), ("a.docx", "word/document.xml", "Word"),
        ("a.xlsb", "xl/workbook.bin", ".xlsb"), ("a.ods", "content.xml", "OpenDocument"),
    ],
)  # fmt: skip
def test_other_packed_files_are_named(tmp_path: Path, name: str, part: str, words: str) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as packed:
        packed.writestr(part, b"x")
    found = refusal(tmp_path / name)
    assert (found.code, words in found.message) == ("NOT_TABULAR", True)


@pytest.mark.parametrize("cut", [5, 200, 2_000, -30])
def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path, cut: int) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [HEAD, GOOD]})
    path.write_bytes(path.read_bytes()[:cut])
    assert "damaged" in refusal(path).message


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("broken", [b"", b"<a>", b"\xff\xfe\x00", None])
def test_a_workbook_with_a_broken_part_is_read_or_refused_and_never_a_traceback(
    tmp_path: Path, part: str, broken: bytes | None
) -> None:
    path = workbook(tmp_path / "a.xlsx", {"A": [HEAD, GOOD]})
    remade(path, lambda name, data: broken if name == part else data)
    try:
        found = cells(path)[0]
    except FileRefused as refused:
        found = [refused.code]
    assert found in (list(HEAD), ["NOT_TABULAR"], ["EMPTY_FILE"])


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path / "a.xlsx", {"A": [], "B": [(), ()]})).code == "EMPTY_FILE"


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t\ufdd0"), max_size=9
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=5))
@example(rows=[["a\ufdd0n", "b\n\nc", '"x",;']])
def test_any_table_of_text_comes_back_cell_for_cell(tmp_path: Path, rows: list[list[str]]) -> None:
    rows = [["one", "two", "three"], *([cell.replace("=", "-") for cell in row] for row in rows)]
    path = workbook(tmp_path / "any.xlsx", {"A": rows})
    found = cells(path)
    while rows and not any(rows[-1]):
        rows.pop()
    assert [row or [""] * 3 for row in found[: len(rows)]] == rows


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("adjust-floating-point-error.xlsx", 1, ["P-1-94-AR P21 16-20cm Pi split 3", "60.565", "242.26", "242.26"]),
        ("cast-int-to-string-issue-1251.xlsx", 1, ["001", "b", "1", "a", "1"]),
        ("issue-870.xlsx", 1, ["1", "Dulce", "Abril", "Female", "United States", "32", "15/10/2017", "1562"]),
        ("preserve-formatting-percentage.xlsx", 1, ["123", "0.52"]),
        ("sheet2.xlsx", 2, ["2", "中国人"]),
        ("table-infer-boolean.xlsx", 1, ["1", "two", "true"]),
    ],
)
def test_published_workbooks(
    tmp_path: Path, shared: Callable[[str], Path], name: str, row: int, expected: list[str]
) -> None:
    path = shared(f"awkward_csv/frictionless/data/{name}")
    found = unpack(path, tmp_path / "sheet", {}).path.read_text("utf-8")
    assert list(csv.reader(io.StringIO(found)))[row] == expected


def test_every_published_workbook_is_read_or_refused_in_words(desk: "Desk", shared: Callable[[str], Path]) -> None:
    folder, read, refused = shared("awkward_csv/frictionless/data"), set(), {}
    for path in sorted(folder.glob("*.xls*")):
        try:
            desk.read(path)
            read.add(path.name)
        except FileRefused as found:
            refused[path.name] = found.code
    assert len(read) + len(refused) == 25
    assert all(code == "NOT_TABULAR" for name, code in refused.items() if name.endswith(".xls"))
