"""How long did each step after the hand-off take, in the working time of whoever had the lead? (MEASURES 3)"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.durations import durations
from core.tables import Column, Table
from core.worktime import Calendar, default_calendar, zone_names

STEPS = {"attempt": "attempt", "contact": "contact", "verdict": "verdict", "disposition": "disposed"}
"""Milestone of a clock → the column of the facts that holds its instant (`<column>_at`, `<column>_by_day`)."""

_FIRSTS: dict[str, tuple[str, str | None]] = {step: (f"{name}_at", f"{name}_by_day") for step, name in STEPS.items()}
_ENDS: dict[str, tuple[str, str | None]] = {
    "bypassed": ("bypassed_at", "bypassed_by_day"),
    "over": ("over_at", "over_by_day"),
    "now": ("_until", None),
}

_OF_PERSON = ("person_id", "name", "kind", "team", "manager", "active")
_WHO = (*_OF_PERSON, "side")
"""What the times of a hand-off depend on: nothing else of a person changes them."""

_PERSON = (
    Column("calendar", "text", "calendar that the working time is counted in", required=True),
    Column("team", "text", "the rep's team"),
    Column("manager", "text", "the rep's manager"),
)
_TIMES = (
    *(
        Column(f"{kind}_{step}", "integer", f"{words} seconds from the start to {says}; missing where unknown")
        for kind, words in (("w", "working"), ("e", "elapsed"))
        for step, says in (
            *((step, f"the first {step}") for step in STEPS),
            ("left", "its leaving without sales"),
            ("bypassed", "its moving on beyond the verdict without one"),
            ("over", "its leaving, by whomever, or being won"),
            ("now", "as_of, or to the end of the window"),
            ("as_of", "as_of"),
        )
    ),
    Column("day_seconds", "integer", "working seconds of a usual day in that calendar", required=True),
)
TIMED = Table(
    "timed",
    "unit and pass that came to the hand-off or beyond it",
    (
        *_PERSON,
        Column("rep_name", "text", "name of the rep"),
        Column("rep_active", "flag", "the rep is still there"),
        Column("owner_now_name", "text", "name of the owner at as_of"),
        Column("owner_now_active", "flag", "that owner is still there"),
        Column("owner_kind", "text", "kind of that owner: person, queue, machine or unknown", required=True),
        *_TIMES,
        Column("arrived_hour", "integer", "hour of the week of the hand-off, 0 from Monday 00:00, in that calendar"),
        Column("answered_hour", "integer", "hour of the week of the first attempt"),
    ),
    key=("unit", "pass"),
)
"""Beside these: every column of `handoffs.HANDOFFS`."""


@dataclass(frozen=True)
class Timing:
    """Whose hours count: the calendars by id, each person's, and the one for everybody else."""

    calendars: Mapping[str, Calendar]
    of_person: Mapping[str, str]
    default: str

    def key(self, people: pd.DataFrame) -> str:
        """Short hash of whose hours count and of who these people are: times kept under it stay true."""
        hours = sorted((name, calendar.model_dump_json()) for name, calendar in self.calendars.items())
        stated = [hours, sorted(self.of_person.items()), self.default, people[list(_WHO)].to_json()]
        return hashlib.blake2b(repr(stated).encode(), digest_size=8).hexdigest()


def usual_timing(people: pd.DataFrame, zone: str) -> Timing:
    """The usual hours for everybody: Monday to Friday, 9 to 17, in the person's zone where one is stated that exists,
    else in `zone`, that of the data."""
    usual = default_calendar(zone)
    calendars, of_person = {usual.id: usual}, {}
    stated = people[["person_id", "zone"]].dropna()
    for person, own in zip(stated["person_id"], stated["zone"], strict=True):
        if own in zone_names() and own != zone:
            here = default_calendar(own).model_copy(update={"id": f"{usual.id}:{own}"})
            calendars[here.id], of_person[person] = here, here.id
    return Timing(calendars, of_person, usual.id)


def timed(engine: Engine, handoffs: Lazy, people: pd.DataFrame, timing: Timing, *, as_of: int) -> Lazy:
    """The hand-offs with their times (`TIMED`). `people` is `people.everyone`."""
    known = _known(engine, people, timing)
    rep = known.select(
        rep=nw.col("who"), rep_name=nw.col("name"), rep_active=nw.col("active"), **_same("team", "manager", "calendar")
    )
    now = known.select(
        owner_now=nw.col("who"),
        owner_now_name=nw.col("name"),
        owner_now_active=nw.col("active"),
        owner_kind=nw.col("kind"),
    )
    rows = handoffs.join(rep, on="rep", how="left").join(now, on="owner_now", how="left")
    rows = rows.with_columns(
        calendar=nw.coalesce(nw.col("calendar"), nw.lit(timing.default)),
        owner_kind=nw.coalesce(nw.col("owner_kind"), nw.lit("unknown")),
        _start=nw.col("handed_at"),
        _start_by_day=nw.coalesce(nw.col("handed_by_day"), nw.lit(False)),
        _until=nw.coalesce(nw.col("next_at"), nw.lit(as_of).cast(nw.Int64)),
    )
    steps = {**_FIRSTS, "left": ("left_at", None), **_ENDS}
    measured = durations(engine, rows, list(timing.calendars.values()), steps, as_of=as_of)
    return measured.with_columns(
        arrived_hour=nw.when(~nw.col("_start_by_day")).then(nw.col("_hour_start")),
        answered_hour=nw.when(~nw.coalesce(nw.col("attempt_by_day"), nw.lit(False))).then(nw.col("_hour_attempt")),
    ).select(*handoffs.collect_schema().names(), *TIMED.names)


def timed_spells(engine: Engine, spells: Lazy, people: pd.DataFrame, timing: Timing, *, as_of: int) -> Lazy:
    """The spells of ownership with `owner_name`, `team`, `manager`, `active`, `calendar` and their own times."""
    known = _known(engine, people, timing)
    own = known.select(owner=nw.col("who"), owner_name=nw.col("name"), **_same("team", "manager", "active", "calendar"))
    rows = spells.join(own, on="owner", how="left").with_columns(
        calendar=nw.coalesce(nw.col("calendar"), nw.lit(timing.default)),
        _start=nw.col("started_at"),
        _start_by_day=nw.coalesce(nw.col("started_by_day"), nw.lit(False)),
        _until=nw.coalesce(nw.col("ended_at"), nw.lit(as_of).cast(nw.Int64)),
    )
    measured = durations(engine, rows, list(timing.calendars.values()), {**_FIRSTS, **_ENDS}, as_of=as_of)
    times = [column.name for column in _TIMES if not column.name.endswith("_left")]
    mine = ("owner_name", "team", "manager", "active", "calendar")
    return measured.select(*spells.collect_schema().names(), *mine, *times)


def _same(*names: str) -> dict[str, nw.Expr]:
    return {name: nw.col(name) for name in names}


def _known(engine: Engine, people: pd.DataFrame, timing: Timing) -> Lazy:
    small = people[list(_OF_PERSON)].rename(columns={"person_id": "who"})
    calendar = [timing.of_person.get(who, timing.default) for who in small["who"]]
    table = Table(
        "known",
        "person",
        tuple(Column(name, "flag" if name == "active" else "text", name) for name in (*small.columns, "calendar")),
    )
    return engine.frame(table.conform(small.assign(calendar=calendar)), table)
