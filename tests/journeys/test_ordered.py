"""`ordered`: small cases by hand, and an independent slow reading compared on random journeys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.journeys.ordered import Exclusion, Step, equals, ordered

Event = tuple[Any, int, str]
Attempt = tuple[int, ...]


def frame(rows: Sequence[Event]) -> pd.DataFrame:
    events = pd.DataFrame(list(rows), columns=["lead", "happened_at", "name"])
    return events.astype({"happened_at": "int64"}).assign(seq=np.arange(len(events)))


def steps(names: str) -> list[Step]:
    return [Step(name, equals("name", name)) for name in names]


def read(
    rows: Sequence[Event], names: str, window: int | None = None, exclusions: Sequence[tuple[str, int, int]] = ()
) -> dict[Any, Attempt]:
    barriers = [Exclusion(equals("name", name), begin, end) for name, begin, end in exclusions]
    return attempts(ordered(frame(rows), steps(names), window=window, exclusions=barriers))


def attempts(result: pd.DataFrame) -> dict[Any, Attempt]:
    """Instants of the kept attempt by lead, after checking that depth and the missing instants agree."""
    found: dict[Any, Attempt] = {}
    for row in result.to_dict("records"):
        instants = [row[name] for name in result.columns[2:]]
        found[row["lead"]] = tuple(int(at) for at in instants[: row["depth"]])
        assert all(pd.isna(at) for at in instants[row["depth"] :])
    return found


def journey(names: str, lead: Any = "a") -> list[Event]:
    """Events one unit of time apart."""
    return [(lead, at, name) for at, name in enumerate(names)]


def test_golden_case_1_a_skipped_step_stops_the_lead_there() -> None:
    rows = [*journey("ABCD", "straight"), *journey("ABD", "skips C")]
    assert read(rows, "ABCD") == {"straight": (0, 1, 2, 3), "skips C": (0, 1)}


def test_a_lead_without_the_first_step_has_no_row() -> None:
    assert read(journey("BCD"), "ABCD") == {}


def test_a_step_before_its_turn_earns_nothing() -> None:
    assert read(journey("ACB"), "ABC") == {"a": (0, 2)}


def test_other_events_in_between_do_no_harm() -> None:
    assert read(journey("AxxByC"), "ABC") == {"a": (0, 3, 5)}


def test_the_window_is_closed_and_runs_from_the_first_step() -> None:
    rows: list[Event] = [("a", 0, "A"), ("a", 6, "B"), ("a", 10, "C")]
    assert read(rows, "ABC", window=10) == {"a": (0, 6, 10)}
    assert read(rows, "ABC", window=9) == {"a": (0, 6)}
    assert read(rows, "ABC", window=5) == {"a": (0,)}


def test_microseconds_work_where_the_window_is_in_microseconds() -> None:
    rows: list[Event] = [("a", 1_700_000_000_000_000, "A"), ("a", 1_700_000_000_000_001, "B")]
    assert len(read(rows, "AB", window=1)["a"]) == 2
    assert len(read(rows, "AB", window=0)["a"]) == 1


def test_the_deepest_of_several_attempts_is_kept() -> None:
    rows: list[Event] = [("a", 0, "A"), ("a", 20, "A"), ("a", 25, "B"), ("a", 50, "A")]
    assert read(rows, "AB", window=10) == {"a": (20, 25)}


def test_of_equally_deep_attempts_the_earliest_is_kept() -> None:
    rows: list[Event] = [("a", 0, "A"), ("a", 3, "A"), ("a", 5, "B")]
    assert read(rows, "AB", window=10) == {"a": (0, 5)}


def test_a_step_named_twice_needs_two_events() -> None:
    assert read(journey("AB"), "ABB") == {"a": (0, 1)}
    assert read(journey("ABB"), "ABB") == {"a": (0, 1, 2)}
    assert read([("a", 0, "A"), ("b", 0, "A"), ("b", 0, "A")], "AA") == {"a": (0,), "b": (0, 0)}


def test_golden_case_8_steps_at_the_same_instant_count_in_step_order() -> None:
    rows: list[Event] = [("a", 0, "B"), ("a", 0, "A"), ("a", 0, "C")]
    assert read(rows, "ABC", window=0) == {"a": (0, 0, 0)}


def test_one_event_fulfils_one_step_of_an_attempt() -> None:
    wide = [Step("A", equals("name", "A")), Step("A or B", equals("name", "A", "B"))]
    assert attempts(ordered(frame(journey("A")), wide, window=None)) == {"a": (0,)}
    assert attempts(ordered(frame(journey("AB")), wide, window=None)) == {"a": (0, 1)}


def test_an_exclusion_breaks_the_attempt_for_good() -> None:
    rows = [*journey("AxB", "broken"), *journey("ABx", "after"), *journey("xAB", "before")]
    assert read(rows, "AB", exclusions=[("x", 0, 1)]) == {"after": (0, 1), "before": (1, 2)}


def test_a_later_attempt_survives_an_exclusion() -> None:
    assert read(journey("AxAB"), "AB", exclusions=[("x", 0, 1)]) == {"a": (2, 3)}


def test_an_exclusion_holds_only_between_its_steps() -> None:
    assert read(journey("AxBC"), "ABC", exclusions=[("x", 1, 2)]) == {"a": (0, 2, 3)}
    assert read(journey("ABxC"), "ABC", exclusions=[("x", 1, 2)]) == {}
    assert read(journey("ABxC"), "ABC", exclusions=[("x", 0, 2)]) == {}
    assert read(journey("Ax"), "ABC", exclusions=[("x", 1, 2)]) == {"a": (0,)}


def test_an_exclusion_at_the_instant_of_a_step_does_no_harm() -> None:
    rows: list[Event] = [("a", 0, "A"), ("a", 0, "x"), ("a", 9, "x"), ("a", 9, "B")]
    assert read(rows, "AB", exclusions=[("x", 0, 1)]) == {"a": (0, 9)}


def test_an_exclusion_with_no_step_to_follow_holds_to_the_end_of_the_window() -> None:
    rows: list[Event] = [("in", 0, "A"), ("in", 10, "x"), ("late", 0, "A"), ("late", 11, "x"), ("late", 12, "B")]
    assert read(rows, "AB", window=10, exclusions=[("x", 0, 1)]) == {"late": (0,)}
    assert read(rows, "AB", window=None, exclusions=[("x", 0, 1)]) == {}


def test_text_and_number_leads_keep_their_type_and_come_sorted() -> None:
    text = ordered(frame([("b", 0, "A"), ("a", 0, "A")]), steps("AB"), window=None)
    number = ordered(frame([(7, 0, "A"), (3, 0, "A")]), steps("AB"), window=None)
    assert text["lead"].tolist() == ["a", "b"]
    assert number["lead"].tolist() == [3, 7]
    assert number["lead"].dtype == np.int64
    assert [str(dtype) for dtype in number.dtypes[1:]] == ["int64", "Int64", "Int64"]


def test_no_events_give_an_empty_table_with_all_columns() -> None:
    assert ordered(frame([]), steps("AB"), window=1).columns.tolist() == ["lead", "depth", "at_1", "at_2"]


def test_rows_without_lead_or_instant_are_left_out() -> None:
    events = frame([("a", 0, "A"), ("a", 1, "B"), (None, 2, "A")]).astype({"happened_at": "Int64"})
    events.loc[1, "happened_at"] = pd.NA
    assert attempts(ordered(events, steps("AB"), window=None)) == {"a": (0,)}


def test_the_events_are_not_changed() -> None:
    events = frame(journey("ABAB"))
    before = events.copy()
    ordered(events, steps("AB"), window=3)
    pd.testing.assert_frame_equal(events, before)


def test_what_cannot_be_read_is_refused() -> None:
    events = frame(journey("AB"))
    with pytest.raises(ValueError, match="no steps"):
        ordered(events, [], window=1)
    with pytest.raises(ValueError, match="negative"):
        ordered(events, steps("AB"), window=-1)
    with pytest.raises(ValueError, match="seq"):
        ordered(events.drop(columns="seq"), steps("AB"), window=1)
    with pytest.raises(TypeError, match="whole numbers"):
        ordered(events.astype({"happened_at": "float64"}), steps("AB"), window=1)
    for begin, end in ((1, 1), (1, 0), (0, 2), (-1, 1)):
        with pytest.raises(ValueError, match="exclusion"):
            ordered(events, steps("AB"), window=1, exclusions=[Exclusion(equals("name", "x"), begin, end)])
    with pytest.raises(ValueError, match="predicate"):
        ordered(events, [Step("A", lambda rows: np.array([True]))], window=1)


# --- an independent reading -------------------------------------------------------------------------------------------


def slow(
    rows: Sequence[Event], wanted: Sequence[str], window: int | None, exclusions: Sequence[tuple[str, int, int]]
) -> dict[Any, Attempt]:
    """One lead, one start, one step at a time, over plain lists."""
    kept: dict[Any, Attempt] = {}
    for lead in {row[0] for row in rows}:
        own = sorted((at, seq, name) for seq, (who, at, name) in enumerate(rows) if who == lead)
        best: Attempt = ()
        for start in (event for event in own if event[2] in wanted[0]):
            chain, end = [start], None if window is None else start[0] + window
            for names in wanted[1:]:
                free = [e for e in own if e[2] in names and e not in chain and e[0] >= chain[-1][0]]
                if not free or (end is not None and free[0][0] > end):
                    break
                chain.append(free[0])
            instants = tuple(event[0] for event in chain)
            if not any(spoiled(own, instants, end, exclusion) for exclusion in exclusions) and len(instants) > len(
                best
            ):
                best = instants
        if best:
            kept[lead] = best
    return kept


def spoiled(own: Sequence[tuple[int, int, str]], at: Attempt, end: int | None, exclusion: tuple[str, int, int]) -> bool:
    name, begin, until = exclusion
    if len(at) <= begin:
        return False
    later = [event[0] for event in own if event[2] == name and event[0] > at[begin]]
    if len(at) > until:
        return any(instant < at[until] for instant in later)
    return any(end is None or instant <= end for instant in later)


journeys = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8), st.sampled_from("ABCx")), max_size=24)
sequences = st.lists(st.sampled_from(["A", "B", "C", "AB", "BC"]), min_size=1, max_size=4)
windows = st.none() | st.integers(0, 9)


@st.composite
def barriers(draw: st.DrawFn, length: int) -> list[tuple[str, int, int]]:
    if length < 2:
        return []
    pairs = [(begin, end) for begin in range(length) for end in range(begin + 1, length)]
    return [(name, *draw(st.sampled_from(pairs))) for name in draw(st.lists(st.sampled_from("xC"), max_size=2))]


@settings(deadline=None)
@given(journeys, sequences, windows, st.data())
def test_agrees_with_the_slow_reading(
    rows: list[Event], wanted: list[str], window: int | None, data: st.DataObject
) -> None:
    excluded = data.draw(barriers(len(wanted)))
    made = ordered(
        frame(rows),
        [Step(names, equals("name", *names)) for names in wanted],
        window=window,
        exclusions=[Exclusion(equals("name", name), begin, end) for name, begin, end in excluded],
    )
    assert attempts(made) == slow(rows, wanted, window, excluded)


@settings(deadline=None)
@given(journeys, windows, st.randoms(use_true_random=False))
@example([(0, 0, "A"), (0, 0, "B"), (0, 0, "C")], 0, None)
def test_row_order_never_matters(rows: list[Event], window: int | None, random: Any) -> None:
    events = frame(rows)
    places = list(range(len(rows)))[::-1]
    if random is not None:
        random.shuffle(places)
    excluded = [Exclusion(equals("name", "x"), 0, 1)]
    straight = ordered(events, steps("ABC"), window=window, exclusions=excluded)
    mixed = ordered(events.iloc[places], steps("ABC"), window=window, exclusions=excluded)
    pd.testing.assert_frame_equal(straight, mixed)
