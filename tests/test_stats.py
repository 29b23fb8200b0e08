"""A share, how sure it is, and what is said where there is nothing to share."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stats.intervals import FEW, Rate

Z = 1.959963984540054


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The interval as the textbook writes it."""
    middle = (hits + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * math.sqrt(hits * (n - hits) / n + Z * Z / 4)
    return middle - half, middle + half


@settings(deadline=None, derandomize=True, database=None)
@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_wilsons(share: tuple[int, int]) -> None:
    rate = Rate(*share)
    low, high = rate.interval
    assert (low, high) == pytest.approx(wilson(*share), abs=1e-9)
    assert 0 <= low <= rate.value <= high <= 1


def test_the_interval_of_one_in_ten_is_the_published_one() -> None:
    assert Rate(1, 10).interval == pytest.approx((0.0179, 0.4042), abs=5e-5)


def test_a_share_of_nobody_is_no_data_and_not_zero() -> None:
    nobody = Rate(0, 0)
    assert math.isnan(nobody.value)
    assert all(math.isnan(end) for end in nobody.interval)
    written = json.loads(json.dumps(nobody.as_json(), allow_nan=False))
    assert written == {"value": None, "hits": 0, "n": 0, "few": True, "low": None, "high": None}


def test_none_of_many_is_zero_with_an_upper_end() -> None:
    rate = Rate(0, 40)
    assert rate.value == 0
    assert rate.interval[0] == 0
    assert rate.interval[1] > 0.05


def test_below_twenty_the_counts_say_more_than_a_percentage() -> None:
    assert FEW == 20
    assert Rate(3, 19).few
    assert not Rate(3, 20).few
    assert Rate(3, 19).as_json()["few"] is True
    assert Rate(3, 19).as_json()["n"] == 19
