"""Where do leads leak, stage by stage, with every lead accounted for? (MEASURES 2)"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.passes import ENDS
from core.journeys.reduce import Facts
from core.measures.cohort import Query, base_place, signatures, standing
from core.settings import Settings
from core.stats.intervals import Rate
from core.tables import Column, Table

OUTCOMES = ("advanced", "rejected", "recycled", "disqualified", "lost", "stalled", "waiting")
LEAKS = ("rejected", "recycled", "disqualified", "lost", "stalled")
"""Outcomes that are a leak; waiting leads may still move."""

FUNNEL = Table(
    "funnel",
    "segment and stage",
    (
        Column("segment", "text", "value of the column that the funnel is broken down by", required=True),
        Column("stage", "text", "stage id", required=True),
        Column("name", "text", "stage name", required=True),
        Column(
            "entered", "integer", "leads (or passes) that entered: the denominator of everything here", required=True
        ),
        *(Column(outcome, "integer", f"of those, {outcome}", required=True) for outcome in OUTCOMES),
        Column(
            "inferred",
            "integer",
            "of those entered, known only because of a later stage or an undated status",
            required=True,
        ),
        Column("skipped", "integer", "advanced without entering the next stage", required=True),
        Column("again", "integer", "of those entered, on a second or later pass", required=True),
        Column("matured", "integer", "of those entered, at least `mature_days` before as_of", required=True),
        Column("matured_advanced", "integer", "of the matured, advanced", required=True),
    ),
    key=("segment", "stage"),
)

REASONS = Table(
    "reasons",
    "segment, stage, outcome and reason",
    (
        Column("segment", "text", "as in `funnel`", required=True),
        Column("stage", "text", "stage id", required=True),
        Column("outcome", "text", "rejected, recycled, disqualified or lost", required=True),
        Column("reason", "text", "reason; missing when none was given"),
        Column("n", "integer", "leads (or passes)", required=True),
    ),
)


@dataclass(frozen=True)
class Leak:
    """The stage at which most are lost: `lost` of those who entered it, `most` of them by `outcome`."""

    stage: str
    name: str
    lost: Rate
    outcome: str
    most: int


@dataclass(frozen=True)
class Funnel:
    """One answer: the stages, the reasons behind the exits, and what it is true of."""

    query: Query
    definition: Definition
    as_of: int
    stages: pd.DataFrame
    reasons: pd.DataFrame

    @property
    def segments(self) -> tuple[str, ...]:
        """Segments, largest first; one empty name without a breakdown."""
        first = self.stages.drop_duplicates("segment").sort_values(["entered", "segment"], ascending=[False, True])
        return tuple(first["segment"])

    def total(self, segment: str | None = None) -> pd.DataFrame:
        """The stages of one segment, or of all together (one row per stage)."""
        if segment not in self._totals:
            self._totals[segment] = self._summed(segment)
        return self._totals[segment].copy()

    @cached_property
    def _totals(self) -> dict[str | None, pd.DataFrame]:
        """Sums already made: every rate asks for them."""
        return {}

    def _summed(self, segment: str | None) -> pd.DataFrame:
        rows = self.stages if segment is None else self.stages[self.stages["segment"] == segment]
        counts = [c.name for c in FUNNEL.columns if c.kind == "integer"]
        summed = rows.groupby(["stage", "name"], sort=False)[counts].sum().reset_index()
        order = {stage: place for place, stage in enumerate(self.definition.stage_ids)}
        return summed.sort_values("stage", key=lambda ids: ids.map(order), ignore_index=True)

    def rate(self, stage: str, segment: str | None = None, *, matured: bool = False) -> Rate:
        """Share of those who entered the stage that advanced.

        A rate over nobody from the last stage, which nobody can leave forward, and of a stock (`current`).
        """
        row = self._row(stage, segment)
        if stage == self.definition.stage_ids[-1] or self.query.policy == "current":
            return Rate(0, 0)
        if matured:
            return Rate(int(row["matured_advanced"]), int(row["matured"]))
        return Rate(int(row["advanced"]), int(row["entered"]))

    def reached(self, stage: str, segment: str | None = None) -> Rate:
        """Share of the cohort (those who entered the base stage) that entered this stage; over nobody of a stock."""
        if self.query.policy == "current":
            return Rate(0, 0)
        rows = self.total(segment)
        base = int(rows["entered"].iloc[0]) if len(rows) else 0
        return Rate(int(self._row(stage, segment)["entered"]), base)

    def headline_matured(self, stage: str, segment: str | None = None) -> bool:
        """Must the matured rate be the headline? Where more than a tenth of those entered have not matured."""
        row = self._row(stage, segment)
        return bool(row["entered"]) and int(row["matured"]) < 0.9 * int(row["entered"])

    def leak(self, segment: str | None = None) -> Leak | None:
        """The stage at which most are lost, in whatever way; None where nothing leaks."""
        rows = self.total(segment)
        sizes = rows[list(LEAKS)].to_numpy(dtype=np.int64)
        if not sizes.sum():
            return None
        place = int(sizes.sum(axis=1).argmax())
        way = int(sizes[place].argmax())
        row = rows.iloc[place]
        lost = Rate(int(sizes[place].sum()), int(row["entered"]))
        return Leak(str(row["stage"]), str(row["name"]), lost, LEAKS[way], int(sizes[place, way]))

    def broken(self) -> pd.DataFrame:
        """Rows whose outcomes do not add up to those who entered. Empty, or the program is wrong."""
        return self.stages[self.stages["entered"] != self.stages[list(OUTCOMES)].sum(axis=1)]

    def _row(self, stage: str, segment: str | None) -> pd.Series:
        rows = self.total(segment)
        found = rows[rows["stage"] == stage]
        if len(found):
            return found.iloc[0]
        self.definition.place(stage)
        return pd.Series({column.name: 0 for column in FUNNEL.columns if column.kind == "integer"})


def funnel(engine: Engine, facts: Facts, query: Query, settings: Settings, *, depths: Lazy | None = None) -> Funnel:
    """The funnel of a cohort. Denominator of each stage: the leads (or passes) of the cohort that entered it.

    Under `current` nothing advances: each stage holds who is in it now.
    """
    rows = standing(engine, facts, query, settings, depths=depths)
    counted = signatures(engine, rows)
    return from_signatures(counted, facts.definition, query, as_of=facts.as_of, base=base_place(facts, query))


def from_signatures(counted: pd.DataFrame, definition: Definition, query: Query, *, as_of: int, base: int) -> Funnel:
    """The funnel from `signatures`. Pure counting: every number is a sum of `n` over the rows that fit."""
    segment, names = pd.factorize(counted["segment"], sort=True)
    columns = {name: counted[name].to_numpy() for name in ("stands", "seen", "top", "end", "matured", "n")}
    again = counted["again"].to_numpy(dtype=np.bool_)

    def count(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(segment[chosen], columns["n"][chosen], len(names)).astype(np.int64)

    stages = []
    for place in range(base, len(definition.stages)):
        bit, stage = 1 << place, definition.stages[place]
        stands = (columns["stands"] & bit) > 0
        on, matured = stands & (columns["top"] > place), stands & ((columns["matured"] & bit) > 0)
        ended = {name: count(stands & ~on & (columns["end"] == code)) for code, name in enumerate(ENDS)}
        rows = {
            "segment": names,
            "stage": stage.id,
            "name": stage.name,
            "entered": count(stands),
            "advanced": count(on),
            **ended,
            "inferred": count(stands & ((columns["seen"] & bit) == 0)),
            "skipped": count(on & (columns["top"] > place + 1) & ((columns["seen"] & (bit << 1)) == 0)),
            "again": count(stands & again),
            "matured": count(matured),
            "matured_advanced": count(matured & on),
        }
        stages.append(pd.DataFrame(rows, index=range(len(names))))
    made = FUNNEL.conform(pd.concat(stages, ignore_index=True)) if len(names) else FUNNEL.empty()
    return Funnel(query, definition, as_of, made, _reasons(counted, definition, base))


def _reasons(counted: pd.DataFrame, definition: Definition, base: int) -> pd.DataFrame:
    top = counted["top"].to_numpy()
    left = (top >= base) & (counted["stands"].to_numpy() >> np.maximum(top, 0) & 1 == 1)
    out = counted[left & np.isin(counted["end"], [1, 2, 3, 4])]
    if out.empty:
        return REASONS.empty()
    summed = out.groupby(["segment", "top", "end", "reason"], dropna=False)["n"].sum().reset_index()
    return REASONS.conform(
        pd.DataFrame(
            {
                "segment": summed["segment"],
                "stage": summed["top"].map(dict(enumerate(definition.stage_ids))),
                "outcome": summed["end"].map(dict(enumerate(ENDS))),
                "reason": summed["reason"],
                "n": summed["n"],
            }
        )
    )
