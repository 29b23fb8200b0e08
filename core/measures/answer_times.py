"""How soon was it answered: by bands of time, as a curve, by hour of the week, and month by month? (MEASURES 3)"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.measures.sla import clocked
from core.stats.competing import Incidence, incidence
from core.tables import Column, Table

HOUR = 3600
EDGES = (5 * 60, 15 * 60, HOUR, 4 * HOUR, 24 * HOUR)
DAY_EDGES = (0, 1, 5)
TIMED_BANDS = ("0 to 5 min", "5 to 15 min", "15 to 60 min", "1 to 4 h", "4 to 24 h", "over 24 h")
DAY_BANDS = ("same day", "1 day", "2 to 5 days", "over 5 days")
BANDS = (*TIMED_BANDS, *DAY_BANDS, "never")
"""Bands of time to the milestone; a band holds its upper edge. Where only a day is known no hour can be said: those are
in bands of days, of the calendar where working time counts. `never`: not reached, or not yet."""

TIMES = Table(
    "answer_times",
    "band of time",
    (
        Column("band", "text", "one of BANDS", required=True),
        Column("hand_offs", "integer", "hand-offs answered in that time", required=True),
        Column("judged", "integer", "of them: with a verdict", required=True),
        Column("yes", "integer", "of those judged: yes", required=True),
        Column("won", "integer", "of the hand-offs: won", required=True),
    ),
    key=("band",),
)
HOURS = Table(
    "answer_hours",
    "hour of the week",
    (
        Column("hour", "integer", "0 is Monday from 00:00, in the calendar of whoever got it", required=True),
        Column("arrived", "integer", "hand-offs in that hour", required=True),
        Column("answered", "integer", "first attempts in that hour", required=True),
    ),
    key=("hour",),
)
POINTS = 240
"""Steps of the curve up to its horizon."""
TOUCHED, LEFT = 0, 1


def bands(engine: Engine, rows: Lazy, clock: Clock) -> pd.DataFrame:
    """Hand-offs by time to the clock's milestone (`TIMES`), all bands, in order; those without a start are left out.

    Shares that go with a band are an association: who is called early may have been the better lead.
    """
    took, day = nw.col("took"), nw.col("day_seconds") if clock.time == "working" else nw.lit(DAY).cast(nw.Int64)
    dated = clocked(rows, clock).filter(nw.col("state") != "no_clock")
    place = nw.lit(len(TIMED_BANDS) - 1)
    for number, edge in reversed(list(enumerate(EDGES))):
        place = nw.when(took <= edge).then(nw.lit(number)).otherwise(place)
    by_day = nw.lit(len(BANDS) - 2)
    for number, edge in reversed(list(enumerate(DAY_EDGES, start=len(TIMED_BANDS)))):
        by_day = nw.when(took <= edge * day).then(nw.lit(number)).otherwise(by_day)
    band = nw.when(took.is_null()).then(nw.lit(len(BANDS) - 1)).when(nw.col("by_day")).then(by_day).otherwise(place)
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)

    def tally(flag: nw.Expr) -> nw.Expr:
        return nw.when(nw.coalesce(flag, nw.lit(False))).then(one).otherwise(none).sum()

    counted = engine.collect(
        dated.with_columns(_band=band)
        .group_by("_band")
        .agg(
            hand_offs=nw.len(),
            judged=tally(~nw.col("verdict").is_null()),
            yes=tally(nw.col("verdict") == "yes"),
            won=tally(nw.col("won")),
        )
    ).set_index("_band")
    out = counted.reindex(range(len(BANDS)), fill_value=0).reset_index(drop=True)
    return TIMES.conform(out.assign(band=list(BANDS)))


def curve(engine: Engine, rows: Lazy, clock: Clock, *, horizon: int, by_day: bool = False) -> Incidence:
    """The share that came to the milestone by each time, in seconds as the clock counts, up to `horizon`.

    Ends: `TOUCHED`, and `LEFT` for those that left, began anew or were won without it; who is still open is neither.
    Those without a clock have no part, and hours and days are never mixed: `by_day` says whose curve it is, of those
    handed over at a known instant or of those of which only the day is known. What is known by its day alone after a
    known hand-off has come when that day begins, as in the states.
    """
    step = _step(clock.limit_seconds, horizon)
    told = clocked(rows, clock).filter(nw.col("state") != "no_clock", nw.col("start_by_day") == by_day)
    took, left = nw.col("took"), nw.col("left")
    gone = ~left.is_null() & (took.is_null() | nw.col("left_first"))
    ended = nw.when(gone).then(nw.lit(LEFT)).when(~took.is_null()).then(nw.lit(TOUCHED)).otherwise(nw.lit(2))
    when = nw.when(gone).then(left).otherwise(nw.col("spent"))
    # Rounded up: whoever came to it inside a step has done so at its end.
    place = nw.min_horizontal((when + step - 1) // step, nw.lit(POINTS + 1).cast(nw.Int64))
    counted = engine.collect(told.with_columns(_end=ended, _place=place).group_by("_place", "_end").agg(n=nw.len()))
    wide = counted.astype("int64").pivot_table(index="_place", columns="_end", values="n", aggfunc="sum", fill_value=0)
    wide = wide.reindex(index=range(POINTS + 2), columns=range(3), fill_value=0)
    # What came later than the horizon was open at it.
    beyond = int(wide.to_numpy(dtype=np.int64)[POINTS + 1].sum())
    ends = wide[[TOUCHED, LEFT]].to_numpy(dtype=np.int64).copy()
    still = wide[2].to_numpy(dtype=np.int64).copy()
    ends[POINTS + 1], still[POINTS + 1] = 0, beyond
    return incidence(np.arange(POINTS + 2, dtype=np.int64) * step, ends, still)


def _step(limit: int, horizon: int) -> int:
    """Seconds from one point of the curve to the next: a whole number of them make the limit, so that it is a point.

    >>> _step(14_400, 43_200), _step(5_400, 16_200), _step(60, 180)
    (180, 72, 60)
    """
    number = max(1, int(limit / max(60, horizon / POINTS)))
    while limit % number:
        number -= 1
    return limit // number


def hours(engine: Engine, rows: Lazy) -> pd.DataFrame:
    """When hand-offs arrive and when they are first answered, by hour of the week (`HOURS`), all 168 of them."""
    out = pd.DataFrame({"hour": range(168)})
    for name, source in (("arrived", "arrived_hour"), ("answered", "answered_hour")):
        known = rows.filter(~nw.col(source).is_null())
        counted = engine.collect(known.group_by(source).agg(n=nw.len())).set_index(source)["n"].astype("int64")
        out[name] = counted.reindex(range(168), fill_value=0).to_numpy()
    return HOURS.conform(out)


def by_month(rows: Lazy, engine: Engine, zone: ZoneInfo) -> Lazy:
    """The rows with `segment`, the month of the hand-off in the data's zone (as 2026-03); undated ones left out."""
    dated = rows.filter(~nw.col("handed_at").is_null())
    ends = engine.collect(dated.select(first=nw.col("handed_at").min(), last=nw.col("handed_at").max()))
    if ends["first"].isna().all():
        return dated
    starts = _months(int(ends["first"].iloc[0]), int(ends["last"].iloc[0]), zone)
    month = nw.lit(starts[0][0])
    for name, begins in starts[1:]:
        month = nw.when(nw.col("handed_at") >= begins).then(nw.lit(name)).otherwise(month)
    return dated.with_columns(segment=month)


def _months(first: int, last: int, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Every month from that of `first` to that of `last`, with its first second."""
    at = datetime.fromtimestamp(first, UTC).astimezone(zone)
    year, month = at.year, at.month
    found = []
    while (begins := int(datetime(year, month, 1, tzinfo=zone).timestamp())) <= last:
        found.append((f"{year}-{month:02}", begins))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
