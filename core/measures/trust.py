"""Can these clocks be trusted? Where touches come before their leads, or there are none, no average says anything."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from core.definition import Clock
from core.definition.clocks import Milestone
from core.engine import Engine, Lazy
from core.measures.sla import clocked, column

TENTH, HALF = 0.1, 0.5
"""Beyond this share of hand-offs a contradiction is no exception any more, and beyond this one a missing date."""
HALF_YEAR = 180 * 86_400
"""A median wait beyond this is no answer to a lead."""


_ABSENT: Mapping[Milestone, str] = {
    "attempt": "no call, mail or meeting by a person is recorded of any lead that was handed over",
    "contact": "no conversation with any lead that was handed over is recorded",
    "verdict": "no yes or no of sales is recorded of any lead",
    "disposition": "nothing that sales recorded after a hand-off is in these data",
}


@dataclass(frozen=True)
class Trust:
    """What speaks against the times of a clock. Numbers of hand-offs, but for `unborn_touches`."""

    milestone: Milestone
    recorded: bool
    """Is the milestone recorded of any hand-off in these data, also of those that are not asked about?"""
    exits: bool
    """Is any hand-off in these data on record as having ended otherwise than won?"""
    hand_offs: int
    undated: int
    before_created: int
    """Handed over before they were created."""
    touched_unborn: int
    """With a touch that is dated before the lead was created."""
    unborn_touches: int
    touched_early: int
    """With a touch before their first hand-off: it counts for no clock."""
    by_day: int
    answered: int
    median_wait: int | None
    """Elapsed seconds to the milestone, of those answered."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Why these clocks cannot be trusted; empty when they can."""
        said = [] if self.recorded else [_ABSENT[self.milestone]]
        for number, share, words in (
            (self.undated, HALF, "have no dated hand-off"),
            (self.before_created, TENTH, "were handed over before they were created"),
            (self.touched_unborn, TENTH, "have touches dated before they were created"),
        ):
            if number > share * self.hand_offs:
                said.append(f"{number:,} of {self.hand_offs:,} {words}")
        if self.median_wait is not None and self.median_wait > HALF_YEAR:
            said.append(f"half of those answered waited more than {self.median_wait // 3600:,} hours")
        return tuple(said)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out or is known only roughly, also where the rest can be trusted."""
        silent = "no lead is on record as turned down or gone: those that were still count as waiting"
        found = tuple(
            f"{number:,} {words}"
            for number, words in (
                (self.undated, "have no dated hand-off: no clock runs for them"),
                (self.unborn_touches, "touches dated before their lead was created are left out"),
                (self.before_created, "were handed over before they were created"),
                (self.touched_early, "were touched before they were handed over: that counts for no clock"),
                (self.by_day, "are known by the day alone: measured in days, a limit of hours as one whole day"),
            )
            if number
        )
        return found if self.exits or not self.hand_offs else (*found, silent)


def trust(engine: Engine, rows: Lazy, clock: Clock, *, every: Lazy) -> Trust:
    """What speaks against the times of this clock over these hand-offs, of all that are in the data (`every`)."""
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)

    def number(flag: nw.Expr) -> nw.Expr:
        return nw.when(nw.coalesce(flag, nw.lit(False))).then(one).otherwise(none).sum()

    took = nw.col(column(clock.model_copy(update={"time": "elapsed"}), clock.milestone))
    found = engine.collect(
        clocked(rows, clock).select(
            hand_offs=nw.len(),
            undated=number(nw.col("handed_at").is_null()),
            before_created=number(nw.col("before_created")),
            touched_unborn=number(nw.col("unborn_touches") > 0),
            unborn_touches=nw.col("unborn_touches").sum(),
            touched_early=number(nw.col("early_touches") > 0),
            by_day=number(nw.col("by_day")),
            answered=number(~took.is_null()),
            median_wait=took.median(),
        )
    ).iloc[0]
    wait = found["median_wait"]
    numbers = {
        name: int(found[name]) if found[name] == found[name] else 0 for name in found.index if name != "median_wait"
    }
    return Trust(
        milestone=clock.milestone,
        recorded=recorded(engine, every, clock.milestone),
        exits=_any(engine, every, nw.col("over") & ~nw.col("won")),
        **numbers,
        median_wait=None if wait != wait else int(wait),
    )


def recorded(engine: Engine, every: Lazy, milestone: Milestone) -> bool:
    """Is this milestone recorded of any hand-off at all? Where it never is, its absence says nothing of anybody."""
    seen = {
        "attempt": nw.sum_horizontal("attempts", "early_touches", "unborn_touches") > 0,
        "contact": ~nw.col("contact_at").is_null(),
        "verdict": ~nw.col("verdict").is_null(),
        "disposition": ~nw.col("disposed_at").is_null(),
    }
    return _any(engine, every, seen[milestone])


def _any(engine: Engine, rows: Lazy, flag: nw.Expr) -> bool:
    return len(engine.collect(rows.filter(nw.coalesce(flag, nw.lit(False))).select("unit").head(1))) > 0
