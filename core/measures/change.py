"""Why did the number of won leads change between two periods: more leads, other leads, or better rates? (MEASURES 2)"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.measures.funnel import Funnel
from core.stats.shapley import shapley
from core.tables import Column, Table

CHANGE = Table(
    "change",
    "cause",
    (
        Column("cause", "text", "volume, mix, or the id of the stage whose rate changed", required=True),
        Column("name", "text", "the cause in words", required=True),
        Column("effect", "number", "won leads more (or less) because of it", required=True),
    ),
)


@dataclass(frozen=True)
class _Side:
    """One period: cohort size, share of each segment, and rate of each stage in each segment."""

    volume: float
    mix: npt.NDArray[np.float64]
    rates: npt.NDArray[np.float64]


def change(before: Funnel, after: Funnel) -> pd.DataFrame:
    """The change in leads that reached the won stage, split exactly (`CHANGE`): the effects add up to it.

    Both funnels are broken down by the same column (or by none: then there is no mix) and should have had the same
    time to mature. Shapley over volume, mix and each stage's rate; a segment that one side has nobody of keeps the
    other side's rates.
    """
    stages = after.definition.stage_ids[: after.definition.won]
    first = str(after.stages["stage"].iloc[0]) if len(after.stages) else stages[0]
    stages = stages[stages.index(first) :]
    segments = sorted({*before.stages["segment"], *after.stages["segment"]})
    old, new = (
        _side(side, stages, segments, after.definition.stage_ids[after.definition.won]) for side in (before, after)
    )
    old, new = _filled(old, new), _filled(new, old)

    def won(on: tuple[bool, ...]) -> float:
        volume = (new if on[0] else old).volume
        mix = (new if on[1] else old).mix
        rates = np.array([(new if used else old).rates[k] for k, used in enumerate(on[2:])])
        return float(volume * (mix * np.prod(rates, axis=0)).sum())

    effects = shapley(won, 2 + len(stages))
    names = {stage.id: stage.name for stage in after.definition.stages}
    causes = [("volume", "How many leads came"), ("mix", "Which leads came")]
    causes += [(stage, f"Rate from {names[stage]}") for stage in stages]
    return CHANGE.conform(
        pd.DataFrame({"cause": [c for c, _ in causes], "name": [name for _, name in causes], "effect": effects})
    )


def _side(found: Funnel, stages: tuple[str, ...], segments: list[str], won: str) -> _Side:
    counted = found.stages.pivot(index="stage", columns="segment", values="entered")
    entered = counted.reindex(index=[*stages, won], columns=segments).fillna(0).to_numpy(dtype=np.float64)
    base: npt.NDArray[np.float64] = entered[0]
    # Rates between stages as entered, so that their product is exactly the share that reached the won stage.
    rates = np.divide(entered[1:], entered[:-1], out=np.full_like(entered[1:], np.nan), where=entered[:-1] > 0)
    total = base.sum()
    return _Side(float(total), base / total if total else np.zeros_like(base), rates)


def _filled(side: _Side, other: _Side) -> _Side:
    rates = np.where(np.isnan(side.rates), np.where(np.isnan(other.rates), 0.0, other.rates), side.rates)
    return _Side(side.volume, side.mix, rates)
