"""The same history under another clock, and the limit that people really kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures.back_test import fitting_limit, moves
from core.measures.cohort import Query
from core.measures.sla import STATES, sla
from tests.measures.timed_rows import AS_OF, FOUR_HOURS, HOUR, WEEK, Rows, over, rows_in, touched, waited


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with rows_in(tmp_path_factory.mktemp("back")) as rows:
        yield rows


def test_moves_add_up_to_the_states_under_both_clocks(made: Rows) -> None:
    rows = made.timed(touched(1), touched(5), touched(9), over(5), over(1), waited(5), waited(1), {})
    day = FOUR_HOURS.model_copy(update={"limit_minutes": 8 * 60})
    found = moves(made.engine, rows, FOUR_HOURS, rows, day)
    assert found.to_dict("records") == [
        {"before": "met", "after": "met", "hand_offs": 1},
        {"before": "breached", "after": "met", "hand_offs": 1},
        {"before": "breached", "after": "breached", "hand_offs": 2},
        {"before": "breached", "after": "running", "hand_offs": 1},
        {"before": "breached", "after": "withdrawn", "hand_offs": 1},
        {"before": "running", "after": "running", "hand_offs": 1},
        {"before": "withdrawn", "after": "withdrawn", "hand_offs": 1},
    ]
    for clock, column in ((FOUR_HOURS, "before"), (day, "after")):
        whole = sla(made.engine, rows, clock, Query(), as_of=AS_OF).total()
        by_state = found.groupby(column)["hand_offs"].sum()
        assert {state: int(by_state.get(state, 0)) for state in STATES} == {state: whole[state] for state in STATES}


def test_another_milestone_and_another_calendar_are_asked_of_the_same_hand_offs(made: Rows) -> None:
    rows = made.timed(touched(1), {"verdict": "yes", "verdict_at": AS_OF, "w_verdict": 50 * HOUR})
    found = moves(made.engine, rows, FOUR_HOURS, rows, WEEK)
    assert dict(zip(found["before"], found["after"], strict=True)) == {"met": "breached", "breached": "breached"}
    slower = made.timed(touched(5), {"verdict": "yes", "verdict_at": AS_OF, "w_verdict": 50 * HOUR})
    assert "breached" in set(moves(made.engine, rows, FOUR_HOURS, slower, FOUR_HOURS).query("before == 'met'")["after"])


CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12)


@settings(max_examples=200, database=None)
@given(CASES)
def test_the_fitting_limit_agrees_with_most_and_none_agrees_with_more(cases: list[tuple[int, bool]]) -> None:
    seconds, kept = np.array([s for s, _ in cases], np.int64), np.array([k for _, k in cases], np.bool_)

    def agreeing(limit: int) -> int:
        return sum((second <= limit) == flag for second, flag in cases)

    found = fitting_limit(seconds, kept)
    best = max(agreeing(limit) for limit in range(-1, 13))
    assert found.n == len(cases)
    assert found.agree == best
    if found.limit:
        assert agreeing(found.limit) == best
        assert found.limit in set(seconds)
    else:
        assert best in (agreeing(-1), agreeing(0))
