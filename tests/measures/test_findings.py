"""What a leader is told to look at first."""

import pandas as pd

from core.definition.templates import VALIDATED
from core.journeys.passes import REJECTED, STALLED, WAITING
from core.measures.cohort import UNKNOWN, Query
from core.measures.findings import Finding, findings, sentence
from core.measures.funnel import Funnel, from_signatures

Row = tuple[str, int, int, str | None, int]


def made(*rows: Row) -> Funnel:
    """A funnel of rows (segment, furthest stage, how it stands there, reason, leads)."""
    frame = pd.DataFrame(rows, columns=["segment", "top", "end", "reason", "n"])
    mask = [(1 << top + 1) - 1 for top in frame["top"]]
    frame = frame.assign(stands=mask, seen=mask, matured=0, again=False)
    return from_signatures(frame, VALIDATED, Query(by="x"), as_of=0, base=0)


def found(split: Funnel, column: str = "source", most: int = 9) -> tuple[Finding, ...]:
    return findings(split, lambda by: split, [column], most=most)


ONE_BAD_TEAM = made(
    ("a", 0, STALLED, None, 60), ("a", 1, WAITING, None, 40),
    ("b", 0, STALLED, None, 10), ("b", 1, WAITING, None, 90),
    ("c", 0, STALLED, None, 10), ("c", 1, WAITING, None, 90),
)  # fmt: skip


def test_the_largest_leak_comes_first_then_the_group_that_stands_out() -> None:
    first, second = found(ONE_BAD_TEAM)
    assert (first.stage, first.outcome, first.leads, first.of) == ("mql", "stalled", 80, 300)
    assert (second.segment, second.leads, second.of) == ("a", 60, 100)
    assert second.others is not None
    assert (second.others.hits, second.others.n) == (20, 200)


def test_the_weight_of_a_group_is_what_the_others_rate_does_not_explain() -> None:
    assert found(ONE_BAD_TEAM)[1].weight == 60 - 100 * 20 / 200


def test_groups_alike_are_not_named() -> None:
    alike = made(*[(s, 0, STALLED, None, 20) for s in "abc"], *[(s, 1, WAITING, None, 80) for s in "abc"])
    assert [finding.segment for finding in found(alike)] == [""]


def test_a_small_group_is_never_named_however_bad_it_looks() -> None:
    split = made(("a", 0, STALLED, None, 19), ("b", 0, STALLED, None, 5), ("b", 1, WAITING, None, 195))
    assert [finding.segment for finding in found(split)] == [""]


def test_leads_of_an_unknown_group_are_nobodys_fault() -> None:
    split = made((UNKNOWN, 0, STALLED, None, 90), (UNKNOWN, 1, WAITING, None, 10), ("b", 1, WAITING, None, 200))
    assert [finding.segment for finding in found(split)] == [""]


def test_an_owner_is_not_blamed_for_what_happened_before_the_hand_off() -> None:
    whole = VALIDATED.model_copy(
        update={"stages": tuple(s.model_copy(update={"hands_over": s.id == "validated"}) for s in VALIDATED.stages)}
    )
    split = Funnel(ONE_BAD_TEAM.query, whole, 0, ONE_BAD_TEAM.stages, ONE_BAD_TEAM.reasons)
    assert [finding.segment for finding in found(split, "owner_team")] == [""]
    assert [finding.segment for finding in found(split, "source")] == ["", "a"]


def test_a_reason_is_named_where_it_explains_at_least_half() -> None:
    split = made(("a", 0, REJECTED, "No budget", 30), ("a", 0, REJECTED, "No need", 10), ("a", 1, WAITING, None, 60))
    (only,) = found(split)
    assert (only.reason, only.with_reason) == ("No budget", 30)
    many = made(*[("a", 0, REJECTED, f"reason {k}", 10) for k in range(4)], ("a", 1, WAITING, None, 60))
    assert found(many)[0].reason is None


def test_the_sentence_says_the_number_and_what_it_is_a_share_of() -> None:
    assert sentence(found(ONE_BAD_TEAM)[1], "team") == (
        'At MQL, with team "a", 60 of 100 leads (60 %) went no further: nothing happened past the clock; '
        "of all others 10 %."
    )


def test_nothing_is_said_where_nothing_leaks() -> None:
    assert found(made(("a", 1, WAITING, None, 50))) == ()


def test_under_twenty_there_is_no_percentage() -> None:
    assert "%" not in sentence(Finding("mql", "MQL", "stalled", 3, 9, 3.0))


def test_whoever_looks_at_many_columns_is_not_misled_by_luck() -> None:
    # One column in which a group is a little worse, as one of twenty is by chance, and nineteen in which none is.
    luck = made(
        ("a", 0, STALLED, None, 36), ("a", 1, WAITING, None, 64),
        ("b", 0, STALLED, None, 20), ("b", 1, WAITING, None, 80),
    )  # fmt: skip
    same = made(
        ("a", 0, STALLED, None, 26), ("a", 1, WAITING, None, 74),
        ("b", 0, STALLED, None, 26), ("b", 1, WAITING, None, 74),
    )  # fmt: skip
    assert [one.segment for one in findings(luck, {"c0": luck}.__getitem__, ["c0"], most=9)] == ["", "a"]
    many = {f"c{number}": luck if number == 0 else same for number in range(20)}
    assert [one.segment for one in findings(luck, many.__getitem__, list(many), most=9)] == [""]


def test_the_largest_leak_is_the_stage_that_loses_most_however_it_loses() -> None:
    rows = made(
        ("a", 0, REJECTED, None, 60), ("a", 0, STALLED, None, 50), ("a", 1, STALLED, None, 80),
        ("a", 2, WAITING, None, 10),
    )  # fmt: skip
    first = found(rows)[0]
    assert (first.stage, first.leads, first.of, first.outcome) == ("mql", 110, 200, "rejected")
    assert sentence(first) == "At MQL, 110 of 200 leads (55 %) went no further: 60 rejected, 50 stalled."
    leak = rows.leak()
    assert leak is not None
    assert (leak.stage, leak.lost.hits) == (first.stage, first.leads), "one story on every page"
