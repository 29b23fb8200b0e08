"""Who is in the cohort, and with which pass does each lead stand at each stage? (MEASURES 2)

`standing` turns the facts into rows that every policy shares, `signatures` counts equal rows together: the funnel, its
breakdowns and its lists are all made of these.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal

import narwhals as nw
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.passes import DAY, DISQUALIFIED, LOST, RECYCLED, REJECTED, STALLED, WAITING, at
from core.journeys.reduce import Facts
from core.settings import Settings

Policy = Literal["furthest", "observed", "ordered", "current"]
POLICIES: dict[Policy, str] = {
    "furthest": "a later stage proves the earlier ones",
    "observed": "only dated entries",
    "ordered": "every stage in order, inside the conversion window",
    "current": "where each lead is now: a stock, not a conversion",
}
UNKNOWN = "(not stated)"
"""How a missing value is called where leads are grouped by it; never merged with a source that calls itself unknown."""


class Query(BaseModel):
    """What is asked of the facts. `base` is a stage id (None: the first); days are inclusive, in the data's zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str | None = None
    start: date | None = None
    end: date | None = None
    policy: Policy = "furthest"
    counting: Literal["leads", "passes"] = "leads"
    where: tuple[tuple[str, str], ...] = ()
    by: str | None = None
    mature_days: int = Field(90, ge=1)


def bounds(query: Query, settings: Settings) -> tuple[int | None, int | None]:
    """First second of the period and first second after it (UTC), None where it is open."""

    def second(day: date | None, plus: int = 0) -> int | None:
        if day is None or (plus and day == date.max):
            return None
        local = datetime.combine(day + timedelta(days=plus), time(), tzinfo=settings.tz)
        return int(local.timestamp())

    if query.start and query.end and query.end < query.start:
        raise QueryInvalid(f"The period ends ({query.end}) before it begins ({query.start}).", "Swap the two days.")
    return second(query.start), second(query.end, 1)


def base_place(facts: Facts, query: Query) -> int:
    """Place of the stage that the cohort is counted from."""
    if query.base is None:
        return 0
    if query.base not in facts.definition.stage_ids:
        raise QueryInvalid(
            f'There is no stage "{query.base}" in "{facts.definition.name}".',
            f"Its stages are {', '.join(facts.definition.stage_ids)}.",
        )
    return facts.definition.place(query.base)


def segment_columns(engine: Engine, facts: Facts) -> tuple[str, ...]:
    """Columns that leads can be grouped and filtered by."""
    never = {"unit", "lead_id", "has_row", "created_at", "first_name", "last_name", "email", "phone"}
    # What was checked of an address is asked by a criterion; a domain is as good as a name.
    never |= {"email_ok", "email_free", "email_disposable", "email_domain", "phone_ok"}
    return tuple(name for name in facts.units(engine).collect_schema().names() if name not in never)


def standing(engine: Engine, facts: Facts, query: Query, settings: Settings, *, depths: Lazy | None = None) -> Lazy:
    """One row per lead and pass that counts for something in the cohort.

    Columns: `unit`, `pass`, `segment`; `stands` (bit mask of the stages it stands for), `seen` (those of them with a
    dated entry), `top` (furthest stage), `end` (how it stands there, a code of ENDS), `reason`, `matured` (bit mask),
    `at_k` (when stage k was known to be entered), `current`.
    `depths` (columns `unit`, `depth`, `started_at`) is needed by the `ordered` policy alone.
    """
    n, base = len(facts.definition.stages), base_place(facts, query)
    rows = facts.passes(engine).select(
        "unit",
        "pass",
        "furthest",
        "shadow",
        "end",
        "reason",
        "observed",
        "standing",
        "top",
        "end_observed",
        "current",
        "n_passes",
        "ended_at",
        *(at(k) for k in range(n)),
    )
    rows = _by_policy(rows, facts, query, settings, depths)
    ended = nw.col("end").is_in([REJECTED, RECYCLED, DISQUALIFIED, LOST])
    rows = rows.with_columns(reason=nw.when(ended).then(nw.col("reason")))
    start, end = bounds(query, settings)
    rows = _in_cohort(rows, query, base, start, end)
    if query.policy == "current":
        rows = _where_now(rows, base, n)
    rows = in_segment(engine, rows, facts, query)
    aged = facts.as_of - query.mature_days * DAY
    matured = [_bit(nw.coalesce(nw.col(at(k)) <= aged, nw.lit(False)), k) for k in range(n)]
    return rows.with_columns(matured=nw.sum_horizontal(*matured).cast(nw.Int64))


def _by_policy(rows: Lazy, facts: Facts, query: Query, settings: Settings, depths: Lazy | None) -> Lazy:
    n = len(facts.definition.stages)
    seen = nw.col("observed")
    if query.policy == "observed":
        stands = nw.col("standing") if query.counting == "leads" else seen
        return rows.filter(nw.col("top") >= 0).with_columns(stands=stands, seen=seen, end=nw.col("end_observed"))
    if query.policy == "ordered":
        return _ordered(rows, facts, query, settings, depths)
    later = nw.col("shadow") if query.counting == "leads" else nw.lit(-1).cast(nw.Int64)
    stands = nw.sum_horizontal(*(_bit((nw.col("furthest") >= k) & (later < k), k) for k in range(n))).cast(nw.Int64)
    return rows.with_columns(stands=stands, seen=seen, top=nw.col("furthest"), **_known(n))


def _where_now(rows: Lazy, base: int, n: int) -> Lazy:
    # Only the last pass says where a lead is; a lead that has left is in no stage.
    here = rows.filter(nw.col("pass") + 1 == nw.col("n_passes"))
    here = here.filter(nw.col("end").is_in([WAITING, STALLED]), nw.col("current") >= base)
    stands = nw.sum_horizontal(*(_bit(nw.col("current") == k, k) for k in range(n))).cast(nw.Int64)
    return here.with_columns(stands=stands, seen=stands, top=nw.col("current"))


def _ordered(rows: Lazy, facts: Facts, query: Query, settings: Settings, depths: Lazy | None) -> Lazy:
    if depths is None:
        raise QueryInvalid("The ordered reading needs the order of events.", "Ask through the workspace.")
    n, base = len(facts.definition.stages), base_place(facts, query)
    last = rows.filter(nw.col("pass") == nw.col("pass").max().over("unit"))
    top = (nw.col("depth") + base - 1).cast(nw.Int64)
    stands = nw.sum_horizontal(*(_bit((top >= k) & nw.lit(k >= base), k) for k in range(n))).cast(nw.Int64)
    open_window = nw.col("started_at") + settings.window_days * DAY >= facts.as_of
    # Where the lead came no further than this sequence did, it stands as its last pass does; where it went on by
    # another way, the sequence waits while its window is open and has stalled after that.
    end = (
        nw.when(nw.col("furthest") == top)
        .then(nw.col("end"))
        .otherwise(nw.when(open_window).then(nw.lit(WAITING)).otherwise(nw.lit(STALLED)).cast(nw.Int64))
    )
    entered: dict[str, nw.Expr] = {at(k): nw.when(top >= k).then(nw.col(f"step_{k}")) for k in range(base, n)}
    entered |= {at(k): nw.lit(None).cast(nw.Int64) for k in range(base)}
    return (
        last.join(depths, on="unit", how="inner")
        .with_columns(_top=top, stands=stands, seen=stands, end=end.cast(nw.Int64), **entered)
        .with_columns(top=nw.col("_top"), reason=nw.when(nw.col("furthest") == nw.col("_top")).then(nw.col("reason")))
    )


def _known(n: int) -> dict[str, nw.Expr]:
    """When each stage was known to be entered: its own date, else that of the next later one that proves it."""
    return {
        at(k): nw.coalesce(nw.col(at(k)), nw.min_horizontal(*(at(j) for j in range(k, n)))).cast(nw.Int64)
        for k in range(n)
    }


def _in_cohort(rows: Lazy, query: Query, base: int, start: int | None, end: int | None) -> Lazy:
    entered = nw.col(at(base))
    # A lead that never entered the base is in no cohort of it, however far it came.
    inside = (nw.col("observed") // (1 << base)) % 2 == 1 if query.policy == "observed" else nw.col("top") >= base
    if query.counting == "passes":
        return rows.filter(inside, *_between(start, end, entered)).with_columns(cohort_at=entered)
    first = nw.when(inside).then(entered).min().over("unit")
    if start is None and end is None:
        member = nw.when(inside).then(nw.lit(1)).otherwise(nw.lit(0)).max().over("unit") == 1
        return rows.with_columns(cohort_at=first, _member=member).filter(nw.col("_member")).drop("_member")
    rows = rows.with_columns(cohort_at=first)
    return rows.filter(*_between(start, end, nw.col("cohort_at")))


def _between(start: int | None, end: int | None, when: nw.Expr) -> list[nw.Expr]:
    after = [] if start is None else [when >= start]
    return after if end is None else [*after, when < end]


def in_segment(engine: Engine, rows: Lazy, facts: Facts, query: Query) -> Lazy:
    """The rows whose lead fits the query's filters, with `segment`, the lead's value of the column broken down by."""
    known = segment_columns(engine, facts)
    asked = [name for name, _ in query.where] + ([query.by] if query.by else [])
    for name in asked:
        if name not in known:
            raise QueryInvalid(f'These data have no column "{name}".', f"There are {', '.join(known)}.")
    if not asked:
        return rows.with_columns(segment=nw.lit(""))
    every = facts.units(engine)
    for name in dict.fromkeys(name for name, _ in query.where):
        text = nw.coalesce(nw.col(name).cast(nw.String), nw.lit(UNKNOWN))
        every = every.filter(text.is_in([value for column, value in query.where if column == name]))
    segment = nw.coalesce(nw.col(query.by).cast(nw.String), nw.lit(UNKNOWN)) if query.by else nw.lit("")
    return rows.join(every.select("unit", segment=segment), on="unit", how="inner")


def signatures(engine: Engine, rows: Lazy) -> pd.DataFrame:
    """Equal rows counted together: `segment`, `stands`, `seen`, `top`, `end`, `reason`, `matured`, `again`, `n`.

    `again` marks a second or later pass. Some hundred rows, however many leads.
    """
    grouped = (
        rows.with_columns(again=nw.col("pass") > 0)
        .group_by("segment", "stands", "seen", "top", "end", "reason", "matured", "again")
        .agg(n=nw.len())
    )
    out = engine.collect(grouped)
    return out.astype(dict.fromkeys(("stands", "seen", "top", "end", "matured", "n"), "int64")).sort_values(
        ["segment", "stands", "top", "end", "reason", "matured", "seen"], ignore_index=True
    )


def _bit(condition: nw.Expr, place: int) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1 << place).cast(nw.Int64)).otherwise(nw.lit(0).cast(nw.Int64))
