"""Time in stage in words: its title, which months and groups were slow, where it bends, and why to doubt it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.measures.age_profile import pooled, yet_to_move
from core.measures.velocity import Split, Velocity
from core.stats.intervals import FEW, Rate
from core.words import count, percent, share, things

RARELY = 0.1
"""Where no more than this share of those still there ever moves on, it is said that they rarely do."""


def stay(days: float) -> str:
    """A length of time in the unit that it is thought of in.

    >>> [stay(days) for days in (0.0, 0.01, 0.5, 1.9, 2.83, 6.04, 41, 1234.5)]
    ['no time', '14 min', '12 h', '46 h', '2.8 days', '6 days', '41 days', '1,234 days']
    >>> stay(float("nan"))
    'not known'
    """
    if pd.isna(days):
        return "not known"
    minutes = days * 24 * 60
    if round(minutes) == 0:
        return "no time"
    if minutes < 120:
        return f"{minutes:.0f} min"
    if days < 2:
        return f"{days * 24:.0f} h"
    return f"{days:.1f}".removesuffix(".0") + " days" if days < 9.95 else f"{days:,.0f} days"


def headline(found: Velocity) -> str:
    """The finding in one sentence: where leads stay longest, how long, and how many have not left."""
    slowest = found.slowest()
    if slowest is None:
        return _nobody_left(found)
    row = found.stage(slowest)
    if row["n"] < FEW:
        said = f"half of the {count(row['n'])} who left stayed over {stay(row['median'])}"
    else:
        half = "half stay" if row["n"] >= row["open"] else "of those who left, half stayed"
        said = f"{half} over {_both(row)}"
    return f"Leads wait longest in {row['name']}: {said}{_still(row)}"


def _both(row: "pd.Series[Any]") -> str:
    return f"{stay(row['median'])}, one in ten over {stay(row['p90'])}"


def _still(row: "pd.Series[Any]") -> str:
    if not row["open"]:
        return ""
    there = f"{count(row['open'])} are still there"
    return f"; {there}, half of them for over {stay(row['age_median'])}" if row["open"] >= FEW else f"; {there}"


def _nobody_left(found: Velocity) -> str:
    rows = found.stages[found.stages["stage"] != found.definition.stage_ids[-1]]
    rows = rows[rows["open"] > 0]
    if rows.empty:
        return "No lead fits this question"
    row = rows.iloc[int(rows["open"].to_numpy(dtype=int).argmax())]
    age = f", half of them for over {stay(row['age_median'])}"
    return (
        f"No stay is over yet: {things(int(row['open']), 'lead')} in {row['name']}{age if row['open'] >= FEW else ''}"
    )


def identity(row: "pd.Series[Any]") -> str:
    """Is every trip that entered the stage at a known time accounted for?"""
    parts = [("n", "left"), ("open", "still there"), ("unknown", "left, nobody knows when"), ("misdated", "misdated")]
    said = " + ".join(f"{count(row[name])} {words}" for name, words in parts if row[name] or name in ("n", "open"))
    return f"{things(int(row['trips']), 'trip')} to {row['name']} = {said}"


def doubts(row: "pd.Series[Any]") -> list[str]:
    """What speaks against the numbers of one stage, each with its size; empty where nothing is known against them."""
    out, measured = [], int(row["n"]) + int(row["open"])
    if row["by_day"] and row["by_day"] == measured:
        out.append("Measured in whole days: no time of day is known.")
    elif row["by_day"]:
        out.append(
            f"{count(row['by_day'])} of {count(measured)} are measured in whole days: of one end only the day is known."
        )
    if row["open"] > row["n"]:
        out.append("More are still there than have left: how long the others stayed says little about them.")
    if row["misdated"]:
        negative = f", {count(row['negative'])} of them negative" if row["negative"] else ""
        out.append(
            f"{things(int(row['misdated']), 'trip is', 'trips are')} dated against the order of the stages{negative}: "
            "in no duration, and listed."
        )
    if row["unknown"]:
        out.append(f"{count(row['unknown'])} left at a time that nobody recorded.")
    return out


def slow_told(slow: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Which months were slow at which of these stages, in one sentence. `names`: stage → name."""
    slow = slow[slow["stage"].isin(list(names))]
    said = []
    for stage in names:
        rows = slow[(slow["stage"] == stage) & slow["slow"]]
        if len(rows):
            said.append(f"{names[stage]} was slow in {_span(list(rows['group']))}: {_stayed(rows)}")
    if said:
        return "; ".join(said)
    where = f" at {next(iter(names.values()))}" if len(names) == 1 else ""
    if not slow["ripe"].any():
        return f"Which months were slow{where} cannot be told: in none of them are more than half of the stays over"
    return f"No month was slower{where} than chance explains"


def _stayed(rows: pd.DataFrame) -> str:
    """How long half stayed in the slow months, and in all others."""
    others = f"in other months over {stay(float(rows['others'].median()))}"
    known = rows["median"].dropna().astype(float)
    if known.empty:
        return f"more than half are there for over {stay(float(rows['low'].min()))}, {others}"
    low, high = stay(known.min()), stay(known.max())
    same = low.partition(" ")[2] == high.partition(" ")[2]
    between = low if low == high else f"{low.partition(' ')[0] if same else low} to {high}"
    return f"half stayed over {between}, {others}"


def _span(months: Sequence[str]) -> str:
    places = [12 * int(month[:4]) + int(month[5:]) for month in months]
    in_a_row = places == list(range(places[0], places[0] + len(places)))
    if len(months) < 3:
        return " and ".join(months)
    return f"{months[0]} to {months[-1]}" if in_a_row else ", ".join(months)


def groups_told(found: Split, stage: str, title: str, called: Mapping[str, str]) -> str:
    """Which groups are slow at a stage, each with its number; nothing is said of the others."""
    rows = found.groups[(found.groups["stage"] == stage) & found.groups["slow"]]
    name = found.definition.stages[found.definition.place(stage)].name
    if rows.empty:
        return f"{title}: at {name} no group stays longer than chance explains"
    rows = rows.sort_values("n", ascending=False)
    said = [
        f"{called.get(row['group'], row['group'])} "
        + (f"{stay(row['median'])}" if not pd.isna(row["median"]) else f"over {stay(row['low'])}")
        for row in rows.head(3).to_dict("records")
    ]
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    others = stay(float(rows["others"].median()))
    return f"Slow at {name}, by {title.lower()}: {', '.join(said)}{more}; all others {others}"


def bend(profile: pd.DataFrame) -> int | None:
    """The day from which on fewer than half as many move on as at best before; None where there is none."""
    days = profile.loc[profile["bend"], "from_day"]
    return None if days.empty else int(days.iloc[0])


def bend_told(profile: pd.DataFrame, name: str) -> str:
    """Where the chance of moving on falls off, in words. `profile`: the rows of one stage."""
    if profile.empty:
        return f"Too few have been in {name} to say when leads stop moving on"
    day = bend(profile)
    reach = int(profile["from_day"].iloc[-1] + profile["days"].iloc[-1])
    if day is None:
        return f"Up to day {reach} leads in {name} do not stop moving on: it never surely becomes half as likely"
    later, before = profile[profile["from_day"] >= day], profile[profile["from_day"] < day]
    rarely = yet_to_move(later) <= RARELY
    how = "rarely moves on" if rarely else "is less than half as likely to move on"
    each = "a day" if profile["days"].iloc[0] == 1 else f"per {int(profile['days'].iloc[0])} days"
    after, until = share(_rate(later)), share(_rate(before))
    return f"After day {day} a lead still in {name} {how}: {after} {each}, before that {until}"


def still_to_move(profile: pd.DataFrame) -> str:
    """What becomes of those who are still there at the bend, and how many are now; empty without one."""
    day = bend(profile)
    if day is None:
        return ""
    later = profile[profile["from_day"] >= day]
    reach = int(profile["from_day"].iloc[-1] + profile["days"].iloc[-1])
    return f"Of those still there on day {day}, {percent(yet_to_move(later))} moved on by day {reach}"


def _rate(rows: pd.DataFrame) -> Rate:
    return pooled([(int(moved), int(n)) for moved, n in rows[["moved", "n"]].to_numpy()])


__all__ = [
    "bend",
    "bend_told",
    "doubts",
    "groups_told",
    "headline",
    "identity",
    "slow_told",
    "stay",
    "still_to_move",
]
