"""What is the rate of a small group, fairly said? Pulled towards all groups by as much as its size calls for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln

_WIDEST = 1e6
"""A prior worth more observations than this means: the groups do not differ."""


@dataclass(frozen=True)
class Prior:
    """A beta prior: the groups' common mean, and how many observations it is worth."""

    mean: float
    worth: float

    def shrunken(self, hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Each group's rate after shrinkage; the common mean for a group of nobody."""
        rates: npt.NDArray[np.float64] = (hits + self.mean * self.worth) / (n + self.worth)
        return rates


def fitted(hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> Prior:
    """The beta-binomial prior of greatest likelihood; the pooled rate where groups spread no more than by chance.

    Empirical Bayes (Casella 1985). Groups of nobody say nothing.

    >>> fitted(np.array([3, 300, 290]), np.array([3, 1000, 1000])).mean < 0.5
    True
    """
    seen = n > 0
    hits, n = hits[seen], n[seen]
    if not n.sum():
        return Prior(float("nan"), _WIDEST)
    pooled = float(hits.sum() / n.sum())
    if len(n) < 2 or pooled in (0.0, 1.0):
        return Prior(pooled, _WIDEST)

    def unlikely(point: npt.NDArray[np.float64]) -> float:
        mean, worth = 1 / (1 + np.exp(-point[0])), np.exp(point[1])
        a, b = mean * worth, (1 - mean) * worth
        return -float((betaln(hits + a, n - hits + b) - betaln(a, b)).sum())

    start = np.array([np.log(pooled / (1 - pooled)), np.log(50.0)])
    limits = [(-12.0, 12.0), (np.log(0.5), np.log(_WIDEST))]
    found = minimize(unlikely, start, method="L-BFGS-B", bounds=limits)
    return Prior(float(1 / (1 + np.exp(-found.x[0]))), float(np.exp(found.x[1])))
