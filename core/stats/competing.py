"""Which end comes when, if several can come and some are still to come?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Incidence:
    """Per time: `at_risk` just before it, and per end the share (`reached[:, end]`) that it has come to by then."""

    times: Ints
    at_risk: Ints
    reached: Floats

    def by(self, time: int, end: int) -> float:
        """The share that one end has come to by a time; 0 before the first, NaN over nobody."""
        if not len(self.times) or not self.at_risk[0]:
            return float("nan")
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.reached[place - 1, end]) if place else 0.0


def incidence(times: Ints, ended: Ints, censored: Ints) -> Incidence:
    """The cumulative incidence of each end (Aalen and Johansen 1978), from counts per time.

    `times` ascend; `ended[i, k]` met end k at `times[i]`, `censored[i]` were last seen then, still open, and are held
    to have been at risk at that very time. Ends and those still open add up to one. 1 - Kaplan–Meier of one end alone,
    with the other ends taken for open, is larger: it asks what would be if nobody could end otherwise.

    >>> found = incidence(np.array([1, 2]), np.array([[1, 0], [1, 1]]), np.array([0, 1]))
    >>> found.at_risk.tolist(), found.reached.round(4).tolist()
    ([4, 3], [[0.25, 0.0], [0.5, 0.25]])
    """
    leaving = ended.sum(axis=1) + censored
    at_risk = leaving.sum() - np.concatenate([[0], np.cumsum(leaving)[:-1]]).astype(np.int64)
    risk = np.maximum(at_risk, 1)[:, None]
    open_after = np.cumprod(1.0 - ended.sum(axis=1) / risk[:, 0])
    open_before = np.concatenate([[1.0], open_after[:-1]]) if len(times) else open_after
    return Incidence(times, at_risk, np.cumsum(open_before[:, None] * ended / risk, axis=0))
