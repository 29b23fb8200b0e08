"""A file that leaves the house: nothing in it runs, nothing in it is lost."""

import csv
import io
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export import BOM, csv_bytes, safe


def read(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 30 1234", "@SUM(A1)", "-1+2", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "-", "--5", " =1", "\n=1"],
)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize("text", ["-12", "-12.50", "-1,234.50", "-1e5", "plain", "", "a=b", "12-5", "'=1"])
def test_plain_negative_numbers_and_harmless_text_stay(text: str) -> None:
    assert safe(text) == text


@given(st.text(max_size=20))
def test_no_cell_starts_a_formula_and_its_text_survives(text: str) -> None:
    cell = safe(text)
    assert cell in (text, "'" + text)
    number = cell[:1] == "-" and cell[1:2].isascii() and (cell[1:2].isdigit() or cell[1:2] in ".,")
    assert number or cell[:1] not in tuple("=+-@\t\r＝＋－＠")


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_any_text_comes_back_from_the_file(texts: list[str]) -> None:
    kept = [text for text in texts if "\x00" not in text]
    rows = read(csv_bytes(pd.DataFrame({"a": ["x"] * len(kept), "b": kept})))
    assert [row[1] for row in rows[1:]] == [safe(text) for text in kept]


def test_headings_are_words_and_say_which_columns_leave() -> None:
    frame = pd.DataFrame({"lead_id": ["1"], "secret": ["s"], "x:=cmd": ["2"]})
    made = csv_bytes(frame, headings={"x:=cmd": "=cmd", "lead_id": "Lead", "absent": "Absent"})
    assert read(made) == [["'=cmd", "Lead"], ["2", "1"]]


def test_instants_are_local_iso_time_across_summer_time() -> None:
    frame = pd.DataFrame({"at": pd.array([1_774_745_999, 1_774_746_000, None], dtype="Int64")})
    made = csv_bytes(frame, instants=("at",), zone=ZoneInfo("Europe/Berlin"))
    assert [row[0] if row else "" for row in read(made)[1:]] == [
        "2026-03-29T01:59:59+01:00",
        "2026-03-29T03:00:00+02:00",
        "",
    ]


def test_missing_is_an_empty_cell_and_the_file_says_that_it_is_utf8() -> None:
    made = csv_bytes(pd.DataFrame({"a": ["ü", None], "n": pd.array([1, None], dtype="Int64")}))
    assert made.startswith(BOM.encode())
    assert read(made) == [["a", "n"], ["ü", "1"], ["", ""]]
