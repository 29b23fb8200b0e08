"""What if the clock had been another one? The same history under both, and the limit that people really kept."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.measures.sla import STATES, clocked
from core.tables import Column, Table

MOVES = Table(
    "moves",
    "state under the clock in force and state under the other",
    (
        Column("before", "text", "state under the clock in force", required=True),
        Column("after", "text", "state under the other clock", required=True),
        Column("hand_offs", "integer", "hand-offs", required=True),
    ),
    key=("before", "after"),
)


def moves(engine: Engine, rows: Lazy, in_force: Clock, other: Lazy, tried: Clock) -> pd.DataFrame:
    """How many hand-offs stand where under each clock (`MOVES`).

    `other` holds the same hand-offs, timed by the calendars of the other clock where they are others.
    """
    before = clocked(rows, in_force).select("unit", "pass", before=nw.col("state"))
    after = clocked(other, tried).select("unit", "pass", after=nw.col("state"))
    both = before.join(after, on=["unit", "pass"], how="inner").group_by("before", "after").agg(hand_offs=nw.len())
    found = MOVES.conform(engine.collect(both))
    order = {state: place for place, state in enumerate(STATES)}
    return found.sort_values(["before", "after"], key=lambda names: names.map(order), ignore_index=True)


@dataclass(frozen=True)
class Fitted:
    """A limit, and how many of `n` cases it judges as they were judged."""

    limit: int
    agree: int
    n: int

    @property
    def agreement(self) -> float:
        """Share judged alike; NaN over nobody."""
        return self.agree / self.n if self.n else float("nan")


def fitting_limit(seconds: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]) -> Fitted:
    """The limit that best explains which cases were called kept: at most so many seconds is kept, more is not.

    The limit is one of the cases' own times (the least of those as good), 0 where calling none kept is best.

    >>> fitting_limit(np.array([10, 20, 30, 40]), np.array([True, True, False, False]))
    Fitted(limit=20, agree=4, n=4)
    """
    order = np.argsort(seconds, kind="stable")
    times, flags = seconds[order], kept[order]
    # With the limit after case i: the kept ones up to it and the others beyond it are judged alike.
    right = np.concatenate([[0], np.cumsum(flags)]) + np.concatenate([[0], np.cumsum(~flags)])[-1]
    right = right - np.concatenate([[0], np.cumsum(~flags)])
    last = np.concatenate([[True], np.append(times[1:] != times[:-1], True)]) if len(times) else np.array([True])
    best = int(np.argmax(np.where(last, right, -1)))
    return Fitted(int(times[best - 1]) if best else 0, int(right[best]), len(times))
