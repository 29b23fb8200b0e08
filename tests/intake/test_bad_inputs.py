"""Every bad file has one right answer: a code, a sentence with a way out, and counts that add up."""

import time
from typing import TYPE_CHECKING

import pytest

from core.errors import FileRefused
from core.intake import Counts

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

HEAD = "Lead ID,Email,Company,Lead Status,Created Date\n"


def row(number: int, **other: str) -> str:
    cells = {
        "id": f"L{number}",
        "email": f"a{number}@example.org",
        "company": "Acme",
        "status": "MQL",
        "created": f"2026-01-{number + 10}",
        **other,
    }
    return ",".join(cells.values()) + "\n"


REFUSED: dict[str, tuple[bytes | str, str, str]] = {
    "empty": (b"", "EMPTY_FILE", "Export it again"),
    "blank lines only": ("\n \n\n", "EMPTY_FILE", "Export it again"),
    "header only": (HEAD, "NO_ROWS", "5 columns"),
    "no header": (
        "L1,a@example.org,Acme,MQL,2026-01-11\nL2,b@example.org,Beta,MQL,2026-01-12\n",
        "NO_HEADER",
        "first row",
    ),
    "web page": ("\n<!DOCTYPE html><html><body>Log in</body></html>", "NOT_TABULAR", "login"),
    "json list": ('[{"id": 1}, {"id": 2}]', "NOT_TABULAR", "JSON"),
    "json object": ('{\n "records": []}', "NOT_TABULAR", "JSON"),
    "xml": ('<?xml version="1.0"?><a/>', "NOT_TABULAR", "XML"),
    "binary": (bytes(range(256)) * 20, "NOT_TABULAR", "text"),
    "zero bytes": (b"Lead ID,Email\nL1,a" + b"\0b" * 9 + b"\n", "NOT_TABULAR", "zero bytes"),
    "zero byte in the header": (b"Lead ID,Em\0ail\nL1,a\n", "NOT_TABULAR", "column names"),
    "workbook": (b"PK\x03\x04" + b"\x14\x00" * 40, "NOT_TABULAR", "CSV"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "NOT_TABULAR", "CSV"),
    "pdf": (b"%PDF-1.7\n...", "NOT_TABULAR", "PDF"),
    "gzip": (b"\x1f\x8b\x08\x00abc", "NOT_TABULAR", "Unpack"),
    "pickle": (b"\x80\x04\x95\x10\x00\x00", "NOT_TABULAR", "CSV"),
    "parquet": (b"PAR1....", "NOT_TABULAR", "Parquet"),
    "prose": (
        "Dear Ann, hello\nwe met, as you know, in May, at noon\nbye, then\nyours, sincerely, truly, yes, Bob\n"
        "one, two, three\nPS\n",
        "DELIMITER",
        "CSV",
    ),
    "another sign": ("Lead ID^Email^Status\nL1^a@example.org^MQL\nL2^b@example.org^MQL\n", "DELIMITER", 'sign "^"'),
    "tildes": ("Lead ID~Email\nL1~a@example.org\nL2~b@example.org\n", "DELIMITER", "replace every"),
    "other rows than header": (
        "Lead ID,Email,Status\nL1;a@example.org;MQL\nL2;b@example.org;MQL\n",
        "DELIMITER",
        "by a comma, the rows by a semicolon",
    ),
    "open quote in the header": ('Lead ID,"Email,Company\nL1,a,b\nL2,c,d\n', "UNCLOSED_QUOTE", "header"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused(desk: "Desk", case: str) -> None:
    content, code, words = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        desk.read(content)
    assert refused.value.code == code
    assert words in str(refused.value)
    assert refused.value.message.endswith((".", "?"))
    assert len(refused.value.hint) > 10
    assert not (desk.folder / "staging").exists()


@pytest.mark.parametrize(("name", "words"), [("leads.md", '".md"'), ("leads", "no ending"), ("leads.csv.gz", '".gz"')])
def test_other_endings_are_refused(desk: "Desk", name: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words) as refused:
        desk.read(HEAD + row(1), name=name)
    assert refused.value.code == "FILE_TYPE"


def test_a_file_that_is_not_there(desk: "Desk") -> None:
    with pytest.raises(FileRefused) as refused:
        desk.read(desk.folder / "gone.csv")
    assert refused.value.code == "NO_FILE"


GOOD = HEAD + row(1) + row(2)
NO_IDS = ("", "  ", "NULL", "N/A", "None", "nan", "-")
TAKEN: dict[str, tuple[bytes | str, Counts, list[tuple[int, str]]]] = {
    "nothing odd": (GOOD, Counts(header=1, accepted=2, total=3), []),
    "ragged": (
        GOOD + "L3,c@example.org\n" + row(4) + row(5).strip() + ",and,more\n" + row(6),
        Counts(header=1, accepted=4, quarantined=2, total=7),
        [(4, "RAGGED_ROW"), (6, "RAGGED_ROW")],
    ),
    "cut off": (GOOD + "L3,c@exam", Counts(header=1, accepted=2, quarantined=1, total=4), [(4, "TRUNCATED")]),
    "unclosed quote": (
        GOOD + 'L3,"c@example.org,Acme,MQL,2026-01-13\n' + row(4) + row(5),
        Counts(header=1, accepted=4, quarantined=1, total=6),
        [(4, "UNCLOSED_QUOTE")],
    ),
    "unclosed quote, a quoted cell below": (
        GOOD + 'L3,"c@example.org,Acme,MQL,2026-01-13\n' + row(4, company='"Acme, Inc"') + row(5),
        Counts(header=1, accepted=4, quarantined=1, total=6),
        [(4, "UNCLOSED_QUOTE")],
    ),
    "text behind a quote": (
        GOOD + row(3, company='"Acme" Ltd') + row(4),
        Counts(header=1, accepted=3, quarantined=1, total=5),
        [(4, "BAD_QUOTE")],
    ),
    "quote inside a bare cell": (GOOD + row(3, company='The "Best" Ltd'), Counts(header=1, accepted=3, total=4), []),
    "cell of several lines": (
        GOOD + row(3, company='"Acme\nand\nSons"') + "L4,x\n" + row(5),
        Counts(header=1, accepted=4, quarantined=1, total=6),
        [(7, "RAGGED_ROW")],
    ),
    "UTF-16": (GOOD.encode("utf-16"), Counts(header=1, accepted=2, total=3), []),
    "cp1252": (
        (GOOD + row(3, company="Müller & Söhne – Köln")).encode("cp1252"),
        Counts(header=1, accepted=3, total=4),
        [],
    ),
    "one row that is no UTF-8": (
        (HEAD + row(1, company="Müller")).encode() + row(2, company="Söhne").encode("latin-1") + row(3).encode(),
        Counts(header=1, accepted=2, quarantined=1, total=4),
        [(3, "ENCODING")],
    ),
    "CR only": (GOOD.replace("\n", "\r"), Counts(header=1, accepted=2, total=3), []),
    "CRLF and BOM": (b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), Counts(header=1, accepted=2, total=3), []),
    "semicolons": (GOOD.replace(",", ";"), Counts(header=1, accepted=2, total=3), []),
    "tabs": (GOOD.replace(",", "\t"), Counts(header=1, accepted=2, total=3), []),
    "stated delimiter": ("sep=;\n" + GOOD.replace(",", ";"), Counts(header=1, preamble=1, accepted=2, total=4), []),
    "title above": (
        "All leads\n\nas of today\n" + GOOD,
        Counts(header=1, preamble=2, blank=1, accepted=2, total=6),
        [],
    ),
    "repeated header": (GOOD + HEAD + row(3), Counts(header=1, repeated_headers=1, accepted=3, total=5), []),
    "identical rows": (GOOD + row(1) + row(1), Counts(header=1, accepted=2, identical=2, total=5), []),
    "blank rows": (GOOD + "\n,,,,\n" + row(3), Counts(header=1, accepted=3, blank=2, total=6), []),
    "footer of a report": (
        GOOD + '\nLeads of the week\n"Copyright (c) 2000-2026 Example, inc."\n'
        "Confidential Information - Do Not Distribute\n"
        "Generated By:  Jane Doe  7/1/2026 9:00 AM\n",
        Counts(header=1, accepted=2, blank=1, footer=4, total=8),
        [(5, "FOOTER"), (6, "FOOTER"), (7, "FOOTER"), (8, "FOOTER")],
    ),
    "totals row": (
        GOOD + "Grand Total (2 records),,,,\n",
        Counts(header=1, accepted=2, footer=1, total=4),
        [(4, "TOTALS_ROW")],
    ),
    "totals row beside an empty id": (
        GOOD + ",,Summe:,2,\n",
        Counts(header=1, accepted=2, footer=1, total=4),
        [(4, "TOTALS_ROW")],
    ),
    "impossible dates": (
        GOOD + row(3, created="2026-02-31") + row(4, created="soon"),
        Counts(header=1, accepted=4, total=5),
        [(4, "BAD_DATE"), (5, "BAD_DATE")],
    ),
    "missing ids": (
        GOOD + "".join(row(3, id=word, email=f"{at}@e.org") for at, word in enumerate(NO_IDS)),
        Counts(header=1, accepted=2, quarantined=7, total=10),
        [(line, "MISSING_ID") for line in range(4, 11)],
    ),
    "one id, two contents": (
        GOOD + row(1, status="SAL") + row(3),
        Counts(header=1, accepted=3, quarantined=1, total=5),
        [(4, "CONFLICTING_ID")],
    ),
    "formula": (GOOD + row(3, company="=HYPERLINK(1)", status="@SUM(A1)"), Counts(header=1, accepted=3, total=4), []),
    "signs that do not show": (
        GOOD + row(3, company="A\u202ecme") + row(4, company="\x1b[31mred"),
        Counts(header=1, accepted=4, total=5),
        [(4, "CONTROL_CHAR"), (5, "CONTROL_CHAR")],
    ),
    "dated after now": (
        GOOD + row(3, created="2062-01-01"),
        Counts(header=1, accepted=3, total=4),
        [(4, "FUTURE_DATE")],
    ),
    "blank header": (
        "Lead ID,,Email\nL1,x,a@example.org\nL2,y,b@example.org\n",
        Counts(header=1, accepted=2, total=3),
        [],
    ),
    "a delimiter at the end of every row": (
        "Lead ID,Email\nL1,a@example.org,\nL2,b@example.org,\n",
        Counts(header=1, accepted=2, total=3),
        [],
    ),
}


@pytest.mark.parametrize("case", TAKEN)
def test_every_row_is_accounted_for(desk: "Desk", case: str) -> None:
    content, counts, problems = TAKEN[case]
    reading = desk.read(content)
    assert reading.counts == counts
    assert reading.counts.adds_up
    assert desk.problems(reading) == problems
    assert reading.facts["leads"] == counts.accepted


def test_set_aside_rows_keep_their_text(desk: "Desk") -> None:
    reading = desk.read(
        GOOD + 'L3,"c@example.org,Acme,MQL\n' + row(1, company='"Other, Inc"') + ",,Acme,,\n" + row(9, created="x")
    )
    found = desk.table(reading, "problems").set_index("line")
    assert found.loc[4, "raw"] == 'L3,"c@example.org,Acme,MQL'
    assert found.loc[5, "raw"] == 'L1,a1@example.org,"Other, Inc",MQL,2026-01-11'
    assert "Line 2" in str(found.loc[5, "sentence"])
    assert found.loc[6, "raw"] == ",,Acme,,"
    assert (found.loc[7, "raw"], found.loc[7, "column"]) == ("x", "Created Date")
    assert found["quarantined"].tolist() == [True, True, True, False]


def test_bytes_that_are_no_text_are_shown(desk: "Desk") -> None:
    reading = desk.read((HEAD + row(1, company="Zoë")).encode() + row(2, company="Zoë").encode("latin-1"))
    assert "Zo\\xeb" in str(desk.table(reading, "problems").loc[0, "raw"])


def test_what_was_guessed_is_said(desk: "Desk") -> None:
    said = [str(each.code) for each in desk.read((GOOD + row(3, company="Zoë")).encode("cp1252")).notices]
    assert said == ["ENCODING_NOTICE"]
    titled = desk.read("All leads\n" + GOOD)
    assert [(question.id, question.proposed) for question in titled.questions] == [("header-row", "2")]
    assert titled.notices[0].code == "PREAMBLE"
    assert titled.header_line == 2


def test_a_header_row_can_be_chosen(desk: "Desk") -> None:
    with pytest.raises(FileRefused, match="no header on line"):
        desk.read("All leads\n" + GOOD, answers={"header-row": "77"})
    reading = desk.read("a,b,c,d,e\n" + GOOD, answers={"header-row": "2"})
    assert reading.counts == Counts(header=1, preamble=1, accepted=2, total=4)


def test_formulas_and_odd_ids_are_stored_as_they_are(desk: "Desk") -> None:
    ids = ["00123", "12345678901234567890", "1E5", "=1+1", "0x1A"]
    reading = desk.read(HEAD + "".join(row(at, id=word, company="=cmd|' /C calc'!A0") for at, word in enumerate(ids)))
    leads = desk.table(reading, "leads")
    assert leads["lead_id"].tolist() == ids
    assert set(leads["company"]) == {"=cmd|' /C calc'!A0"}


def test_numbers_that_are_none(desk: "Desk") -> None:
    bad = ["nan!", "1e400", "inf", "0x1F", "1_000", "٥", "twelve", "1.2.3"]
    good = {" 42 ": 42.0, "00042": 42.0, "45.5": 45.5, "": None, "-3": -3.0}
    words = [*bad, *good]
    content = "Lead ID,Email,Score\n" + "".join(f"L{at},a@example.org,{word}\n" for at, word in enumerate(words))
    reading = desk.read(content, answers={"unread:Score": "empty"})
    assert desk.problems(reading) == [(line, "BAD_NUMBER") for line in range(2, 2 + len(bad))]
    scores = desk.table(reading, "leads")["behaviour_score"]
    assert scores[: len(bad)].isna().all()
    assert [
        None if value is None else value for value in scores[len(bad) :].astype(object).where(lambda s: s.notna(), None)
    ] == list(good.values())


def test_flags_that_are_none(desk: "Desk") -> None:
    words = ["yes", "No", "TRUE", "0", "", "maybe", "ja"]
    reading = desk.read(
        "Lead ID,Email,Opted Out\n" + "".join(f"L{at},a@b.org,{word}\n" for at, word in enumerate(words))
    )
    assert desk.table(reading, "leads")["opted_out"].astype(object).where(lambda s: s.notna(), None).tolist() == [
        True,
        False,
        True,
        False,
        None,
        None,
        True,
    ]
    assert desk.problems(reading) == [(7, "BAD_FLAG")]


def test_an_open_quote_before_a_large_rest_loses_one_row(desk: "Desk") -> None:
    rest = "".join(row(number % 18 + 3, id=f"R{number}") for number in range(30_000))
    reading = desk.read(GOOD + 'L3,"open,Acme,MQL,2026-01-13\n' + rest)
    assert reading.counts == Counts(header=1, accepted=30_002, quarantined=1, total=30_004)
    assert (4, "UNCLOSED_QUOTE") in desk.problems(reading)


def test_marks_that_never_close_on_every_line_end_in_a_refusal(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.intake.records._MAX_REWOUND", 10_000)
    with pytest.raises(FileRefused, match="line 2") as refused:
        desk.read(HEAD + 'L1,"open\n' + "L2,plain\n" * 2_000)
    assert refused.value.code == "UNCLOSED_QUOTE"


def test_nothing_is_written_without_a_place(desk: "Desk") -> None:
    from core.intake import read
    from core.settings import Settings

    reading = read(desk.write(GOOD), settings=Settings(), staging=None, now=1_800_000_000, apart=False)
    assert (reading.staged, reading.facts) == ({}, {"leads": 2, "events": 4})
    assert list(desk.folder.iterdir()) == [desk.folder / "file.csv"]


def test_a_row_whose_cells_would_be_shifted_by_a_missing_delimiter_is_set_aside(desk: "Desk") -> None:
    honest = ['L1,"a ""b"", c",Acme,MQL,2026-01-11', 'L2,a@b.org,"5"" x 6"" pipe, long",MQL,2026-01-12']
    inches = ['L3,5" x 6" pipe,7" pipe,MQL,2026-01-13', "L4,8'9\"x3 rod,Acme,MQL,2026-01-14"]
    shifted = 'L5"a@b.org, c@d.org",Acme,MQL,2026-01-15'
    same_width = 'L6,x@b.org"Acme, Ltd",MQL,2026-01-16'
    content = HEAD + "\n".join([*honest, *inches, same_width, shifted]) + "\n"
    reading = desk.read(content)
    assert reading.counts == Counts(header=1, accepted=4, quarantined=2, total=7)
    assert [one for one in desk.problems(reading) if one[1] == "SHIFTED"] == [(6, "SHIFTED"), (7, "SHIFTED")]
    assert desk.table(reading, "leads")["company"].tolist() == ["Acme", '5" x 6" pipe, long', '7" pipe', "Acme"]


def test_a_long_line_is_looked_through_once(desk: "Desk") -> None:
    long = "L7,x" + '"y' + ",z" * 400_000
    begun = time.process_time()
    reading = desk.read(GOOD + long + "\n")
    assert reading.counts.quarantined == 1
    assert time.process_time() - begun < 20


def test_text_after_a_closing_mark_is_set_aside_also_where_marks_inside_have_a_backslash(desk: "Desk") -> None:
    rows = [
        "L1,'a@b.org','It\\'s here, now','MQL',2026-01-11", "L2,'b@b.org','It won't do, now','MQL',2026-01-12",
        "L3,'c@b.org','Plain','MQL',2026-01-13", "L4,'d@b.org','','MQL',2026-01-14",
        *(f"L{number},'e@b.org','Acme, Inc','MQL',2026-01-15" for number in range(5, 12)),
        "'L12','z@b.org','Not' so','MQL','2026-01-16'",
    ]  # fmt: skip
    reading = desk.read(HEAD + "\n".join(rows) + "\n")
    assert desk.problems(reading) == [(3, "BAD_QUOTE"), (13, "BAD_QUOTE")]
    companies = desk.table(reading, "leads")["company"].astype(object).where(lambda s: s.notna(), None)
    assert companies[:4].tolist() == ["It's here, now", "Plain", None, "Acme, Inc"]
