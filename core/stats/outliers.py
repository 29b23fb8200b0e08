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


def stands_out(hits: npt.NDArray[np.int64], n: npt.NDArray[np.int64], *, few: int) -> npt.NDArray[np.bool_]:
    """Groups of at least `few` with more hits than the others' rate explains, false alarms held at `LEVEL`.

    Each group is held against the others without it (Fisher's exact test, upper side), then Benjamini–Hochberg.

    >>> stands_out(np.array([40, 10, 10]), np.array([100, 100, 100]), few=20).tolist()
    [True, False, False]
    """
    chance = np.asarray(hypergeom.sf(hits - 1, n.sum(), hits.sum(), n))
    judged = (n >= few) & (n < n.sum())
    out = np.zeros(len(n), dtype=np.bool_)
    if judged.any():
        out[judged] = false_discovery_control(np.clip(chance[judged], 0.0, 1.0)) < LEVEL
    return out
