"""Which groups differ from all the others by more than chance?"""

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control, hypergeom

LEVEL = 0.05
"""Share of false alarms allowed among the groups that are named (Benjamini–Hochberg)."""


def excess(hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How many hits of each group are more than it would have at the others' rate; NaN where there are no others.

    >>> excess(np.array([30, 10, 10]), np.array([100, 100, 100])).round(1).tolist()
    [20.0, -10.0, -10.0]
    """
    others_hits, others = hits.sum() - hits, n.sum() - n
    rate = np.divide(others_hits, others, out=np.full(len(n), np.nan), where=others > 0)
    beyond: npt.NDArray[np.float64] = hits - n * rate
    return beyond


def chances(hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64], *, few: int) -> npt.NDArray[np.float64]:
    """How likely so many hits are by chance in each group, held against the others without it (Fisher's exact test,
    upper side); NaN for groups of fewer than `few` and for the only one.

    >>> chances(np.array([40, 10, 3]), np.array([100, 100, 10]), few=20).round(4).tolist()
    [0.0, 1.0, nan]
    """
    chance = np.clip(hypergeom.sf(hits - 1, n.sum(), hits.sum(), n), 0.0, 1.0)
    return np.where((n >= few) & (n < n.sum()), chance, np.nan)


def beyond_chance(chance: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which of all these chances are small, false alarms among them held at `LEVEL` (Benjamini–Hochberg); NaN never is.

    Everything that was looked at belongs in here together: whoever looks at twenty columns finds one by luck.

    >>> beyond_chance(np.array([0.0001, 0.04, np.nan, 0.9])).tolist()
    [True, False, False, False]
    """
    out = np.zeros(len(chance), dtype=np.bool_)
    known = ~np.isnan(chance)
    if known.any():
        out[known] = false_discovery_control(chance[known]) < LEVEL
    return out


def stands_out(hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64], *, few: int) -> npt.NDArray[np.bool_]:
    """Groups of at least `few` with more hits than the others' rate explains, false alarms held at `LEVEL`.

    One question alone: groups of several columns are held together by `chances` and `beyond_chance`.

    >>> stands_out(np.array([40, 10, 10]), np.array([100, 100, 100]), few=20).tolist()
    [True, False, False]
    """
    return beyond_chance(chances(hits, n, few=few))
