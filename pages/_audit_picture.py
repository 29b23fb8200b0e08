"""Who put leads where against the definition, since when, and what fails. A click sets the controls below."""

import pandas as pd
import streamlit as st

from core.audit_words import KINDS, NAMES, stage_names
from core.charts import audit as charts
from core.export import csv_bytes
from core.measures.audit import Audit
from core.stats.intervals import Rate
from core.words import count, day, interval, share
from pages._audit_controls import Asked
from pages._funnel_picture import CONFIG, picked
from pages._ui import grouped, look, plain


def picture(asked: Asked, found: Audit, title: str) -> None:
    """Bars of who put leads too high, and of where they stand too low."""
    called, names, shape = asked.called(found), stage_names(found.definition), look(present=asked.present)
    left, right = st.columns([3, 2], gap="small")
    lines = found.lines()
    labels = {line: f"{names.get(line[0], line[0])} · {called[line[1]]}" for line in lines}
    with left.container(border=True, gap="xxsmall", height="stretch"):
        if lines:
            st.plotly_chart(
                charts.by_setter(found, labels, shape), key="setters", on_select=_picked, selection_mode="points",
                theme=None, config=CONFIG, alt=f"{title}. The table view holds the same numbers.",
            )  # fmt: skip
        more = f" The first {charts.MOST} of {len(lines)}; the table has all." if len(lines) > charts.MOST else ""
        against = "Put into a stage against the definition, of those that can be told."
        st.caption(plain(f"{against}{more}" if lines else "No lead was put into a stage against the definition."))
    with right.container(border=True, gap="xxsmall", height="stretch"):
        low = found.total()["too_low"]
        if low:
            st.plotly_chart(
                charts.by_stage(found, names, shape), key="low", on_select=_picked_low, selection_mode="points",
                theme=None, config=CONFIG, alt=f"{count(low)} leads stand lower than the definition gives, by stage.",
            )  # fmt: skip
        said = "Still there, and meet by now what a later stage asks." if low else "No lead stands too low."
        st.caption(said)


def _picked() -> None:
    bar = picked(st.session_state.get("setters"))
    if bar is not None:
        st.session_state["audit_stage"], st.session_state["audit_setter"] = bar
        st.session_state["audit_leads"], st.session_state["audit_part"] = "too_high", None


def _picked_low() -> None:
    bar = picked(st.session_state.get("low"))
    if bar is not None:
        st.session_state["audit_stage"], st.session_state["audit_setter"] = bar[0], None
        st.session_state["audit_leads"], st.session_state["audit_part"] = "too_low", None


def table(asked: Asked, found: Audit) -> None:
    """Every stage and setter with its numbers."""
    called, names = asked.called(found), stage_names(found.definition)
    zone = asked.report.settings.tz
    out = {(one.stage, one.setter) for one in found.findings()}
    rows = []
    for row in found.cells.to_dict("records"):
        rate = Rate(int(row["too_high"]), int(row["judged"]))
        first, last = (None if pd.isna(row[name]) else day(int(row[name]), zone) for name in ("first_at", "last_at"))
        rows.append(
            {
                "Stage": names.get(row["stage"], row["stage"]),
                "Put there by": called[row["setter"]],
                "Who that is": KINDS.get(row["kind"], "not recorded"),
                "Put there": row["n"],
                **{NAMES[name]: row[name] for name in NAMES},
                "Of which it can be told": rate.n,
                "Share too high": share(rate),
                "95 % interval": interval(rate),
                "Stands out": "more than chance" if (row["stage"], row["setter"]) in out else "",
                "Too high since": first,
                "Too high until": last,
            }
        )
    shown = pd.DataFrame(rows)
    st.dataframe(shown, hide_index=True, column_config=grouped(shown), key="audit_cells", alt=_words(found))
    st.download_button(
        "Download", lambda: csv_bytes(shown), "stage-audit.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="download_cells",
    )  # fmt: skip
    st.caption(
        "Stands out: a larger share too high than the others who put leads there, by more than chance (Fisher's exact "
        "test, false alarms held at 5 % for each stage); never under 20, and never where nobody is recorded. A "
        "disagreement may mean that the definition is wrong."
    )


def _words(found: Audit) -> str:
    return f"{count(len(found.cells))} rows: each stage with whoever put leads there, and the verdicts on them"


def behind(asked: Asked, found: Audit, stage: str | None, setter: str | None) -> None:
    """What fails and since when, of the stage and setter chosen, else of the finding."""
    first = next(iter(found.findings()), None)
    if stage is None and setter is None and first is not None:
        stage, setter = first.stage, first.setter
    called, names = asked.called(found), stage_names(found.definition)
    reasons = found.reasons(stage, setter)
    rate = found.rate(stage=stage, setter=setter)
    if reasons.empty or stage is None:
        if not reasons.empty:
            _parts(reasons, rate)
        return
    who = f" by {called[setter]}" if setter is not None else ""
    left, right = st.columns([3, 2], gap="small")
    with left.container(border=True, gap="xxsmall", height="stretch"):
        if rate.n:
            st.plotly_chart(
                charts.months(found, stage, setter, look(present=asked.present)),
                key="months", theme=None, config=CONFIG,
                alt=f"Leads put into {names.get(stage, stage)}{who} by month, and how many of them too high.",
            )  # fmt: skip
        st.caption(plain(f"Put into {names.get(stage, stage)}{who}, by month. Hatched: against the definition."))
        with st.expander("The numbers", icon=":material/table:"):
            rows = (
                found.only(found.months, stage, setter).groupby("month", as_index=False)[["judged", "too_high"]].sum()
            )
            shown = rows.rename(columns={"month": "Month", "judged": "Put there", "too_high": NAMES["too_high"]})
            st.dataframe(shown, hide_index=True, column_config=grouped(shown), key="audit_months", alt="By month")
    with right.container(border=True, gap="xxsmall", height="stretch"):
        _parts(reasons, rate)


def _parts(reasons: pd.DataFrame, rate: Rate) -> None:
    rows = pd.DataFrame(
        {
            "Criterion": reasons["part_name"],
            "Not met": reasons["fails"],
            "Of those too high": [share(Rate(int(n), rate.hits)) for n in reasons["fails"]],
            "Cannot tell": reasons["untold"],
        }
    )
    st.dataframe(rows, hide_index=True, key="audit_parts", column_config=grouped(rows), alt="What fails, by criterion")
    st.caption("One lead may fail several. Cannot tell: of leads of which nothing fails.")
