"""Points from counts: weights recovered from made data, rounding, separation and drift against their definitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import mannwhitneyu

from core.stats.scorecard import Fitted, drift, logistic, separation, surprise, weight_of_evidence, whole


def test_weights_that_were_put_in_come_out() -> None:
    rows = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
    truth, base = np.array([1.2, -0.7, 0.0]), -1.1
    n = np.full(len(rows), 1_000_000, dtype=np.int64)
    hits = np.rint(n / (1 + np.exp(-(base + rows @ truth)))).astype(np.int64)
    found = logistic(rows, hits, n)
    assert found.base == pytest.approx(base, abs=1e-3)
    assert found.weights == pytest.approx(truth, abs=1e-3)


def test_the_fit_is_that_of_greatest_penalised_likelihood() -> None:
    """Against a search without slopes, on few and unequal counts."""
    rows = np.array([[0.0, 1.0], [1.0, 0.3], [2.0, -1.0], [0.5, 0.5]])
    hits, n = np.array([2, 9, 4, 0]), np.array([7, 11, 4, 3])

    def unlikely(at: np.ndarray) -> float:
        eta = at[0] + rows @ at[1:]
        return float((n * np.log1p(np.exp(eta)) - hits * eta).sum() + (at[1:] ** 2).sum() / 2)

    slow = minimize(
        unlikely, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 9000}
    )
    found = logistic(rows, hits, n)
    assert [found.base, *found.weights] == pytest.approx(slow.x.tolist(), abs=1e-4)


def test_what_always_hits_has_a_weight_all_the_same() -> None:
    found = logistic(np.array([[0.0], [1.0]]), np.array([50, 100]), np.array([100, 100]))
    assert 0 < found.weights[0] < 10


def test_evidence_is_zero_where_a_group_is_like_all_and_its_sign_says_which_way() -> None:
    same = weight_of_evidence(np.array([50, 50]), np.array([100, 100]))
    assert same == pytest.approx([0.0, 0.0])
    up, down = weight_of_evidence(np.array([90, 10]), np.array([100, 100]))
    assert up > 0 > down
    assert up == pytest.approx(math.log((90.5 / 101) / (10.5 / 101)))


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=20), st.sampled_from((2, 5, 10, 20)))
def test_no_effect_is_rounded_by_more_than_half_a_point(effects: list[float], doubling: int) -> None:
    points = whole(np.array(effects), doubling)
    assert np.abs(points * math.log(2) / doubling - np.array(effects)).max() <= math.log(2) / doubling / 2 + 1e-12


@given(
    st.lists(
        st.tuples(st.integers(-5, 5), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12
    ).filter(lambda rows: any(row[1] for row in rows) and any(row[2] for row in rows))
)  # fmt: skip
def test_separation_is_that_of_mann_and_whitney(rows: list[tuple[int, int, int]]) -> None:
    scores, hits, misses = (np.array(each) for each in zip(*rows, strict=True))
    found = separation(scores.astype(float), hits, hits + misses)
    yes, no = np.repeat(scores, hits), np.repeat(scores, misses)
    assert found == pytest.approx(mannwhitneyu(yes, no, method="asymptotic").statistic / (len(yes) * len(no)))


def test_separation_without_either_is_not_known() -> None:
    assert math.isnan(separation(np.array([1.0]), np.array([0]), np.array([5])))
    assert math.isnan(surprise(np.array([0.5]), np.array([0]), np.array([0])))


def test_surprise_is_the_log_loss_of_a_case() -> None:
    assert surprise(np.array([0.5]), np.array([3]), np.array([9])) == pytest.approx(math.log(2))
    assert surprise(np.array([1.0]), np.array([9]), np.array([9])) == 0


def test_chance_drifts_in_one_of_twenty() -> None:
    """Drawn again and again from one spread, the index is above its limit in about five of a hundred."""
    made = np.random.default_rng(7)
    share = np.array([0.1, 0.3, 0.4, 0.2])
    above = [drift(made.multinomial(800, share), made.multinomial(500, share)).drifted for _ in range(2000)]
    assert 0.03 < np.mean(above) < 0.07
    assert drift(np.array([400, 100]), np.array([100, 400])).drifted
    assert math.isnan(drift(np.array([1, 2]), np.array([0, 0])).index)


def test_a_chance_of_a_row_is_that_of_its_odds() -> None:
    assert Fitted(0.0, np.array([1.0])).chance(np.array([[math.log(3)]])).tolist() == pytest.approx([0.75])
