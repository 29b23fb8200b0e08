"""How long half of them take, against published figures and against SciPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from core.stats.kaplan_meier import Z95, Floats, Staying, staying

# Freireich and others (1963): weeks of remission under 6-MP and under placebo; + is still in remission.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def of(told: str) -> Staying:
    """One of each."""
    times = np.array([float(each.rstrip("+")) for each in told.split()])
    still = np.array([float(each.endswith("+")) for each in told.split()])
    return staying(times, 1 - still, still)


def test_the_share_still_there_is_the_published_one() -> None:
    found = of(SIX_MP)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_the_median_and_its_interval_are_the_published_ones() -> None:
    assert of(SIX_MP).median == 23
    assert of(SIX_MP).median_interval() == (13, math.inf)
    assert of(PLACEBO).median == 8
    assert of(PLACEBO).median_interval() == (4, 11)


def test_the_open_ones_make_the_median_longer_than_those_who_left_alone() -> None:
    assert of("1 2 3 4 5 5+ 5+ 5+").median == 4
    assert of("1 2 3 4 5").median == 3
    assert math.isnan(of("1 2 5+ 5+ 5+").median)


def test_where_too_few_have_left_the_interval_says_at_least_how_long() -> None:
    assert of("1" + 30 * " 9+").median_interval() == (9, math.inf)


def test_over_nobody_there_is_no_median() -> None:
    nobody = staying(np.array([]), np.array([]), np.array([]))
    assert math.isnan(nobody.median)
    assert all(math.isnan(end) for end in nobody.median_interval())


def scipys(times: list[int], still: list[bool]) -> tuple[float, tuple[float, float]]:
    """The median and its interval by SciPy's estimate of the share still there."""
    there = np.array(still)
    each = np.array(times, float)
    found: Any = ecdf(CensoredData(uncensored=each[~there], right=each[there])).sf
    with np.errstate(all="ignore"):
        interval = found.confidence_interval(math.erf(Z95 / math.sqrt(2)), method="log-log")

    def first(share: Floats) -> float:
        # At 0 the interval is not known to SciPy: nobody is left, and nothing can be said of an error.
        reached = np.where(np.isnan(share), found.probabilities, share) <= 0.5
        return float(found.quantiles[int(reached.argmax())]) if reached.any() else math.nan

    return first(found.probabilities), (first(interval.low.probabilities), first(interval.high.probabilities))


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=60))
def test_it_is_scipys(told: list[tuple[int, bool]]) -> None:
    times, still = [time for time, _ in told], [open_ for _, open_ in told]
    one = np.array(still, float)
    found = staying(np.array(times, float), 1 - one, one)
    each = sorted(set(times))
    grouped = staying(
        np.array(each, float),
        np.array([told.count((time, False)) for time in each], float),
        np.array([told.count((time, True)) for time in each], float),
    )
    median, (low, high) = scipys(times, still)
    assert found.median == pytest.approx(median, nan_ok=True)
    begin, end = found.median_interval()
    assert begin == (float(max(times)) if math.isnan(low) else low)
    assert end == (math.inf if math.isnan(high) else high)
    assert grouped.share == pytest.approx(found.share)
    assert grouped.error == pytest.approx(found.error)
