"""What a waterfall is made of: the floating bars between two stages, and the places on the axis."""

from dataclasses import dataclass

import pandas as pd

from core import words
from core.measures.funnel import LEAKS
from core.stats.intervals import Rate

PARTS = (*LEAKS, "waiting")
"""What is drawn between two stages, from the top."""


@dataclass(frozen=True)
class Part:
    """One floating bar: `n` of `of` that entered stage `stage` ended by `outcome`; it lies over `base`."""

    stage: str
    outcome: str
    n: int
    of: int
    base: int

    @property
    def said(self) -> str:
        """Number, outcome and share."""
        rate = Rate(self.n, self.of)
        return f"{words.count(self.n)} {self.outcome}" + ("" if rate.few else f" · {words.percent(rate.value)}")


def gap(stage: str) -> str:
    """The place on the axis between a stage and the next."""
    return f"{stage} →"


def parts_of(rows: pd.DataFrame, *, stock: bool) -> list[Part]:
    """The floating bars, hung from the top of their stage; a stock stands in its stage and leaks nowhere."""
    out: list[Part] = []
    for place, row in rows.reset_index(drop=True).iterrows():
        level = int(row["entered"])
        # Those who wait in the last stage have arrived.
        drawn = ("stalled",) if stock else LEAKS if place == len(rows) - 1 else PARTS
        for outcome in drawn:
            n = int(row[outcome])
            if n:
                level -= n
                out.append(Part(str(row["stage"]), outcome, n, int(row["entered"]), 0 if stock else max(level, 0)))
    return out


def slots_of(rows: pd.DataFrame, parts: list[Part], *, stock: bool) -> list[str]:
    """Places on the axis in order: each stage, and after it a gap where something leaks or a stage follows."""
    out: list[str] = []
    leaky = {part.stage for part in parts}
    for place, stage in enumerate(rows["stage"]):
        out.append(str(stage))
        if not stock and (place < len(rows) - 1 or stage in leaky):
            out.append(gap(str(stage)))
    return out
