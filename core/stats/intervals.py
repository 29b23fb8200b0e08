"""How sure is a share?"""

import math
from dataclasses import dataclass

from scipy.stats import binomtest

FEW = 20
"""Below this many a share is not printed as a percentage: the counts say more."""


@dataclass(frozen=True)
class Rate:
    """A share: `hits` of `n`, with its Wilson 95 % interval; all of it NaN over nobody."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """hits / n, NaN where n is 0.

        >>> Rate(842, 8000).value
        0.10525
        >>> math.isnan(Rate(0, 0).value)
        True
        """
        return self.hits / self.n if self.n else math.nan

    @property
    def few(self) -> bool:
        """Too few for a percentage."""
        return self.n < FEW

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval (Brown, Cai, DasGupta 2001), NaN where n is 0.

        >>> low, high = Rate(842, 8000).interval
        >>> round(low, 4), round(high, 4)
        (0.0987, 0.1122)
        """
        if not self.n:
            return math.nan, math.nan
        found = binomtest(self.hits, self.n).proportion_ci(method="wilson")
        return float(found.low), float(found.high)

    def as_json(self) -> dict[str, float | int | bool | None]:
        """`value` (null over nobody), `n`, `hits`, `few`, `low`, `high`."""
        low, high = self.interval
        missing = self.n == 0
        return {
            "value": None if missing else self.value,
            "hits": self.hits,
            "n": self.n,
            "few": self.few,
            "low": None if missing else low,
            "high": None if missing else high,
        }
