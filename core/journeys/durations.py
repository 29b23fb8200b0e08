"""How long after its start did each step come, in working time and in elapsed time? (MEASURES 3)

Where only the day of the start is known, no hour can be said: then working days are counted, and told as so many times
the calendar's usual day, so that they compare with a limit in whole days. Where only the day of the step is known, it
has come when that day begins: no later than that, whatever its hour was.
"""

from collections.abc import Mapping, Sequence

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.worktime import Calendar, Slots
from core.worktime.days import Days, day_length

FARTHEST_DAYS = 20 * 366
"""Instants further back than this from as_of are no business of a clock: their times stay unknown."""

_NOON = DAY // 2
"""A day of the data's zone, looked up in a calendar of another zone, is the day on which its noon lies."""


def durations(
    engine: Engine,
    rows: Lazy,
    calendars: Sequence[Calendar],
    steps: Mapping[str, tuple[str, str | None]],
    *,
    as_of: int,
) -> Lazy:
    """The rows with `w_<step>` and `e_<step>`: working and elapsed seconds from the start to each step.

    `rows` have `calendar`, `_start` and `_start_by_day`; `steps`: name → column of its instant, and the flag that only
    its day is known. Further columns: `w_as_of` and `e_as_of`, and `day_seconds`, how long a working day is. Never
    negative: what came before the start took no time.
    """
    oldest = as_of - FARTHEST_DAYS * DAY
    first = engine.collect(rows.filter(nw.col("_start") >= oldest).select(_first=nw.col("_start").min()))["_first"]
    since = as_of if first.isna().all() else int(first.iloc[0])
    made = Slots.of(calendars, since - DAY, as_of + 2 * DAY)
    instants = {"start": _instants("_start", "_start_by_day")}
    # Nothing comes before the start: what is known by its day alone began with that day.
    instants |= {
        step: nw.when(~nw.col(column).is_null()).then(nw.max_horizontal(_instants(column, flag), nw.col("_start")))
        for step, (column, flag) in steps.items()
    }
    # All instants first, then all joins, then all results: each further layer is bound anew by the engine.
    rows = rows.with_columns(**{f"_t_{step}": when for step, when in instants.items()})
    rows = rows.with_columns(**{f"_slot_{step}": nw.col(f"_t_{step}") // made.width for step in instants})
    rows = rows.join(engine.frame(_at(calendars, made, as_of)), on="calendar", how="left")
    table = engine.frame(_slots(calendars, made))
    for step in instants:
        names = {name: f"_{name}_{step}" for name in table.collect_schema().names() if name != "calendar"}
        rows = rows.join(table.rename(names), on=["calendar", f"_slot_{step}"], how="left")
    taken: dict[str, nw.Expr] = {}
    for step in (*steps, "as_of"):
        for name, took in _taken(step, made.width).items():
            taken[name] = nw.when(~took.is_null()).then(nw.max_horizontal(took, nw.lit(0)))
    return rows.with_columns(**taken)


def _instants(column: str, flag: str | None) -> nw.Expr:
    """When a step came; the noon of its day, where only days are counted and it is known by its day alone."""
    if flag is None:
        return nw.col(column)
    day_alone = nw.col("_start_by_day") & nw.coalesce(nw.col(flag), nw.lit(False))
    return nw.col(column) + nw.when(day_alone).then(nw.lit(_NOON)).otherwise(nw.lit(0)).cast(nw.Int64)


def _taken(step: str, width: int) -> dict[str, nw.Expr]:
    """`w_<step>` and `e_<step>`, negative where it came before the start."""

    def until(of: str) -> nw.Expr:
        passed = nw.col(f"_t_{of}") - nw.col(f"_slot_{of}") * width
        inside = nw.when(nw.col(f"_open_{of}")).then(passed).otherwise(nw.lit(0).cast(nw.Int64))
        return nw.col(f"_cum_{of}") + inside

    by_day, start = nw.col("_start_by_day"), until("start")
    end = nw.col("_cum_as_of") if step == "as_of" else until(step)
    days, workdays = (nw.col(f"_{name}_{step}") - nw.col(f"_{name}_start") for name in ("day", "workday"))
    # Without a slot the start is too far back for any time to be told.
    elapsed = nw.when(~start.is_null()).then(nw.col(f"_t_{step}") - nw.col("_start"))
    return {
        f"w_{step}": nw.when(by_day).then(workdays * nw.col("day_seconds")).otherwise(end - start),
        f"e_{step}": nw.when(by_day).then(days * nw.lit(DAY).cast(nw.Int64)).otherwise(elapsed),
    }


def _slots(calendars: Sequence[Calendar], made: Slots) -> pd.DataFrame:
    """The slots with `workday` and `day`: how many working days, and how many days, have begun by then."""
    begins = np.arange(made.first, made.first + made.size) * made.width
    days = [_days(calendar, made) for calendar in calendars]
    return made.frame().assign(
        workday=np.concatenate([each.by(begins) for each in days]).astype(np.int64),
        day=np.concatenate([each.place(begins) for each in days]).astype(np.int64),
    )


def _at(calendars: Sequence[Calendar], made: Slots, instant: int) -> pd.DataFrame:
    """What a step at this instant takes from each calendar, and how long a day is there."""
    at = np.array([instant])
    rows = []
    for place, calendar in enumerate(calendars):
        slot = place * made.size + instant // made.width - made.first
        days, open_for = _days(calendar, made), int(made.open[slot]) * (instant % made.width)
        rows.append((calendar.id, int(made.cum[slot]) + open_for, int(days.by(at)[0]), int(days.place(at)[0])))
    lengths = {calendar.id: day_length(calendar) for calendar in calendars}
    found = pd.DataFrame(rows, columns=["calendar", "_cum_as_of", "_workday_as_of", "_day_as_of"])
    length = found["calendar"].map(lengths).astype("int64")
    return found.assign(day_seconds=length, _t_as_of=instant).astype({"calendar": "str"})


def _days(calendar: Calendar, made: Slots) -> Days:
    return Days.of(calendar, made.first * made.width, (made.first + made.size) * made.width)
