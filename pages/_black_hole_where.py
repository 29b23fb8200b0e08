"""Where is the black hole: by team, rep, owner, source, age; what stands out by more than chance is named."""

import pandas as pd
import streamlit as st

from core.charts.black_hole import MOST, ages, by_group
from core.export import csv_bytes
from core.measures.cohort import UNKNOWN
from core.silence import Silence
from core.silence_words import told, unit, worth_of
from core.words import count, interval, share
from pages._black_hole_controls import Asked, counts, ordered
from pages._black_hole_controls import told as kept_answer
from pages._funnel_picture import picked
from pages._ui import grouped, look, plain


def where(asked: Asked, *, table: bool) -> None:
    """The black hole of each group with its share of those due, and the ages of all of it."""
    found = counts(asked.split)
    if not found.size():
        return
    out = found.outstanding()
    chosen = ordered(found, asked.by)
    called = {name: asked.called(name, place) for place, name in enumerate(chosen, start=1)}
    said = "How long ago they were handed over" if asked.by == "age" else told(found, out, asked.title, called)
    st.header(plain(said), anchor=False)
    full = [name for name in chosen if found.size(name)]
    nobody = asked.by in ("rep", "team", "manager") and UNKNOWN in full
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.plotly_chart(
            by_group(
                found,
                full,
                look(present=asked.present),
                labels=[called[name] for name in full[:MOST]],
                names=asked.names,
            ),
            key="groups",
            on_select=lambda: _picked(list(chosen)),
            selection_mode="points",
            theme=None,
            config={"displayModeBar": False},
            alt=f"Black hole by {asked.title.lower()}: "
            + ", ".join(f"{called[name]} {count(found.size(name))}" for name in full[:5]),
        )
        st.caption(
            plain(
                "Share of those whose clock and grace have passed. Click a bar to show only that group."
                + (f" {UNKNOWN}: nobody in sales got them, as far as is recorded." if nobody else "")
                + (f" The {MOST} largest of {len(full)}; the table has all." if len(full) > MOST else "")
            )
        )
    with right:
        aged = counts(Silence(asked.whole.report, asked.whole.query.model_copy(update={"by": "age"})))
        if asked.by != "age" and aged.size():
            st.plotly_chart(
                ages(aged, look(present=asked.present)),
                key="ages",
                theme=None,
                config={"displayModeBar": False},
                alt="Time since the hand-off of the leads in the black hole: "
                + ", ".join(f"{name} {count(aged.size(name))}" for name in ordered(aged, "age") if aged.size(name)),
            )
            st.caption("Time since the hand-off of the leads in the black hole.")
    with st.expander("The numbers", icon=":material/table:", expanded=table):
        _table(asked, chosen, called, out)


def _picked(known: list[str]) -> None:
    bar = picked(st.session_state.get("groups"))
    if bar is not None and bar[0] in known:
        st.session_state["hole_in"] = bar[0]


def _table(asked: Asked, chosen: tuple[str, ...], called: dict[str, str], out: tuple[str, ...]) -> None:
    found = counts(asked.split)
    stake = kept_answer(asked.split, "at stake", asked.split.at_stake)
    label = asked.names
    rows = []
    for name in chosen:
        whole, rate = found.total(name), found.rate(name)
        rows.append(
            {
                asked.title: called[name],
                "Handed over": whole["handed"],
                "Past clock and grace": whole["due"],
                "Black hole": found.size(name),
                label["never_touched"]: whole["never_touched"],
                **({label["touched_silent"]: whole["touched_silent"]} if asked.touches else {}),
                "Share of those past": share(rate),
                "95 % interval": interval(rate),
                "Stands out": "more than chance" if name in out else "",
                "Answered in all": share(found.coverage(name)),
                "Expected value": worth_of(stake[stake["segment"] == name]),
            }
        )
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        key="hole_groups",
        on_select=lambda: _chosen(list(chosen)),
        selection_mode="single-row",
        column_config=grouped(table),
        alt=f"The black hole by {asked.title.lower()}, in {unit(found)}",
    )
    st.caption(
        "Groups are named as standing out only where their share is above the others' by more than chance (Fisher's "
        "exact test, false alarms held at 5 % over all groups); under 20, and where the value is "
        f"{UNKNOWN}, never. Who stands out may have had other leads: open them before anything is said."
    )
    st.download_button(
        "Download",
        lambda: csv_bytes(table),
        f"black-hole-by-{asked.by.removeprefix('x:').replace('_', '-')}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_groups",
    )


def _chosen(known: list[str]) -> None:
    rows = st.session_state["hole_groups"]["selection"]["rows"]
    if rows and rows[0] < len(known):
        st.session_state["hole_in"] = known[rows[0]]
