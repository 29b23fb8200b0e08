"""What is each leak worth, if nothing else changed? (MEASURES 2, leak value)

Stage s at benchmark b instead of its rate r is worth V(b/r - 1), where V is the cohort's won value. Single gains do not
add up; the joint gain is split by Shapley. Elasticities are all 1 in a chain of rates, so nothing is ranked by them.
Rates are those of matured leads: a lead that still waits is no leak.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.measures.funnel import Funnel
from core.stats.shapley import shapley
from core.stats.shrinkage import fitted
from core.tables import Column, Table

DRAWS = 20_000

WORTH = Table(
    "worth",
    "stage that something can leave",
    (
        Column("stage", "text", "stage id", required=True),
        Column("name", "text", "stage name", required=True),
        Column("n", "integer", "matured leads that entered", required=True),
        Column("rate", "number", "share of them that advanced; missing over nobody"),
        Column("benchmark", "number", "the rate it is held against; missing where there is none"),
        Column("gain_alone", "number", "what this stage alone at its benchmark would add, in the unit of `value`"),
        Column("gain_joint", "number", "its share of what all stages at their benchmarks would add together"),
        Column("largest", "number", "probability that this stage is the largest leak"),
    ),
)
"""A stage at or above its benchmark gains nothing; a stage at rate 0 has no figure: nothing says what would follow."""


def best_quartile(split: Funnel) -> dict[str, float]:
    """Stage → the rate that the best quarter of segments reaches, after shrinkage, so that a lucky few set no goal.

    Stages whose segments do not differ by more than chance get the pooled rate, and so gain nothing.
    """
    out = {}
    for stage, rows in split.stages.groupby("stage", sort=False):
        hits, n = rows["matured_advanced"].to_numpy(dtype=np.int64), rows["matured"].to_numpy(dtype=np.int64)
        if n.sum():
            out[str(stage)] = float(np.quantile(fitted(hits, n).shrunken(hits, n)[n > 0], 0.75))
    return out


def rates_of(other: Funnel) -> dict[str, float]:
    """Stage → the rate of another funnel, such as the last period's; stages over nobody are left out."""
    rates = {stage: other.rate(stage, matured=True) for stage in other.definition.stage_ids[:-1]}
    return {stage: rate.value for stage, rate in rates.items() if rate.n}


def worth(found: Funnel, benchmark: Mapping[str, float], value: float, *, seed: int = 1) -> pd.DataFrame:
    """What each stage's leak is worth (`WORTH`), in the unit of `value`: the cohort's won deals, or their amount.

    `benchmark`: stage → rate. `largest` draws each rate from Beta(x + 1/2, n - x + 1/2) given its entrants.
    """
    rows = found.total()
    chain = rows[rows["stage"] != found.definition.stage_ids[-1]].reset_index(drop=True)
    n, x = chain["matured"].to_numpy(dtype=np.int64), chain["matured_advanced"].to_numpy(dtype=np.int64)
    rate = np.divide(x, n, out=np.full(len(n), np.nan), where=n > 0)
    goal = np.array([benchmark.get(stage, np.nan) for stage in chain["stage"]])
    lift = _lift(rate, goal)
    known = np.flatnonzero(np.isfinite(lift))
    alone, joint = np.full(len(n), np.nan), np.full(len(n), np.nan)
    alone[known] = value * (lift[known] - 1)
    if len(known):
        joint[known] = value * shapley(
            lambda on: float(np.prod([lift[k] for k, used in zip(known, on, strict=True) if used])), len(known)
        )
    largest = _largest(n, x, goal, np.random.default_rng(seed))
    return WORTH.conform(
        pd.DataFrame(
            {
                "stage": chain["stage"],
                "name": chain["name"],
                "n": n,
                "rate": rate,
                "benchmark": goal,
                "gain_alone": alone,
                "gain_joint": joint,
                "largest": largest,
            }
        )
    )


def _lift(rate: npt.NDArray[np.float64], goal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ratio = np.divide(goal, rate, out=np.full(len(rate), np.nan), where=rate > 0)
    return np.where(np.isnan(ratio), np.nan, np.maximum(ratio, 1.0))


def _largest(
    n: npt.NDArray[np.int64], x: npt.NDArray[np.int64], goal: npt.NDArray[np.float64], draw: np.random.Generator
) -> npt.NDArray[np.float64]:
    drawn = draw.beta(x + 0.5, n - x + 0.5, size=(DRAWS, len(n)))
    usable = np.isfinite(goal) & (n > 0)
    lifts = np.where(usable, np.where(np.isfinite(goal), goal, 0.0) / drawn, -np.inf)
    best = lifts.argmax(axis=1)
    leaks = lifts.max(axis=1) > 1
    share = np.bincount(best[leaks], minlength=len(n)) / DRAWS
    return np.where(usable, share, np.nan)
