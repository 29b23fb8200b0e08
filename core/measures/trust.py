"""Can these clocks be trusted? Where touches are dated before their leads, no average says anything."""

from dataclasses import dataclass

import narwhals as nw

from core.definition import Clock
from core.engine import Engine, Lazy
from core.measures.sla import clocked, column

TENTH = 0.1
"""Beyond this share of hand-offs a fault is no exception any more."""
HALF_YEAR = 180 * 86_400
"""A median wait beyond this is no answer to a lead."""


@dataclass(frozen=True)
class Trust:
    """What speaks against the times of a clock. Numbers of hand-offs, but for `unborn_touches`."""

    hand_offs: int
    undated: int
    before_created: int
    """Handed over before they were created."""
    touched_unborn: int
    """With a touch that is dated before the lead was created."""
    unborn_touches: int
    by_day: int
    answered: int
    median_wait: int | None
    """Elapsed seconds to the milestone, of those answered."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Why these clocks cannot be trusted; empty when they can."""
        said = []
        for number, words in (
            (self.undated, "have no dated hand-off"),
            (self.before_created, "were handed over before they were created"),
            (self.touched_unborn, "have touches dated before they were created"),
        ):
            if self.hand_offs and number > TENTH * self.hand_offs:
                said.append(f"{number:,} of {self.hand_offs:,} {words}")
        if self.median_wait is not None and self.median_wait > HALF_YEAR:
            said.append(f"half of those answered waited more than {self.median_wait // 3600:,} hours")
        return tuple(said)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out or is known only roughly, also where the rest can be trusted."""
        said = []
        if self.unborn_touches:
            said.append(f"{self.unborn_touches:,} touches dated before their lead was created are left out")
        if self.before_created:
            said.append(f"{self.before_created:,} were handed over before they were created")
        if self.by_day:
            said.append(f"{self.by_day:,} are known by the day alone and are measured in days")
        return tuple(said)


def trust(engine: Engine, rows: Lazy, clock: Clock) -> Trust:
    """What speaks against the times of this clock over these hand-offs."""
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
            by_day=number(nw.col("by_day")),
            answered=number(~took.is_null()),
            median_wait=took.median(),
        )
    ).iloc[0]
    wait = found["median_wait"]
    numbers = {
        name: int(found[name]) if found[name] == found[name] else 0 for name in found.index if name != "median_wait"
    }
    return Trust(**numbers, median_wait=None if wait != wait else int(wait))
