"""What leaks are worth, and why two periods differ."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.definition.templates import THREE_STAGES, VALIDATED
from core.measures.change import change
from core.measures.cohort import Query
from core.measures.funnel import Funnel, from_signatures
from core.measures.worth import best_quartile, rates_of, worth
from core.stats.shapley import shapley
from core.stats.shrinkage import fitted


def made(counts: dict[str, tuple[int, ...]], definition: object = THREE_STAGES, *, matured: bool = True) -> Funnel:
    """A funnel in which `counts[segment][k]` leads came exactly as far as stage k, all of them long ago or just now."""
    rows = [
        {"segment": segment, "stands": (1 << k + 1) - 1, "seen": (1 << k + 1) - 1, "top": k, "end": 0, "n": number}
        for segment, numbers in counts.items()
        for k, number in enumerate(numbers)
        if number
    ]
    frame = pd.DataFrame(rows, columns=["segment", "stands", "seen", "top", "end", "n"])
    frame = frame.assign(reason=None, matured=frame["stands"] if matured else 0, again=False)
    assert definition in (THREE_STAGES, VALIDATED)
    chosen = THREE_STAGES if definition is THREE_STAGES else VALIDATED
    return from_signatures(frame, chosen, Query(), as_of=0, base=0)


def test_a_single_leak_is_worth_what_the_better_rate_would_add() -> None:
    found = made({"": (80, 10, 10)})
    table = worth(found, {"mql": 0.4, "opportunity": 0.5}, 1000.0)
    assert list(table["rate"]) == pytest.approx([0.2, 0.5])
    assert list(table["gain_alone"]) == pytest.approx([1000.0, 0.0])


def test_joint_gains_add_up_to_what_all_benchmarks_together_would_add() -> None:
    found = made({"": (80, 10, 10)})
    table = worth(found, {"mql": 0.4, "opportunity": 0.75}, 1000.0)
    assert table["gain_joint"].sum() == pytest.approx(1000.0 * (2.0 * 1.5 - 1))
    assert table["gain_alone"].sum() < table["gain_joint"].sum()


def test_a_stage_at_rate_zero_has_no_figure() -> None:
    table = worth(made({"": (50, 5, 0)}), {"mql": 0.4, "opportunity": 0.5}, 1000.0)
    assert list(table["gain_alone"].isna()) == [False, True]


def test_the_probability_of_being_the_largest_leak_is_shared_among_stages() -> None:
    shares = worth(made({"": (900, 50, 50)}), {"mql": 0.4, "opportunity": 0.55}, 1.0)["largest"].to_list()
    assert shares[0] > 0.99
    assert sum(shares) <= 1.0 + 1e-9


def test_a_lead_that_still_waits_is_no_leak() -> None:
    table = worth(made({"": (80, 10, 10)}, matured=False), {"mql": 0.4, "opportunity": 0.5}, 1000.0)
    assert table["rate"].isna().all()
    assert table["gain_joint"].isna().all()


def test_a_lucky_small_segment_sets_no_benchmark() -> None:
    lucky = best_quartile(made({"a": (90, 5, 5), "b": (85, 10, 5), "c": (88, 6, 6), "tiny": (0, 1, 2)}))
    assert lucky["mql"] < 0.2


def test_the_last_period_can_be_the_benchmark() -> None:
    assert rates_of(made({"": (80, 10, 10)})) == {"mql": 0.2, "opportunity": 0.5}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(*[st.integers(0, 50)] * 4), min_size=3, max_size=3),
    st.lists(st.tuples(*[st.integers(0, 50)] * 4), min_size=3, max_size=3),
)
def test_the_causes_of_a_change_add_up_to_it(before: list[tuple[int, ...]], after: list[tuple[int, ...]]) -> None:
    old, new = (made(dict(zip("abc", side, strict=True)), VALIDATED) for side in (before, after))
    if old.stages.empty or new.stages.empty:
        return
    expected = sum(side[3] for side in after) - sum(side[3] for side in before)
    assert change(old, new)["effect"].sum() == pytest.approx(expected, abs=1e-6)


def test_more_leads_of_the_same_kind_is_volume_alone() -> None:
    old, new = made({"a": (8, 1, 1), "b": (4, 4, 2)}), made({"a": (16, 2, 2), "b": (8, 8, 4)})
    effects = change(old, new).set_index("cause")["effect"]
    assert effects["volume"] == pytest.approx(3.0)
    assert effects.drop("volume").abs().max() == pytest.approx(0.0, abs=1e-9)


def test_other_leads_at_the_same_rates_is_mix_alone() -> None:
    old, new = made({"a": (8, 1, 1), "b": (0, 5, 5)}), made({"a": (4, 0, 1), "b": (0, 0, 0)})
    assert change(old, new).set_index("cause")["effect"].sum() == pytest.approx(-5.0)
    old, new = made({"a": (80, 10, 10), "b": (0, 50, 50)}), made({"a": (40, 5, 5), "b": (0, 75, 75)})
    effects = change(old, new).set_index("cause")["effect"]
    assert effects["mix"] == pytest.approx(20.0)
    assert effects.drop("mix").abs().max() == pytest.approx(0.0, abs=1e-9)


def test_a_split_is_exact_and_fair() -> None:
    rng = np.random.default_rng(3)
    worths = rng.normal(size=16)
    split = shapley(lambda on: float(worths[sum(1 << i for i, used in enumerate(on) if used)]), 4)
    assert split.sum() == pytest.approx(worths[15] - worths[0])


def test_groups_that_differ_by_chance_alone_share_one_rate() -> None:
    rng = np.random.default_rng(5)
    n = np.full(40, 200)
    prior = fitted(rng.binomial(n, 0.3), n)
    assert prior.worth > 500
    spread = fitted(rng.binomial(n, rng.beta(3, 7, 40)), n)
    assert spread.worth < 40
