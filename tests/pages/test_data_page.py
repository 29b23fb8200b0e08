"""The data page, from an export to figures and back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from core.answerable import Held, answerable
from core.errors import WorkspaceBusy
from core.store import Store
from core.workspace import Workspace
from pages._data_meanings import changes, words
from pages._data_upload import file_name
from pages._ui import plain

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
LEADS = (
    b"Lead ID,Email,Lead Status,Create Date\n"
    b"L1,a@x.example,MQL,25/01/2026\n"
    b"L2,b@x.example,Sales Accepted,26/01/2026\n"
    b"L3,c@x.example,Banana ripe,27/01/2026\n"
    b"L4,too,few\n"
    b",d@x.example,MQL,28/01/2026\n"
)
UNSURE = b"Lead ID,Email,Lead Status,Create Date\nL1,a@x.example,MQL,03/04/2026\nL2,b@x.example,MQL,05/06/2026\n"
Open = Callable[..., AppTest]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "my workspace"
    monkeypatch.setenv("HANDOFF_WORKSPACE", str(place))
    return place


@pytest.fixture
def page(folder: Path) -> Iterator[Open]:
    def open_page(**state: object) -> AppTest:
        at = AppTest.from_file(FRAME, default_timeout=60).run()
        for name, value in state.items():
            at.session_state[name] = value
        return ran(at.switch_page("data.py"))

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def dropped(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader(key="up").set_value([(name, content, "text/csv") for name, content in files])
    return ran(at)


def pressed(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return ran(at)


def imported(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at = dropped(at, *files)
    at.button(key="import").click()
    return ran(at)


def part(at: AppTest, name: str) -> AppTest:
    at.session_state["part"] = name
    return ran(at)


def texts(at: AppTest) -> str:
    told = [*at.markdown, *at.caption, *at.error, *at.success, *at.info, *at.title, *at.header]
    return "\n".join(str(element.value) for element in told).replace("\\", "")


def test_an_empty_workspace_says_what_to_do(page: Open, folder: Path) -> None:
    at = page()
    assert at.title[0].value == "No data yet: drop your CRM export here"
    assert f"handoff import FILE --workspace '{folder}'" in texts(at)
    assert "LeadHistory" in texts(at)


def test_what_was_recognised_is_shown_before_anything_is_written(page: Open, folder: Path) -> None:
    at = dropped(page(), ("leads.csv", LEADS))
    shown = texts(at)
    assert "leads.csv: 3 leads" in shown
    assert "6 rows in the file = 1 header + 3 taken + 2 set aside" in shown
    assert "utf-8 · comma · header on line 1" in shown
    assert at.button(key="import").label == "Import 1 file"
    with Store.open(folder) as store:
        assert store.batches() == ()
        assert list(store.staging.iterdir()) == []


def test_an_import_says_what_it_did_and_leaves_no_upload(page: Open, folder: Path) -> None:
    at = imported(page(), ("leads.csv", LEADS))
    assert "3 leads from leads.csv: 3 rows taken; 2 set aside (import 1)." in texts(at)
    assert at.title[0].value == "1 word of your CRM waits for an answer"
    assert at.file_uploader(key="up").value == []
    with Store.open(folder) as store:
        assert list(store.staging.iterdir()) == []


def test_the_same_file_again_changes_nothing(page: Open, folder: Path) -> None:
    at = imported(page(), ("leads.csv", LEADS))
    at = dropped(at, ("leads.csv", LEADS))
    assert "Already imported on" in texts(at)
    at.button(key="import").click()
    assert "already imported" in texts(ran(at))
    with Store.open(folder) as store:
        assert len(store.batches()) == 1


def test_the_sheet_of_a_workbook_is_asked_for_and_read(page: Open, folder: Path) -> None:
    book, made = Workbook(), BytesIO()
    book.active.title = "Old leads"
    for name, ids in (("Old leads", "A"), ("Leads", "BC")):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in (["Lead ID", "Email", "Lead Status"], *([one, f"{one}@example.org", "MQL"] for one in ids)):
            sheet.append(row)
    book.save(made)
    at = dropped(page(), ("leads.xlsx", made.getvalue()))
    assert "Excel workbook · header on line 1" in texts(at)
    assert "leads.xlsx: 1 lead" in texts(at)
    at.radio[0].set_value("Leads")
    assert "leads.xlsx: 2 leads" in texts(pressed(at, "Use these answers"))
    at.button(key="import").click()
    assert "2 rows taken" in texts(ran(at))


def test_a_question_is_asked_and_answered(page: Open, folder: Path) -> None:
    at = dropped(page(), ("leads.csv", UNSURE))
    assert at.title[0].value == "1 file waits for your answer"
    assert at.button(key="import").disabled
    assert "which number comes first: the day or the month" in at.radio[0].label.replace("\\", "")
    assert at.radio[0].value is None
    at.radio[0].set_value("day-first")
    at = pressed(at, "Use these answers")
    assert "dated 03 Apr 2026 to 05 Jun 2026" in texts(at)
    at.button(key="import").click()
    at = ran(at)
    assert at.title[0].value.startswith("2 rows from 1 file, newest 05 Jun 2026")
    again = dropped(at, ("later.csv", UNSURE + b"L3,c@x.example,MQL,07/08/2026\n"))
    assert not again.button(key="import").disabled, "the answer is remembered for files with these columns"


def test_an_answer_can_be_taken_back(page: Open) -> None:
    at = dropped(page(), ("leads.csv", UNSURE))
    at.radio[0].set_value("month-first")
    at = pressed(at, "Use these answers")
    at = pressed(at, "Take my answers and corrections back")
    assert at.title[0].value == "1 file waits for your answer"


def test_a_bad_file_is_a_sentence_and_keeps_no_other_out(page: Open, folder: Path) -> None:
    at = dropped(page(), ("empty.csv", b""), ("login.csv", b"<!DOCTYPE html><html></html>"), ("leads.csv", LEADS))
    told = [str(error.value).replace("\\", "") for error in at.error]
    assert "empty.csv: The file is empty (0 bytes)." in told[0]
    assert "This is a web page" in told[1]
    assert at.button(key="import").label == "Import 1 file"
    at.button(key="import").click()
    at = ran(at)
    assert "3 leads from leads.csv" in texts(at)
    assert len(at.error) == 2


def test_an_import_that_has_to_wait_keeps_the_upload(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise WorkspaceBusy("Ann is importing since 10:00.", "Wait until it is done.")

    at = dropped(page(), ("leads.csv", LEADS))
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "add", busy)
        at.button(key="import").click()
        at = ran(at)
    assert "leads.csv: Ann is importing since 10:00. Wait until it is done." in texts(at)
    at.button(key="import").click()
    assert "3 leads from leads.csv" in texts(ran(at))


def test_only_bad_files_leave_nothing_to_import(page: Open) -> None:
    at = dropped(page(), ("empty.csv", b""))
    assert at.title[0].value == "This file cannot be read as it is"
    assert at.button(key="import").disabled


def test_what_the_rows_are_can_be_corrected(page: Open) -> None:
    at = dropped(page(), ("leads.csv", LEADS))
    at.session_state[f"meanings_{at.session_state['up'][0].file_id}"] = True
    at = ran(at)
    table = next(box for box in at.selectbox if box.label == "One row of this file is one of")
    assert table.value == "leads"
    table.set_value("deals")
    at = ran(at)
    assert "leads.csv: 3 deals" in texts(at)
    at = pressed(at, "Take my answers and corrections back")
    assert "leads.csv: 3 leads" in texts(at)


def test_an_unanswered_word_is_asked_and_answered(page: Open) -> None:
    at = part(imported(page(), ("leads.csv", LEADS)), "Words")
    word = at.selectbox(key="word_Banana ripe")
    assert word.label == "**Banana ripe** in 1 row"
    word.set_value("sql")
    at = pressed(at, "Save answers")
    assert at.title[0].value.endswith("nothing is waiting for you")
    at.selectbox(key="word_back").set_value("Banana ripe")
    at = pressed(ran(at), "Take it back")
    assert at.title[0].value == "1 word of your CRM waits for an answer"


def test_a_proposed_definition_can_be_chosen(page: Open) -> None:
    at = part(imported(page(), ("leads.csv", LEADS)), "Words")
    assert "Proposed by the data" in texts(at)
    assert "Nobody has signed it." in texts(at)
    next(box for box in at.selectbox if box.label == "Another definition").set_value("classic_post_sale")
    at = pressed(at, "Use this")
    assert "Chosen by you: Raw, Viable, MQL, SAL, SQL, Opportunity, Won, then post-sale." in texts(at)


def test_an_import_is_undone_and_redone(page: Open) -> None:
    at = part(imported(page(), ("leads.csv", LEADS)), "Imports")
    table: pd.DataFrame = at.dataframe[0].value
    row = table.iloc[0]
    assert [row["File"], row["What"], row["Rows"], row["Problems"], row["State"]] == [
        "leads.csv",
        "leads",
        3,
        2,
        "counts",
    ]
    assert "Nothing is deleted" in texts(at)
    at = pressed(at, "Undo import 1")
    assert at.title[0].value == "No data yet: drop your CRM export here"
    at = pressed(at, "Redo import 1")
    assert at.title[0].value == "1 word of your CRM waits for an answer"


def test_problems_are_counted_and_listed(page: Open) -> None:
    at = part(imported(page(), ("leads.csv", LEADS)), "Problems")
    shown = texts(at)
    assert "**RAGGED_ROW** once, set aside." in shown
    assert "**MISSING_ID** once" in shown
    listed: pd.DataFrame = at.dataframe[0].value
    assert listed["Line"].tolist() == [5, 6]
    assert "L4,too,few" in listed["In the file"].tolist()


def test_values_that_no_lookup_knows_are_named(page: Open) -> None:
    pipeline = (
        b"opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        b"A1,Moses,GTXPro,Acme,Won,2016-10-20,2017-03-01,1054\n"
        b"A2,Moses,GTX Basic,Acme,Engaging,2016-11-20,,\n"
    )
    products = b"product,series,sales_price\nGTX Pro,GTX,4821\nGTX Basic,GTX,550\n"
    at = imported(page(), ("pipeline.csv", pipeline), ("products.csv", products))
    from pages._ui import workspace

    workspace().facts()
    assert "GTXPro: 1 row, not in products.csv" in texts(part(at, "Problems"))


def test_settings_say_their_defaults_and_are_stated(page: Open, folder: Path) -> None:
    at = part(page(), "Settings")
    assert "UTC, nobody has stated another." in texts(at)
    next(box for box in at.selectbox if box.label.startswith("Time zone")).set_value("Europe/Berlin")
    next(box for box in at.text_input if box.label == "Currency").set_value("€€€")
    at = pressed(at, "Save settings")
    assert 'The setting "currency" cannot be' in texts(at)
    with Store.open(folder) as store:
        assert store.state_settings() == {"zone": "Europe/Berlin"}


def test_what_the_data_can_answer(page: Open) -> None:
    at = part(page(), "What these data can answer")
    offered = answerable(Held())["page"].notna().sum()
    assert at.header[0].value == f"0 of {offered} questions can be answered, 0 in part"
    assert "Black hole: which leads did nobody answer?" in texts(at)
    assert "Recycling: do leads sent back return?" not in texts(at), "no page asks that yet"


def test_words_of_the_data_are_never_markdown(page: Open) -> None:
    nasty = b"Lead ID,Email,Lead Status,Create Date\nL1,a@x.example,**b** [l](http://e) <i>,25/01/2026\n"
    at = part(imported(page(), ("**x** [a](http:b).csv", nasty)), "Words")
    label = next(box.label for box in at.selectbox if " in 1 row" in box.label)
    assert label == rf"**{plain('**b** [l](http://e) <i>')}** in 1 row"
    assert "[" not in label.replace("\\[", "")


@pytest.mark.parametrize(
    ("stated", "clean"),
    [
        ("leads.csv", "leads.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\leads.csv", "leads.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("..", "upload"),
        ("", "upload"),
        ("Übersicht März.csv", "Übersicht März.csv"),
    ],
)
def test_upload_names_are_only_names(stated: str, clean: str) -> None:
    assert file_name(stated) == clean


def test_long_upload_names_keep_their_ending() -> None:
    name = file_name("ä" * 300 + ".csv")
    assert name.endswith(".csv")
    assert len(name.encode()) <= 200


def test_only_what_differs_is_a_correction() -> None:
    none = pd.Series(["", ""], dtype="str").replace("", None)
    before = pd.DataFrame({"column": ["Id", "Notes"], "meaning": ["lead_id", "keep"], "format": none})
    after = before.assign(meaning=["lead_id", "stage:MQL"], format=["", "31/12/2026"])
    said = changes(before, after)
    assert said.columns == {"Notes": "stage:MQL"}
    assert said.formats == {"Notes": "31/12/2026"}
    assert not changes(before, before).columns
    assert words("stage:MQL") == "when it entered MQL"


def test_a_forgotten_upload_is_swept(page: Open, folder: Path) -> None:
    import os

    old = folder / "staging" / "upload-old"
    old.mkdir(parents=True)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    os.utime(old, (long_ago, long_ago))
    page()
    assert not old.exists()
