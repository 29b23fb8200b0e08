"""From counts to whole points: weight of evidence, logistic regression, rounding, and what the rounding costs.

After Siddiqi, Credit Risk Scorecards (2006). Counts are of patterns: equal rows together, however many there are.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, xlogy
from scipy.stats import chi2, rankdata

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RIDGE = 1.0
"""Pull of each weight towards 0, so that a pattern that always or never hits has a weight at all."""


def weight_of_evidence(hits: Ints, n: Ints) -> Floats:
    """ln(share of all hits / share of all misses) of each group, half a case added to each count: 0 says nothing.

    >>> weight_of_evidence(np.array([30, 10]), np.array([40, 40])).round(2).tolist()
    [1.07, -1.07]
    """
    yes, no = hits + 0.5, n - hits + 0.5
    found: Floats = np.log(yes / yes.sum()) - np.log(no / no.sum())
    return found


@dataclass(frozen=True)
class Fitted:
    """ln(odds) = `base` + the row's values times `weights`."""

    base: float
    weights: Floats

    def chance(self, rows: Floats) -> Floats:
        """The chance of a hit for each row."""
        found: Floats = expit(self.base + rows @ self.weights)
        return found


def logistic(rows: Floats, hits: Ints, n: Ints, *, ridge: float = RIDGE) -> Fitted:
    """Weights of greatest (penalised) likelihood: `hits` of `n` at each row.

    >>> rows, n = np.array([[0.0], [1.0]]), np.array([10_000, 10_000])
    >>> found = logistic(rows, np.array([5_000, 7_311]), n)
    >>> round(found.base, 2), found.weights.round(2).tolist()
    (0.0, [1.0])
    """
    wide = np.column_stack([np.ones(len(rows)), rows])
    pull = np.full(wide.shape[1], ridge)
    pull[0] = 0.0
    share = np.clip(hits.sum() / max(int(n.sum()), 1), 1e-6, 1 - 1e-6)
    start = np.zeros(wide.shape[1])
    start[0] = np.log(share / (1 - share))

    def unlikely(at: Floats) -> float:
        eta = wide @ at
        return float((n * np.logaddexp(0, eta) - hits * eta).sum() + (pull * at * at).sum() / 2)

    def slope(at: Floats) -> Floats:
        found: Floats = wide.T @ (n * expit(wide @ at) - hits) + pull * at
        return found

    def bend(at: Floats) -> Floats:
        chance = expit(wide @ at)
        found: Floats = (wide * (n * chance * (1 - chance))[:, None]).T @ wide + np.diag(pull + 1e-9)
        return found

    found = minimize(unlikely, start, jac=slope, hess=bend, method="trust-exact")
    return Fitted(float(found.x[0]), np.asarray(found.x[1:], float))


def whole(effects: Floats, doubling: float) -> Ints:
    """Effects on ln(odds) as whole points, `doubling` of which double the odds.

    >>> whole(np.array([0.0, 0.6931, -1.3863]), 5).tolist()
    [0, 5, -10]
    """
    found: Ints = np.rint(effects * doubling / np.log(2)).astype(np.int64)
    return found


def separation(scores: Floats, hits: Ints, n: Ints) -> float:
    """The chance that a hit scores above a miss, ties halved (area under the curve); NaN without either.

    >>> separation(np.array([1.0, 2.0]), np.array([1, 3]), np.array([4, 4]))
    0.75
    """
    misses = n - hits
    if not hits.sum() or not misses.sum():
        return float("nan")
    place = rankdata(scores, method="dense") - 1
    yes, no = (np.bincount(place, each) for each in (hits, misses))
    below = np.concatenate([[0.0], np.cumsum(no)[:-1]])
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))


def surprise(chance: Floats, hits: Ints, n: Ints) -> float:
    """Mean minus log likelihood of one case (log loss): what the chances leave unsaid; NaN over nobody."""
    if not n.sum():
        return float("nan")
    return float(-(xlogy(hits, chance) + xlogy(n - hits, 1 - chance)).sum() / n.sum())


@dataclass(frozen=True)
class Drift:
    """How differently two groups spread over the same bands (population stability index), and how far chance goes."""

    index: float
    limit: float

    @property
    def drifted(self) -> bool:
        """More than chance explains in 95 of 100."""
        return self.index > self.limit


def drift(before: Ints, after: Ints) -> Drift:
    """PSI of counts per band against (1/n + 1/m) times the 95 % point of chi-squared with one less than the bands.

    Of hits and misses it is the information value of the bands. Bands without anybody say nothing.

    >>> drift(np.array([50, 50]), np.array([50, 50])).index
    0.0
    """
    seen = before + after > 0
    before, after, n, m = before[seen], after[seen], int(before.sum()), int(after.sum())
    if not n or not m:
        return Drift(float("nan"), float("nan"))
    one, other = ((each + 0.5) / (each + 0.5).sum() for each in (before, after))
    limit = (1 / n + 1 / m) * float(chi2.ppf(0.95, max(len(before) - 1, 1)))
    return Drift(float(((other - one) * np.log(other / one)).sum()), limit)
