"""Every hand-off is in exactly one state, and the rate is of those whose deadline has passed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.definition import Clock
from core.measures.cohort import UNKNOWN, Query
from core.measures.sla import STATES, Sla, clocked, sla
from tests.measures.timed_rows import AS_OF, DAY, FOUR_HOURS, HANDED, HOUR, WEEK, Rows, over, rows_in, touched, waited

AROUND = FOUR_HOURS.model_copy(update={"time": "elapsed"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with rows_in(tmp_path_factory.mktemp("sla")) as rows:
        yield rows


def asked(made: Rows, *rows: dict[str, Any], clock: Clock = FOUR_HOURS) -> Sla:
    return sla(made.engine, made.timed(*rows), clock, Query(), as_of=AS_OF)


def state(made: Rows, row: dict[str, Any], clock: Clock = FOUR_HOURS) -> tuple[str, bool, bool, bool]:
    """State, due, past due, by day."""
    found = asked(made, row, clock=clock).total()
    (name,) = (name for name in STATES if found[name])
    return name, bool(found["due"]), bool(found["past_due"]), bool(found["by_day"])


UNDATED = {"handed_at": None, "w_now": None, "e_now": None, "w_as_of": None, "e_as_of": None}
BY_DAY = {"handed_by_day": True}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, ("breached", True, True, False)),
        (touched(4), ("met", True, False, False)),
        (touched(4 + 1 / 3600), ("breached", True, False, False)),
        (waited(4), ("running", False, False, False)),
        (waited(4 + 1 / 3600), ("breached", True, True, False)),
        (waited(3) | touched(1), ("met", False, False, False)),
        (over(2), ("withdrawn", False, False, False)),
        (over(5), ("breached", True, False, False)),
        (over(2) | touched(1), ("met", True, False, False)),
        (over(1) | touched(2), ("withdrawn", False, False, False)),
        (over(2) | touched(9), ("withdrawn", False, False, False)),
        (over(5) | touched(9), ("breached", True, False, False)),
        (UNDATED, ("no_clock", False, False, False)),
    ],
    ids=str,
)
def test_a_hand_off_is_in_one_state(made: Rows, row: dict[str, Any], expected: tuple[str, bool, bool, bool]) -> None:
    assert state(made, row) == expected


def test_a_window_that_closes_inside_the_limit_is_a_withdrawal_and_an_answer_before_it_stays_due(made: Rows) -> None:
    again = {"next_at": AS_OF - 59 * DAY, "w_now": 2 * HOUR, "e_now": DAY}
    assert state(made, again) == ("withdrawn", False, False, False)
    assert state(made, again | touched(1)) == ("met", True, False, False), "its deadline has passed since"
    later = {**again, "w_now": 9 * HOUR}
    assert state(made, later) == ("breached", True, False, False), "nobody waits any more"


def test_elapsed_and_working_time_are_two_clocks(made: Rows) -> None:
    assert state(made, touched(2))[0] == "met"
    assert state(made, touched(2), AROUND)[0] == "breached"
    assert state(made, touched(4 / 3), AROUND)[0] == "met"


def test_on_the_day_that_a_lead_left_the_attempt_came_first(made: Rows) -> None:
    day = {"over": True, "over_at": HANDED["handed_at"], "over_by_day": True, "w_over": 0, "e_over": 0}
    assert state(made, day | touched(1))[0] == "met"
    assert state(made, day | touched(20))[0] == "withdrawn"


def test_where_only_the_day_of_the_start_is_known_a_part_of_a_day_is_a_whole_one(made: Rows) -> None:
    a_day = {"w_attempt": 8 * HOUR, "e_attempt": 3 * DAY, "attempt_at": AS_OF, "attempts": 1}
    assert state(made, BY_DAY | a_day) == ("met", True, False, True)
    two = {**a_day, "w_attempt": 16 * HOUR}
    assert state(made, BY_DAY | two) == ("breached", True, False, True)
    assert state(made, BY_DAY | waited(8)) == ("running", False, False, True)
    assert (
        state(made, BY_DAY | {**a_day, "w_attempt": 40 * HOUR}, FOUR_HOURS.model_copy(update={"limit_minutes": 2400}))[
            0
        ]
        == "met"
    )
    assert state(made, BY_DAY | a_day, AROUND)[0] == "breached", "three days around the clock"


def test_an_attempt_known_by_its_day_alone_is_marked(made: Rows) -> None:
    assert state(made, touched(3, attempt_by_day=True)) == ("met", True, False, True)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"verdict": "yes"}, "no_clock"),
        ({"verdict": "no", **waited(3)}, "met"),
        ({"over": True}, "no_clock"),
        ({"over": True, **waited(3)}, "withdrawn"),
        ({"bypassed": True, "bypassed_at": AS_OF, "w_bypassed": 30 * HOUR, "e_bypassed": 90 * HOUR}, "withdrawn"),
        ({"bypassed": True, "bypassed_at": AS_OF, "w_bypassed": 41 * HOUR, "e_bypassed": 90 * HOUR}, "breached"),
    ],
    ids=str,
)
def test_what_has_no_date_is_neither_kept_nor_missed_and_a_lead_that_moved_on_waits_for_no_verdict(
    made: Rows, row: dict[str, Any], expected: str
) -> None:
    found = state(made, row, WEEK)
    assert found[0] == expected
    assert not found[2], "nobody still waits"


def test_the_headline_is_missed_of_due_and_nothing_else(made: Rows) -> None:
    rows = [touched(1)] * 6 + [touched(9)] * 3 + [{}] * 1 + [waited(1)] * 50 + [over(1)] * 20 + [UNDATED] * 7
    found = asked(made, *rows)
    rate = found.rate()
    assert (rate.hits, rate.n) == (4, 10)
    assert found.total() == {
        "handed": 87, "met": 6, "breached": 4, "running": 50, "withdrawn": 20, "no_clock": 7,
        "due": 10, "past_due": 1, "by_day": 0, "start_by_day": 0,
    }  # fmt: skip
    assert math.isnan(asked(made).rate().value)


SECONDS = st.sampled_from([None, 0, HOUR, 4 * HOUR, 4 * HOUR + 1, 8 * HOUR, 16 * HOUR, 90 * HOUR])
INSTANTS = st.sampled_from([None, AS_OF - 60 * DAY, AS_OF - 50 * DAY, AS_OF])
FLAGS = st.sampled_from([None, False, True])
ANY_ROW = st.fixed_dictionaries(
    {
        "segment": st.sampled_from(["a", "b", UNKNOWN]),
        "verdict": st.sampled_from([None, "yes", "no"]),
        "over": st.booleans(),
        **dict.fromkeys(("handed_by_day", "over_by_day", "attempt_by_day", "verdict_by_day"), FLAGS),
        **dict.fromkeys(("next_at", "over_at", "attempt_at", "verdict_at", "bypassed_at"), INSTANTS),
        **{
            f"{kind}_{step}": SECONDS
            for kind in "we"
            for step in ("attempt", "verdict", "over", "bypassed", "now", "as_of")
        },
    }
)


@settings(max_examples=30, database=None)
@given(st.lists(ANY_ROW, max_size=40), st.sampled_from([FOUR_HOURS, AROUND, WEEK]))
def test_handed_over_is_the_sum_of_the_states_whatever_happened(
    made: Rows, rows: list[dict[str, Any]], clock: Clock
) -> None:
    found = asked(made, *rows, clock=clock)
    assert found.broken().empty
    assert found.total()["handed"] == len(rows)
    for name in (None, *found.names):
        whole = found.total(name)
        assert whole["handed"] == sum(whole[one] for one in STATES)
        assert whole["breached"] <= whole["due"] <= whole["breached"] + whole["met"]
        assert whole["past_due"] <= whole["breached"]
    each = made.engine.collect(clocked(made.timed(*rows), clock))
    assert not each["state"].isna().any()
    assert not (each["state"].isin(["withdrawn", "running", "no_clock"]) & each["due"]).any()


def test_only_a_group_beyond_chance_stands_out_and_never_a_small_or_an_unnamed_one(made: Rows) -> None:
    rows = [touched(1, segment="a")] * 60 + [touched(9, segment="a")] * 20
    rows += [touched(1, segment="b")] * 20 + [touched(9, segment="b")] * 40
    rows += [touched(9, segment="small")] * 19 + [touched(9, segment=UNKNOWN)] * 60
    found = asked(made, *rows)
    assert found.outstanding() == ("b",)
    assert found.names == (UNKNOWN, "a", "b", "small")
    assert asked(made).outstanding() == ()
    assert asked(made, touched(1)).outstanding() == ()
