"""One file before it is imported: what was recognised, what is asked, what its columns mean."""

import streamlit as st

from core.intake import WORKBOOK, Reading
from core.workspace import Workspace
from pages import _data_columns, _data_questions
from pages._data_reading import Upload, reasons
from pages._ui import day, plain

ROWS = {
    "leads": "leads",
    "history": "changes of stage",
    "touches": "touches",
    "deals": "deals",
    "people": "people",
    "campaigns": "campaigns",
    "lookup": "rows to look up",
}
"""What the rows of a file are, in words."""
_ONE = {
    "leads": "lead",
    "history": "change of stage",
    "touches": "touch",
    "deals": "deal",
    "people": "person",
    "campaigns": "campaign",
    "lookup": "row to look up",
}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "": "one column"}
_PARTS = {
    "header": "header",
    "preamble": "above the header",
    "repeated_headers": "repeated headers",
    "accepted": "taken",
    "quarantined": "set aside",
    "identical": "identical twice",
    "blank": "blank",
    "footer": "below the table",
}


def show(here: Workspace, upload: Upload) -> None:
    """Draw one file."""
    with st.container(border=True):
        if upload.refused is not None:
            st.error(_refusal(upload), icon=":material/error:")
            _back(upload)
            return
        reading = upload.reading
        if reading is None:
            return
        st.markdown(f"**{headline(reading)}**")
        st.caption(_form(reading))
        st.markdown(total(reading))
        _again(here, reading)
        for notice in reading.notices:
            st.caption(f":material/info: {plain(notice.sentence)}")
        for reason in reasons(reading):
            st.markdown(f":material/report: {reason}")
        if reading.questions:
            _data_questions.show(upload, reading.questions)
        _data_columns.show(here, upload, reading)
        _back(upload)


def _back(upload: Upload) -> None:
    """What was said about a file can be taken back."""
    if not (upload.mapping or upload.answers):
        return
    if st.button("Take my answers and corrections back", key=f"back_{upload.id}", icon=":material/undo:"):
        upload.table, upload.columns, upload.formats, upload.answers = None, {}, {}, {}
        st.rerun()


def headline(reading: Reading) -> str:
    """What the rows are."""
    name = plain(reading.file_name)
    if reading.undecided:
        return f"{name} waits for an answer"
    # "Any system" says only that the columns spoke for themselves.
    known = reading.system not in ("lookup", "unknown") and not reading.system.startswith("Any system")
    system = f" ({plain(reading.system)})" if known else ""
    taken = reading.counts.accepted
    return f"{name}: {taken:,} {(_ONE if taken == 1 else ROWS)[reading.shape]}{system}"


def total(reading: Reading) -> str:
    """Every row of the file accounted for; what there is none of is left out, but for the two that matter."""
    counts = reading.counts
    told = [
        f"{getattr(counts, name):,} {words}"
        for name, words in _PARTS.items()
        if getattr(counts, name) or name in ("accepted", "quarantined")
    ]
    return f"{counts.total:,} rows in the file = {' + '.join(told)}".replace("+", "\\+")


def _form(reading: Reading) -> str:
    size = reading.size_bytes
    shown = f"{size / 1_048_576:,.1f} MB" if size >= 1_048_576 else f"{max(size / 1024, 0.1):,.1f} kB"
    delimiter = _DELIMITERS.get(reading.delimiter, reading.delimiter)
    how = "Excel workbook" if reading.encoding == WORKBOOK else f"{plain(reading.encoding)} · {plain(delimiter)}"
    span = ""
    if reading.first_instant is not None:
        span = f" · dated {day(reading.first_instant)} to {day(reading.last_instant)}"
    return f"{shown} · {how} · header on line {reading.header_line:,}{span}"


def _refusal(upload: Upload) -> str:
    error = upload.refused
    assert error is not None
    return f"**{plain(upload.file.name)}: {plain(error.message)}**\n\n{plain(error.hint)}"


def _again(here: Workspace, reading: Reading) -> None:
    same = here.store.find(reading.sha256)
    if same is None:
        return
    when = day(int(same.imported_at.timestamp()))
    if same.state == "live":
        st.info(f"Already imported on {when} as import {same.id}. Read the same way, it changes nothing.")
    else:
        st.info(f"Imported on {when} as import {same.id} and undone. Importing it again brings that back.")
