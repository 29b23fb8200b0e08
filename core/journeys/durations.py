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
_SLOT = {"cum": "s", "workday": "n", "day": "d", "hour": "h"}
"""Column of the slots → prefix of what a step takes from them."""


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
    table = engine.frame(_slots(calendars, made))
    by_day = nw.col("_start_by_day")
    noon = nw.when(by_day).then(nw.lit(_NOON)).otherwise(nw.lit(0)).cast(nw.Int64)
    rows = rows.join(engine.frame(_at(calendars, made, as_of)), on="calendar", how="left")
    rows = _placed(rows, table, made.width, "start", nw.col("_start") + noon)
    for step, (column, flag) in steps.items():
        day_alone = by_day & nw.coalesce(nw.col(flag), nw.lit(False)) if flag else nw.lit(False)
        at = nw.col(column) + nw.when(day_alone).then(nw.lit(_NOON)).otherwise(nw.lit(0)).cast(nw.Int64)
        # Nothing comes before the start: what is known by its day alone began with that day.
        later = nw.when(~at.is_null()).then(nw.max_horizontal(at, nw.col("_start")))
        rows = _taken(_placed(rows, table, made.width, step, later), step)
    done = _taken(rows.with_columns(_t_as_of=nw.lit(as_of).cast(nw.Int64)), "as_of")
    # Without a slot the start is too far back for any time to be told.
    known = ~nw.col("_s_start").is_null()
    return done.with_columns(**{f"{kind}_as_of": nw.when(known).then(nw.col(f"{kind}_as_of")) for kind in "we"})


def _placed(rows: Lazy, table: Lazy, width: int, step: str, when: nw.Expr) -> Lazy:
    """With `_t_`, the instant of a step, `_s_`, the working seconds up to it, `_n_`, the working days, `_d_`, the days,
    and `_h_`, the local hour of the week."""
    rows = rows.with_columns(**{f"_t_{step}": when}).with_columns(_slot=nw.col(f"_t_{step}") // width)
    joined = rows.join(table.rename({"slot": "_slot"}), on=["calendar", "_slot"], how="left")
    passed = nw.col(f"_t_{step}") - nw.col("_slot") * width
    inside = nw.when(nw.col("open")).then(passed).otherwise(nw.lit(0).cast(nw.Int64))
    return joined.with_columns(
        **{f"_{short}_{step}": nw.col(name) + (inside if name == "cum" else 0) for name, short in _SLOT.items()}
    ).drop(*_SLOT, "open", "_slot")


def _taken(rows: Lazy, step: str) -> Lazy:
    by_day = nw.col("_start_by_day")
    days = {kind: nw.col(f"_{kind}_{step}") - nw.col(f"_{kind}_start") for kind in "nd"}
    working = nw.when(by_day).then(days["n"] * nw.col("day_seconds"))
    elapsed = nw.when(by_day).then(days["d"] * nw.lit(DAY).cast(nw.Int64))
    taken = {
        f"w_{step}": working.otherwise(nw.col(f"_s_{step}") - nw.col("_s_start")),
        f"e_{step}": elapsed.otherwise(nw.col(f"_t_{step}") - nw.col("_start")),
    }
    return rows.with_columns(
        **{name: nw.when(~took.is_null()).then(nw.max_horizontal(took, nw.lit(0))) for name, took in taken.items()}
    )


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
    found = pd.DataFrame(rows, columns=["calendar", "_s_as_of", "_n_as_of", "_d_as_of"])
    return found.assign(day_seconds=found["calendar"].map(lengths).astype("int64")).astype({"calendar": "str"})


def _days(calendar: Calendar, made: Slots) -> Days:
    return Days.of(calendar, made.first * made.width, (made.first + made.size) * made.width)
