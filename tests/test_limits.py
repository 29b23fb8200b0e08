"""Limits of chance for rates of small numbers, against their definition."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stats.limits import funnel_limit


def at_most(hits: int, n: int, target: float) -> float:
    return sum(comb(n, k) * target**k * (1 - target) ** (n - k) for k in range(hits + 1))


def by_definition(n: int, target: float, share: float) -> float:
    """Spiegelhalter 2005, appendix A.1.1: the least r with P(X ≤ r) ≥ share, less the part of it that is too much."""
    r = next(k for k in range(n + 1) if at_most(k, n, target) >= share - 1e-12 or k == n)
    at, below = at_most(r, n, target), at_most(r - 1, n, target) if r else 0.0
    return min(max((r - (at - share) / (at - below)) / n, 0.0), 1.0)


@settings(max_examples=150, database=None)
@given(st.integers(1, 60), st.floats(0.02, 0.98), st.sampled_from([0.001, 0.025, 0.975, 0.999]))
def test_it_is_the_interpolated_binomial_limit(n: int, target: float, share: float) -> None:
    assert float(funnel_limit(np.array([n]), target, share)[0]) == pytest.approx(
        by_definition(n, target, share), abs=1e-6
    )


def test_limits_close_in_on_the_rate_as_numbers_grow_and_stay_inside_0_and_1() -> None:
    n = np.array([1, 5, 20, 100, 1000, 100_000])
    low, high = funnel_limit(n, 0.3, 0.001), funnel_limit(n, 0.3, 0.999)
    assert (np.diff(high - low) < 0).all()
    assert ((low >= 0) & (high <= 1) & (low <= 0.3) & (high >= 0.3)).all()
    assert high[-1] - low[-1] < 0.01


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_where_nobody_or_everybody_misses_there_is_no_room(target: float) -> None:
    assert funnel_limit(np.array([10, 50]), target, 0.975).tolist() == [target, target]
