"""Hand-offs with their times, made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.clocks import TIMED
from core.journeys.handoffs import HANDOFFS
from core.tables import Column, Table

AS_OF = 1_782_000_000
HOUR, DAY = 3600, 86_400
WORKDAY = 8 * HOUR
FOUR_HOURS = Clock(id="first_attempt", name="First attempt", milestone="attempt", limit_minutes=240)
WEEK = Clock(id="verdict", name="Verdict", milestone="verdict", limit_minutes=40 * 60)
ROWS = Table("timed", "hand-off", (*HANDOFFS.columns, *TIMED.columns, Column("segment", "text", "group")))
HANDED: dict[str, Any] = {
    "pass": 0, "handed_at": AS_OF - 60 * DAY, "handed_by_day": False, "before_created": False, "attempts": 0,
    "attempt_days": 0, "early_touches": 0, "unborn_touches": 0, "machine_touches": 0, "bypassed": False, "over": False,
    "furthest": 2, "won": False, "calendar": "default", "owner_kind": "person", "day_seconds": WORKDAY, "segment": "",
    "w_now": 300 * HOUR, "e_now": 60 * DAY, "w_as_of": 300 * HOUR, "e_as_of": 60 * DAY,
}  # fmt: skip
"""A hand-off of 60 days ago after which nothing came."""


def touched(hours: float, **more: Any) -> dict[str, Any]:
    """First attempt after so many working hours, three times as many elapsed ones."""
    seconds = round(hours * HOUR)
    return {
        **{"attempts": 1, "attempt_at": HANDED["handed_at"] + 3 * seconds, "attempt_by_day": False},
        **{"w_attempt": seconds, "e_attempt": 3 * seconds},
        **more,
    }


def over(hours: float, **more: Any) -> dict[str, Any]:
    """Left after so many working hours."""
    seconds = round(hours * HOUR)
    at = HANDED["handed_at"] + 3 * seconds
    return {"over": True, "over_at": at, "over_by_day": False, "w_over": seconds, "e_over": 3 * seconds, **more}


def waited(hours: float, **more: Any) -> dict[str, Any]:
    """Handed over so many working hours ago."""
    seconds = round(hours * HOUR)
    return {"w_now": seconds, "e_now": 3 * seconds, "w_as_of": seconds, "e_as_of": 3 * seconds, **more}


@dataclass(frozen=True)
class Rows:
    """An engine, and what is made on it."""

    engine: Engine
    folder: Path

    def timed(self, *rows: dict[str, Any]) -> Lazy:
        """The hand-offs, each beginning as `HANDED`."""
        made = [{**HANDED, "unit": unit, **row} for unit, row in enumerate(rows)]
        frame = pd.DataFrame(made) if made else pd.DataFrame({"unit": []})
        return self.engine.frame(ROWS.conform(frame), ROWS)


@contextmanager
def rows_in(folder: Path) -> Iterator[Rows]:
    """Rows over an engine of their own."""
    with Engine(folder, threads=1) as engine:
        yield Rows(engine, folder)
