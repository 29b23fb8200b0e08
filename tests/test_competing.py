"""Cumulative incidence of several ends, against another way to compute it and against published numbers."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.stats.competing import Incidence, incidence

Case = tuple[int, int | None]
"""When, and which end; None: still open."""


def counted(cases: list[Case], ends: int = 2) -> Incidence:
    times = np.array(sorted({time for time, _ in cases}), np.int64)
    tally = Counter(cases)
    ended = np.array([[tally[time, end] for end in range(ends)] for time in times.tolist()], np.int64)
    censored = np.array([tally[time, None] for time in times.tolist()], np.int64)
    return incidence(times, ended.reshape(len(times), ends), censored)


def by_redistribution(cases: list[Case], until: int, end: int) -> Fraction:
    """Efron 1967: everybody weighs the same, and whoever is still open leaves the weight to those seen for longer."""
    weights = [Fraction(1, len(cases))] * len(cases)
    for time in sorted({time for time, _ in cases}):
        leaving = [place for place, (when, kind) in enumerate(cases) if when == time and kind is None]
        later = [place for place, (when, _) in enumerate(cases) if when > time]
        for place in later:
            weights[place] += sum((weights[one] for one in leaving), Fraction(0)) / len(later)
    return sum(
        (w for w, (when, kind) in zip(weights, cases, strict=True) if kind == end and when <= until), Fraction(0)
    )


CASES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, 0, 1])), min_size=1, max_size=14)


@settings(max_examples=150, database=None)
@given(CASES)
def test_it_is_what_redistribution_to_the_right_gives(cases: list[Case]) -> None:
    found = counted(cases)
    for time in range(10):
        for end in (0, 1):
            assert found.by(time, end) == pytest.approx(float(by_redistribution(cases, time, end))), (time, end)
    assert float(found.reached[-1].sum()) <= 1 + 1e-12
    assert (np.diff(found.reached, axis=0) >= 0).all()


def test_an_example_worked_by_hand() -> None:
    # Ten: 2 reached at 1, 1 left and 1 open at 2, 3 reached at 3, 1 left at 4, 2 open at 5.
    cases: list[Case] = [(1, 0)] * 2 + [(2, 1), (2, None)] + [(3, 0)] * 3 + [(4, 1)] + [(5, None)] * 2
    found = counted(cases)
    assert found.at_risk.tolist() == [10, 8, 6, 3, 2]
    # S before each time: 1, 8/10, 7/10, 7/20, 7/30.
    assert found.by(1, 0) == pytest.approx(0.2)
    assert found.by(3, 0) == pytest.approx(0.2 + 0.7 * 3 / 6)
    assert found.by(2, 1) == pytest.approx(0.8 / 8)
    assert found.by(9, 1) == pytest.approx(0.1 + 0.35 / 3)


def test_with_one_end_it_is_one_minus_kaplan_and_meier_as_published() -> None:
    """Remission under 6-mercaptopurine (Freireich and others 1963), with the survival that textbooks print."""
    relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = counted([*((week, 0) for week in relapsed), *((week, None) for week in still)], ends=1)
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: round(1 - found.by(week, 0), 3) for week in printed} == printed


def test_one_minus_kaplan_meier_of_each_end_alone_overstates_both() -> None:
    cases: list[Case] = [(1, 0), (2, 1), (3, 0), (4, 1), (5, None)]
    both = counted(cases)
    alone = [counted([(t, 0 if kind == end else None) for t, kind in cases], ends=1).by(9, 0) for end in (0, 1)]
    assert sum(alone) > 1
    assert both.by(9, 0) + both.by(9, 1) == pytest.approx(0.8)
    assert alone[1] > both.by(9, 1)


def test_over_nobody_there_is_no_share() -> None:
    nobody = incidence(np.zeros(0, np.int64), np.zeros((0, 2), np.int64), np.zeros(0, np.int64))
    assert math.isnan(nobody.by(5, 0))
    assert counted([(3, 0)]).by(2, 0) == 0
