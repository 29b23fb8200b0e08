"""Problems: rows and cells that could not be taken; leads whose history is odd; values that no lookup knows."""

import pandas as pd
import streamlit as st

from core.definition import fold
from core.errors import NotYet
from core.export import csv_bytes
from core.intake.mended import header_to_mend, to_mend
from core.measures.anomalies import KINDS
from core.report import Report
from core.workspace import Workspace
from pages._data_cached import problems
from pages._data_list import listed
from pages._data_told import rows_of
from pages._ui import plain

_PROBLEM = {"line": "Line", "column": "Column", "raw": "In the file", "code": "Code", "sentence": "What is wrong"}
_ODD = {"lead_id": "Lead", "kind": "Kind", "sentence": "What is odd"}
_UNKNOWN = {"value": "Value", "rows": "Rows", "lookup": "Not in"}


def show(here: Workspace) -> None:
    """Draw the tab."""
    _of_imports(here)
    _of_everything(here)


def _of_imports(here: Workspace) -> None:
    st.header("Rows and cells that could not be taken as they stand", anchor=False)
    batches = {batch.id: batch for batch in here.store.batches()}
    if not batches:
        st.markdown("Nothing was imported yet.")
        return

    counted = {number: problems(str(here.folder), number) for number in batches}

    def label(number: int) -> str:
        told = "no problem" if not counted[number] else f"{counted[number]:,} problems"
        return f"{number}: {batches[number].file_name}, {told.removesuffix('s') if counted[number] == 1 else told}"

    first = next((at for at, number in enumerate(batches) if counted[number]), 0)
    chosen = st.selectbox("Import", list(batches), first, format_func=label, key="problems_of", width=720)
    found = here.store.problems(chosen)
    if found.empty:
        st.markdown(f"No problem in {plain(batches[chosen].file_name)}: every row was taken as it stands.")
        return
    for code, rows in sorted(found.groupby("code"), key=lambda group: -len(group[1])):
        aside = int(rows["quarantined"].sum())
        became = "" if not aside else ", set aside" if aside == len(rows) else f", {aside:,} of them set aside"
        times = "once" if len(rows) == 1 else f"{len(rows):,} times"
        st.markdown(f"**{plain(str(code))}** {times}{became}. {plain(str(rows['sentence'].iloc[0]))}")
    _mend(found, tuple(batches[chosen].mapping["columns"]), f"to-mend-of-import-{chosen}.csv")
    listed(found, _PROBLEM, f"problems-of-import-{chosen}.csv", ("problem", "problems"))


def _mend(found: pd.DataFrame, names: tuple[str, ...], file: str) -> None:
    rows = to_mend(found, names)
    if rows.empty:
        return
    st.download_button(
        f"Download {rows_of(len(rows))} to mend and send again",
        lambda: csv_bytes(rows, headings=header_to_mend(names)),
        file,
        "text/csv",
        key=f"download_{file}",
        on_click="ignore",
        icon=":material/build:",
    )
    st.caption("The same columns as in the file, and last what is wrong. Mend the cells, and drop the file on Import.")


def _of_everything(here: Workspace) -> None:
    try:
        answer = here.facts_now()
    except NotYet:
        return
    if answer.failed is not None:
        raise answer.failed
    if answer.stale or answer.facts is None:
        _counting(here)
        return
    report = Report(here, answer.facts)
    st.header("Leads whose history is odd", anchor=False)
    odd = report.anomalies()
    if odd.empty:
        st.markdown("None.")
    for kind, rows in odd.groupby("kind", sort=False):
        st.markdown(f"**{len(rows):,}** {'lead' if len(rows) == 1 else 'leads'}. {KINDS[str(kind)]}")
    listed(odd, _ODD, "odd-histories.csv", ("lead", "leads"))
    st.header("Values that a lookup does not know", anchor=False)
    unknown = report.unmatched().replace({"lookup": _lookups(here)})
    if unknown.empty:
        st.markdown("None.")
    for value, number, lookup in unknown.head(20)[["value", "rows", "lookup"]].itertuples(index=False, name=None):
        st.markdown(f"{plain(value)}: {rows_of(number)}, not in {plain(lookup)}")
    listed(unknown, _UNKNOWN, "not-in-a-lookup.csv", ("value", "values"))


def _lookups(here: Workspace) -> dict[str, str]:
    """Lookup → the file that it came from."""
    return {
        fold(column): batch.file_name
        for batch in reversed(here.live_batches())
        if batch.shape == "lookup"
        for column, target in batch.mapping["columns"].items()
        if target == "key"
    }


@st.fragment(run_every=1.0)
def _counting(here: Workspace) -> None:
    answer = here.facts_now()
    if answer.failed is not None:
        raise answer.failed
    if not answer.stale:
        st.rerun(scope="app")
    st.progress(answer.share, text=f"Looking for odd histories: {answer.doing or 'starting'}.")
