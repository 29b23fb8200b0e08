"""What sales gets out of answering, and how complete the record is: to help, not to accuse."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.measures.dispositions import share_won
from core.measures.habits import FEWEST_REPS, Habits
from core.measures.trail import BREAKS, coverage
from core.silence import Silence
from core.silence_words import hours_of, unit
from core.stats.intervals import FEW, Rate
from core.words import count, counted, interval, money, percent, share, things
from pages._black_hole_controls import Asked, counts, told
from pages._ui import grouped, plain

KINDS = {
    "yes": "Sales said yes",
    "no_in_time": "Sales said no, in time",
    "no_late": "Sales said no, late",
    "changed": "Changed, no verdict",
    "nothing": "Nothing recorded",
}
SOURCES = 5
"""Sources that are listed with the work on leads turned down."""
Row = Mapping[Any, Any]
_NOT_A_CAUSE = "Observed together, which is no proof that one brings about the other."


def learn(asked: Asked) -> None:
    """What an answer buys, and what the reps with the best results do."""
    _bought(asked.whole)
    _habits(asked)


def _bought(silence: Silence) -> None:
    found = told(silence, "bought", silence.bought)
    rows: dict[str, Row] = {str(row["kind"]): row for row in found.to_dict("records")}
    if not sum(int(row["n"]) for row in rows.values()):
        return
    sources = told(silence, "turned down", silence.turned_down)
    st.header(plain(_what_it_buys(rows, sources)), anchor=False)
    units = unit(counts(silence)).capitalize()
    left, right = st.columns([3, 2], gap="medium")
    table = pd.DataFrame(
        [
            {
                "What sales recorded": KINDS[kind],
                units: int(row["n"]),
                "Won": counted(share_won(row)) if row["n"] and kind != "nothing" else "",
                "Attempts": int(row["attempts"]),
                "per lead": _per(row["attempts"], row["n"]),
                "per win": _per(row["attempts"], row["won"]),
            }
            for kind, row in rows.items()
        ]
    )
    left.dataframe(table, hide_index=True, column_config=grouped(table), alt="Wins and attempts by what sales recorded")
    spent = sources[sources["spent"] > 0].head(SOURCES)
    if len(spent):
        listed = pd.DataFrame(
            {
                "Source": spent["source"].astype(str),
                "Turned down": [
                    counted(Rate(int(no), int(n))) for no, n in zip(spent["noes"], spent["n"], strict=True)
                ],
                "Attempts at those": spent["spent"],
            }
        )
        right.dataframe(
            listed, hide_index=True, column_config=grouped(listed),
            alt="Attempts at leads that sales turned down, by source",
        )  # fmt: skip
    st.caption(
        plain(
            f"{units} whose clock and grace have passed; without an answer none can be won, since a sale is one. A "
            f"no with its reason is what marketing can act on: it ends the work on leads like those. {_NOT_A_CAUSE}"
        )
    )


def _what_it_buys(rows: Mapping[str, Row], sources: pd.DataFrame) -> str:
    yes, noes = share_won(rows["yes"]), (rows["no_in_time"], rows["no_late"])
    spent, every = (sum(int(row["attempts"]) for row in of) for of in (noes, rows.values()))
    said = "What an answer buys"
    said += f": {share(yes)} of the leads with a yes were won" if yes.n else ""
    if not spent:
        return said
    part = f"{count(spent)} of {count(every)} attempts went into leads that sales turned down"
    most = sources.iloc[0]
    where = f", {count(most['spent'])} of them from {most['source']}" if len(sources) > 1 else ""
    return f"{said}{'; ' if yes.n else ': '}{part}{where}"


def _hours(hours: Any) -> str:
    return "" if pd.isna(hours) else f"{float(hours):.1f}"


def _per(number: float, of: float) -> str:
    return f"{float(number) / float(of):.1f}" if of else ""


def _habits(asked: Asked) -> None:
    found: Habits = told(asked.whole, "habits", asked.whole.habits)
    days = asked.whole.report.settings.mature_days
    if found.why:
        words = {
            "few": f"{things(found.reps, 'rep')} had {FEW} leads or more in time to win them; {FEWEST_REPS} are needed "
            "to set one half beside the other.",
            "alike": f"The {count(found.reps)} reps with {FEW} leads or more win no more differently than chance "
            "allows: there is nothing to copy.",
        }
        st.header("What the reps with the best results do differently", anchor=False)
        st.caption(words[found.why])
        return
    halves: dict[str, Row] = {str(row["half"]): row for row in found.halves.to_dict("records")}
    best, others = halves["best"], halves["others"]
    st.header(plain(_difference(best, others)), anchor=False)
    lines: dict[str, Callable[[Row], str]] = {
        "Reps": lambda half: count(half["reps"]),
        "Leads handed over": lambda half: count(half["n"]),
        "Won": lambda half: _sure(_rate(half, "won")),
        "Attempted": lambda half: _sure(_rate(half, "attempted")),
        "Median working hours to the first attempt": lambda half: _hours(half["hours"]),
        "Attempts per lead": lambda half: _per(half["attempts"], half["n"]),
        "Answered": lambda half: _sure(_rate(half, "answered")),
    }
    table = pd.DataFrame(
        {
            "": list(lines),
            "The half with the best results": [say(best) for say in lines.values()],
            "The other half": [say(others) for say in lines.values()],
        }
    )
    st.dataframe(table, hide_index=True, alt="Habits of the better half of the reps beside those of the other half")
    st.caption(
        f"Reps with {FEW} leads or more that were handed over at least {days} days before, split at the median of the "
        "share they won, small numbers pulled towards all; in brackets the share, after it the 95 % interval (Wilson). "
        "Nobody is ranked, reps get different leads, and answering is a part of winning. " + _NOT_A_CAUSE
    )


def _rate(half: Row, what: str) -> Rate:
    return Rate(int(half[what]), int(half["n"]))


def _sure(rate: Rate) -> str:
    return f"{counted(rate)}, {interval(rate)}".removesuffix(", ")


def _difference(best: Row, others: Row) -> str:
    """What tells the halves apart by enough to be said: a fifth in time or attempts, answers beyond both intervals."""
    said = []
    if not (pd.isna(best["hours"]) or pd.isna(others["hours"])) and _apart(best["hours"], others["hours"]):
        said.append(f"first attempt after {_hours(best['hours'])} working hours, not {_hours(others['hours'])}")
    attempts, other = (half["attempts"] / half["n"] for half in (best, others))
    if _apart(attempts, other):
        said.append(f"{attempts:.1f} attempts a lead, not {other:.1f}")
    answered, less = (_rate(half, "answered") for half in (best, others))
    if answered.interval[0] > less.interval[1] or answered.interval[1] < less.interval[0]:
        said.append(f"{percent(answered.value)} of their leads answered, not {percent(less.value)}")
    words = ", ".join(said) or "no other pace, no more attempts and no more answers than the rest"
    return f"The half of the reps with the best results: {words}"


def _apart(one: float, other: float) -> bool:
    return abs(float(one) - float(other)) > 0.2 * max(float(one), float(other))


def record(silence: Silence) -> None:
    """How complete the record is: disposition coverage, its delay, and the trail of what was won."""
    found, took = counts(silence), told(silence, "delay", silence.delay)
    covered, hours = found.coverage(), hours_of(found.clock)
    if covered.n and found.told:
        said = f"{counted(covered)} of those past clock and grace have an answer"
        if took.n:
            said += f"; half came within {took.median:.0f} {hours}, nine of ten within {took.p90:.0f}"
        st.header(plain(said), anchor=False)
        st.caption(
            "Disposition coverage and delay: a verdict or any change recorded by sales, over "
            f"{count(took.n)} answered at a known time"
            + (f"; of {count(took.by_day)} more only the day is known." if took.by_day else ".")
            + " Those still open are no part of the delay."
        )
    _trail(told(silence, "trail", silence.trail))


def _trail(won: pd.DataFrame) -> None:
    if won.empty:
        return
    kept = coverage(won)
    words = [f"{percent(value)} of {code or 'the won amount'}" for code, value in kept.items() if not math.isnan(value)]
    deals = Rate(int(won.loc[won["trail"] == "unbroken", "deals"].sum()), int(won["deals"].sum()))
    said = (
        f"Won revenue with an unbroken trail: {', '.join(words)}"
        if words
        else f"Won deals with an unbroken trail: {counted(deals)}; none of them states an amount"
    )
    st.header(plain(said), anchor=False)
    table = pd.DataFrame(
        [
            {
                "Trail": "unbroken" if row["trail"] == "unbroken" else f"broken: {BREAKS[str(row['trail'])]}",
                "Won deals": int(row["deals"]),
                "Amount": _amount(row),
                "Without an amount": int(row["without_amount"]),
            }
            for row in won.to_dict("records")
        ]
    )
    st.dataframe(table, hide_index=True, column_config=grouped(table), alt="Won deals by where their trail breaks")
    st.caption(
        f"Closed-loop coverage: {BREAKS['unbroken']}. A deal stands where its trail breaks first. Of all won deals in "
        "these data: period and filters do not apply here."
    )


def _amount(row: Row) -> str:
    if row["without_amount"] == row["deals"]:
        return "not stated"
    return money(int(row["amount_minor"]), None if pd.isna(row["currency"]) else str(row["currency"]))
