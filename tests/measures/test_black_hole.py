"""The black hole: every hand-off in exactly one bucket, nobody blamed by chance, money per currency, a list to work."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.definition import Clock, Definition
from core.definition.templates import CLASSIC
from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.clocks import TIMED
from core.journeys.handoffs import HANDOFFS
from core.journeys.passes import LOST, REJECTED, STALLED, WAITING
from core.journeys.reduce import Facts
from core.measures.answering import delay
from core.measures.at_stake import at_stake, currencies, expected
from core.measures.black_hole import BlackHole, black_hole, touches_known
from core.measures.buckets import ANSWERED, BUCKETS, MEANINGS, SILENT, bucketed
from core.measures.cohort import UNKNOWN, Query
from core.measures.dispositions import bought
from core.measures.habits import habits
from core.measures.holding import AGE_ORDER, grouped
from core.measures.silent_leads import id_heading, owners, silent_leads
from core.measures.trail import coverage, trail
from core.settings import Settings
from core.tables import Table

AS_OF = 1_782_000_000
HOUR, DAY = 3600, 86_400
WEEK = 40 * HOUR
SILENCE = Clock(
    id="disposition", name="Disposition", milestone="disposition", limit_minutes=40 * 60, grace_minutes=2400
)
PATIENCE = SILENCE.patience_seconds
VERDICT = Clock(id="verdict", name="Verdict", milestone="verdict", limit_minutes=40 * 60)
AGREED = CLASSIC.model_copy(update={"clocks": (VERDICT, SILENCE)})
NO_CLOCK = CLASSIC.model_copy(update={"clocks": ()})
MQL, SAL = CLASSIC.hand_off, CLASSIC.hand_off + 1

ROWS_OF = Table("timed", "hand-off", (*HANDOFFS.columns, *TIMED.columns))
HANDED: dict[str, Any] = {
    "pass": 0, "handed_at": AS_OF - 60 * DAY, "handed_by_day": False, "attempts": 0, "early_touches": 0,
    "unborn_touches": 0, "machine_touches": 0, "bypassed": False, "furthest": MQL, "won": False,
    "w_now": PATIENCE + 1, "e_now": 60 * DAY, "w_as_of": 4 * PATIENCE, "e_as_of": 60 * DAY, "day_seconds": 8 * HOUR,
    "owner_kind": "person", "owner_now_active": True,
}  # fmt: skip
"""A hand-off past clock and grace of which nothing is recorded."""


@dataclass(frozen=True)
class Company:
    """Hand-offs made by hand, with the leads, trips and deals that they belong to."""

    engine: Engine
    folder: Path
    definition: Definition = AGREED

    def timed(self, *rows: dict[str, Any]) -> Lazy:
        made = [{**HANDED, "unit": unit, **row} for unit, row in enumerate(rows)]
        for row in made:
            if row.get("next_at") is None:  # Nothing ended its window: it lasts until as_of.
                row |= {f"{kind}_as_of": row[f"{kind}_now"] for kind in "we"}
        return self.engine.frame(ROWS_OF.conform(pd.DataFrame(made, columns=None if made else ["unit"])), ROWS_OF)

    def facts(self, rows: Lazy, *, deals: list[dict[str, Any]] | None = None, **columns: list[Any]) -> Facts:
        """Facts whose leads have these columns, one trip each as far as their hand-off came."""
        handed = self.engine.collect(rows.select("unit", "furthest", "won"))
        leads = pd.DataFrame({"unit": handed["unit"].astype("int64")})
        given = {"lead_id": [f"L{unit}" for unit in leads["unit"]], "source": None, **columns}
        for name in ("first_name", "last_name", "company", "phone", "email", "owner"):
            given.setdefault(name, None)
        leads = leads.assign(
            **{name: pd.Series(value, index=leads.index, dtype="str") for name, value in given.items()}
        )
        ends = columns.get("end", [REJECTED] * len(leads))
        leads = leads.drop(columns="end", errors="ignore")
        trips = pd.DataFrame(
            {"unit": leads["unit"], "pass": 0, "n_passes": 1, "furthest": handed["furthest"], "end": ends}
        )
        sold = pd.DataFrame(deals or [], columns=["unit", "deal_id", "outcome", "amount_minor", "currency"])
        sold = sold.astype({"unit": "int64", "amount_minor": "Int64", "outcome": "str", "currency": "str"})
        for name, frame in (("units", leads), ("passes-0000", trips.astype("int64")), ("deals", sold)):
            self.engine.keep(self.engine.frame(frame), self.folder / f"{name}.parquet")
        return Facts(self.folder, self.definition, AS_OF, len(leads), ())

    def hole(
        self, *rows: dict[str, Any], query: Query | None = None, facts: Facts | None = None, **columns: list[Any]
    ) -> BlackHole:
        asked, timed = query or Query(), self.timed(*rows)
        facts = facts or self.facts(timed, **columns)
        return black_hole(self.engine, self.standing(timed, facts, asked), self.definition, asked, as_of=AS_OF)

    def standing(self, timed: Lazy, facts: Facts, asked: Query | None = None) -> Lazy:
        return bucketed(grouped(self.engine, facts, timed, asked or Query(), Settings()), self.definition)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("hole")
    with Engine(folder) as engine:
        yield Company(engine, folder)


@pytest.fixture(scope="module")
def anybody(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Leads of whom nothing is asked."""
    alone = replace(company, folder=company.folder / "anybody")
    alone.folder.mkdir()
    return alone.facts(company.timed({}))


def bucket(company: Company, row: dict[str, Any]) -> str:
    counts = company.hole(row).total()
    (name,) = (name for name in BUCKETS if counts[name])
    return name


# --- every hand-off in exactly one bucket -----------------------------------------------------------------------------


def fate(row: dict[str, Any], clock: Clock | None) -> str:
    """The same said plainly: what became of one hand-off."""
    if row["verdict"] is not None:
        return str(row["verdict"])
    if row["bypassed"]:
        return "bypassed"
    if row["disposed_at"] is not None:
        return "disposed"
    kind = "e" if clock is not None and clock.time == "elapsed" else "w"
    waited, left = row[f"{kind}_now"], row[f"{kind}_left"]
    if row["handed_at"] is None or waited is None or row["e_now"] is None:
        return "undated"
    closed = row["next_at"] is not None
    if clock is None:
        return "withdrawn" if row["left_at"] is not None or closed else "in_clock"
    if left is not None and left <= clock.patience_seconds:
        return "withdrawn"
    if waited <= clock.patience_seconds:
        return "withdrawn" if closed else "in_clock"
    return "touched_silent" if row["attempts"] else "never_touched"


def is_aged(row: dict[str, Any], clock: Clock | None) -> bool:
    """Have its clock and grace passed, whatever became of it?"""
    if clock is None or row["handed_at"] is None:
        return False
    kind = "e" if clock.time == "elapsed" else "w"
    waited = row[f"{kind}_now"] if row["next_at"] is None else HANDED[f"{kind}_as_of"]
    known = row[f"{kind}_now"] is not None and row["e_now"] is not None
    return known and waited is not None and waited > clock.patience_seconds


NEAR = st.sampled_from([None, 0, PATIENCE - 1, PATIENCE, PATIENCE + 1, 3 * PATIENCE])
ROWS = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from([None, None, "yes", "no"]),
        "bypassed": st.sampled_from([False, False, True]),
        "disposed_at": st.sampled_from([None, None, AS_OF - DAY]),
        "handed_at": st.sampled_from([None, AS_OF - 60 * DAY]),
        "left_at": st.sampled_from([None, AS_OF - DAY]),
        "next_at": st.sampled_from([None, None, AS_OF - DAY]),
        "attempts": st.sampled_from([0, 0, 1, 7]),
        **dict.fromkeys(("w_now", "e_now", "w_left", "e_left"), NEAR),
        "team": st.sampled_from([None, "North", "South"]),
    }
)
CLOCKS = st.sampled_from([None, SILENCE, SILENCE.model_copy(update={"time": "elapsed"})])


@given(rows=st.lists(ROWS, min_size=1, max_size=40), clock=CLOCKS, by=st.sampled_from([None, "team", "holder", "age"]))
@settings(max_examples=20)
def test_handed_over_is_the_sum_of_what_became_of_it_always(
    company: Company, anybody: Facts, rows: list[dict[str, Any]], clock: Clock | None, by: str | None
) -> None:
    made = replace(company, definition=CLASSIC.model_copy(update={"clocks": () if clock is None else (clock,)}))
    found = made.hole(*rows, query=Query(by=by), facts=anybody)
    whole = found.total()
    assert found.holds
    assert whole["handed"] == len(rows) == sum(whole[name] for name in BUCKETS)
    fates = [fate(row, clock) for row in rows]
    assert {name: whole[name] for name in BUCKETS} == {name: fates.count(name) for name in BUCKETS}
    aged = [is_aged(row, clock) for row in rows]
    due = [old and one in (*ANSWERED, *SILENT) for one, old in zip(fates, aged, strict=True)]
    assert whole["due"] == sum(due)
    assert whole["answered"] == sum(old and one in ANSWERED for one, old in zip(fates, aged, strict=True))
    assert whole["answered"] + found.size() == whole["due"]
    assert whole["gone"] <= found.size()
    assert whole["dated"] == sum(row["handed_at"] is not None for row in rows)
    if by == "team":
        for team in ("North", "South"):
            assert found.size(team) == sum(row["team"] == team and fate(row, clock) in SILENT for row in rows)


def test_each_bucket_has_its_meaning_in_words() -> None:
    assert list(MEANINGS) == list(BUCKETS)


def test_clock_and_grace_are_passed_after_their_last_second(company: Company) -> None:
    assert bucket(company, {"w_now": PATIENCE}) == "in_clock"
    assert bucket(company, {"w_now": PATIENCE + 1}) == "never_touched"


def test_a_day_without_a_time_is_measured_in_whole_days(company: Company) -> None:
    grace = SILENCE.model_copy(update={"grace_minutes": 2640})
    lunch = replace(company, definition=CLASSIC.model_copy(update={"clocks": (grace,)}))
    assert grace.patience_seconds == 84 * HOUR  # Ten days and a half: eleven, where only days are known.
    for by_day, counted in ((False, 1), (True, 0)):
        assert lunch.hole({"w_now": 85 * HOUR, "handed_by_day": by_day}).size() == counted
    assert lunch.hole({"w_now": 96 * HOUR, "handed_by_day": True}).size() == 1


def test_an_answer_counts_among_those_due_once_its_clock_has_passed_though_its_window_closed_before(
    company: Company,
) -> None:
    back = {"verdict": "no", "w_now": HOUR, "next_at": AS_OF - 40 * DAY}
    found = company.hole(back, {}, {"verdict": "no", "w_now": HOUR})
    assert (found.coverage().hits, found.coverage().n) == (1, 2)


def test_a_lead_that_marketing_took_back_in_time_is_withdrawn_and_later_stays_in_the_black_hole(
    company: Company,
) -> None:
    left = {"left_at": AS_OF - DAY, "left_how": "exit"}
    assert bucket(company, {**left, "w_left": PATIENCE}) == "withdrawn"
    late = company.hole({**left, "w_left": PATIENCE + 1})
    assert (late.size(), late.total()["gone"], late.total()["withdrawn"]) == (1, 1, 0)


def test_a_call_without_a_word_is_silent_not_untouched(company: Company) -> None:
    assert bucket(company, {"attempts": 3}) == "touched_silent"


def test_without_a_clock_nothing_is_ever_in_the_black_hole(company: Company) -> None:
    none = replace(company, definition=NO_CLOCK)
    found = none.hole({}, {"attempts": 2}, {"verdict": "no"})
    assert (found.size(), found.total()["in_clock"], found.total()["due"]) == (0, 2, 0)
    assert found.clock is None
    assert math.isnan(found.coverage().value)


TWICE: tuple[dict[str, Any], ...] = (
    {"unit": 7, "pass": 0, "next_at": AS_OF - 40 * DAY, "rep_name": "Ann", "handed_at": AS_OF - 90 * DAY},
    {"unit": 7, "pass": 1, "verdict": "yes", "rep_name": "Bo"},
)
"""A lead that Ann left lying and that Bo took when it came back."""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), {"": (1, 1)}),
        (Query(counting="passes"), {"": (2, 1)}),
        (Query(by="rep"), {"Bo": (1, 1)}),
        (Query(where=(("rep", "Ann"),)), {}),
        (Query(where=(("rep", "Bo"),)), {"": (1, 1)}),
        (Query(counting="passes", where=(("rep", "Ann"),)), {"": (1, 0)}),
        (Query(end=datetime.fromtimestamp(AS_OF - 80 * DAY, UTC).date()), {"": (1, 0)}),
    ],
    ids=str,
)
def test_counting_leads_each_stands_with_its_last_hand_off_in_the_period_under_every_filter(
    company: Company, anybody: Facts, query: Query, expected: dict[str, tuple[int, int]]
) -> None:
    found = black_hole(
        company.engine, company.standing(company.timed(*TWICE), anybody, query), AGREED, query, as_of=AS_OF
    )
    told = {name: (found.total(name)["handed"], found.total(name)["yes"]) for name in found.segments["segment"]}
    assert told == expected


# --- where ------------------------------------------------------------------------------------------------------------


def teams(**sizes: tuple[int, int]) -> list[dict[str, Any]]:
    """Team → hand-offs past their clock, and how many of them nobody ever touched."""
    return [
        {"team": team, "verdict": None if place < silent else "yes"}
        for team, (n, silent) in sizes.items()
        for place in range(n)
    ]


def test_the_team_that_leaves_leads_lying_stands_out_and_the_others_do_not(company: Company) -> None:
    found = company.hole(*teams(North=(100, 5), South=(100, 40), East=(100, 7)), query=Query(by="team"))
    assert found.outstanding() == ("South",)
    assert (found.rate("South").hits, found.rate("South").n) == (40, 100)
    assert found.largest() == ("South", "East", "North")


def test_young_leads_do_not_make_a_team_look_better(company: Company) -> None:
    young = [{"team": "South", "w_now": HOUR} for _ in range(400)]
    found = company.hole(*teams(North=(100, 5), South=(100, 40)), *young, query=Query(by="team"))
    assert found.rate("South").n == 100
    assert found.share("South").n == 500
    assert found.outstanding() == ("South",)


def test_a_handful_of_leads_and_an_unknown_team_are_never_named(company: Company) -> None:
    few = company.hole(*teams(North=(200, 2), South=(19, 19)), query=Query(by="team"))
    assert few.outstanding() == ()
    rows = [
        {**row, "team": None if row["team"] == "South" else "North"} for row in teams(North=(200, 2), South=(90, 80))
    ]
    unknown = company.hole(*rows, query=Query(by="team"))
    assert unknown.rate(UNKNOWN).hits == 80
    assert unknown.outstanding() == ()


def test_queues_machines_and_those_who_left_hold_leads_that_nobody_will_call(company: Company) -> None:
    rows: list[dict[str, Any]] = [
        {"owner_kind": "queue"}, {"owner_kind": "machine"}, {"owner_kind": "person", "owner_now_active": False},
        {"owner_kind": "person"}, {"owner_kind": "person", "owner_now_active": None}, {"owner_kind": "unknown"},
    ]  # fmt: skip
    found = company.hole(*rows, query=Query(by="holder"))
    assert {name: found.size(name) for name in found.segments["segment"]} == {
        "active person": 2, "machine": 1, "not known": 1, "person who has left": 1, "queue": 1,
    }  # fmt: skip
    only = company.hole(*rows, query=Query(where=(("holder", "queue"),)))
    assert only.total()["handed"] == 1


def test_ages_are_told_in_bands_that_are_all_known(company: Company) -> None:
    ages = {"under a week": 7 * DAY - 1, "1 to 2 weeks": 7 * DAY, "13 to 26 weeks": 100 * DAY, "over a year": 365 * DAY}
    found = company.hole(*({"e_now": since} for since in ages.values()), query=Query(by="age"))
    assert set(found.segments["segment"]) == set(ages) <= set(AGE_ORDER)


def test_a_column_that_is_not_there_is_refused_in_words(company: Company) -> None:
    with pytest.raises(QueryInvalid, match='no column "shoe"'):
        company.hole({}, query=Query(by="shoe"))


def test_columns_of_the_lead_group_too(company: Company) -> None:
    found = company.hole({}, {}, {"verdict": "no"}, query=Query(by="source"), source=["Web", "List", "List"])
    assert (found.size("Web"), found.size("List"), found.total("List")["no"]) == (1, 1, 1)


def test_never_touched_can_be_told_from_silent_only_where_touches_are_on_record(company: Company) -> None:
    assert not touches_known(company.engine, company.timed({}, {}))
    assert touches_known(company.engine, company.timed({}, {"machine_touches": 1}))


# --- how soon, how much -----------------------------------------------------------------------------------------------


def test_disposition_coverage_leaves_out_who_is_not_due(company: Company) -> None:
    answered = {"verdict": "no", "w_verdict": HOUR}
    found = company.hole(
        answered, {"disposed_at": AS_OF, "w_disposition": HOUR}, {}, {"w_now": HOUR}, {**answered, "w_now": HOUR}
    )
    assert (found.coverage().hits, found.coverage().n) == (2, 3)


def test_disposition_delay_is_of_the_first_answer_and_days_feed_no_clock_of_hours(company: Company) -> None:
    rows: list[dict[str, Any]] = [
        {"verdict": "yes", "w_verdict": 10 * HOUR, "w_disposition": 2 * HOUR, "disposed_at": AS_OF},
        {"verdict": "no", "w_verdict": 4 * HOUR},
        {"disposed_at": AS_OF, "w_disposition": 6 * HOUR},
        {"disposed_at": AS_OF, "w_disposition": 900 * HOUR, "disposed_by_day": True},
        {"verdict": "no", "w_verdict": 900 * HOUR, "handed_by_day": True},
        {},
    ]
    found = delay(company.engine, bucketed(company.timed(*rows), AGREED), SILENCE)
    assert (found.n, found.median, found.by_day) == (3, 4.0, 2)
    assert found.p90 == pytest.approx(5.6)
    assert math.isnan(delay(company.engine, bucketed(company.timed({}), AGREED), SILENCE).median)


WON = {"furthest": CLASSIC.won, "won": True, "verdict": "yes"}


def test_expected_value_is_the_shrunken_share_times_the_sources_own_average(company: Company) -> None:
    rows = company.timed(
        *[WON] * 4, *[{"furthest": SAL, "verdict": "yes"}] * 4, {"furthest": MQL}, {"furthest": SAL, "verdict": "yes"}
    )
    deals = [
        {"unit": 0, "deal_id": "a", "outcome": "won", "amount_minor": 100, "currency": "EUR"},
        {"unit": 1, "deal_id": "b", "outcome": "won", "amount_minor": 300, "currency": "EUR"},
        {"unit": 2, "deal_id": "c", "outcome": "won", "amount_minor": 800, "currency": "USD"},
        {"unit": 3, "deal_id": "d", "outcome": "won", "amount_minor": None, "currency": "EUR"},
        {"unit": 4, "deal_id": "e", "outcome": "lost", "amount_minor": 9_999, "currency": "EUR"},
    ]
    end = [WAITING] * 4 + [REJECTED, LOST, REJECTED, REJECTED, STALLED, WAITING]
    facts = company.facts(rows, deals=deals, source=["Web"] * 10, end=end)
    values = expected(company.engine, facts)
    assert currencies(values) == ("EUR", "USD")
    at_mql: Any = values[values["furthest"] == MQL].set_index("currency")
    assert list(at_mql["closed"]) == [8, 8]
    assert at_mql.loc["EUR", "share"] == pytest.approx(0.5)  # One source: nothing to shrink towards but itself.
    assert at_mql.loc["EUR", "average_minor"] == pytest.approx(400 / 3)
    assert at_mql.loc["EUR", "expected_minor"] == pytest.approx(200 / 3)
    assert at_mql.loc["USD", "expected_minor"] == pytest.approx(400 / 3)
    counted = company.standing(rows, facts)
    stake: Any = at_stake(company.engine, facts, counted, values).set_index("currency")
    assert stake.loc["EUR", "expected_minor"] == pytest.approx(200 / 3)
    assert list(stake["leads"]) == list(stake["valued"]) == [1, 1]


def test_a_source_without_wins_has_no_expected_value_and_a_small_one_is_pulled_towards_all(company: Company) -> None:
    sources = ["Web"] * 100 + ["Fair"] * 100 + ["Ad"] * 2 + ["List"]
    rows = company.timed(*[WON] * 10, *[{}] * 90, *[WON] * 50, *[{}] * 50, *[WON] * 2, {})
    won = [*range(10), *range(100, 150), 200, 201]
    deals = [
        {"unit": unit, "deal_id": str(unit), "outcome": "won", "amount_minor": 100, "currency": "EUR"} for unit in won
    ]
    facts = company.facts(rows, deals=deals, source=sources, end=[REJECTED] * 202 + [STALLED])
    at_mql: Any = expected(company.engine, facts).query(f"furthest == {MQL}").set_index("source")
    assert 0.10 < at_mql.loc["Web", "share"] < 0.12
    assert at_mql.loc["Ad", "share"] < 0.9  # 2 of 2 is no certainty.
    assert pd.isna(at_mql.loc["List", "expected_minor"])
    counted = company.standing(rows, facts, Query(by="source"))
    stake: Any = at_stake(company.engine, facts, counted, expected(company.engine, facts)).set_index("segment")
    assert (stake.loc["List", "valued"], stake.loc["List", "leads"], stake.loc["List", "expected_minor"]) == (0, 1, 0)
    assert pd.isna(stake.loc["List", "currency"])
    assert stake.loc["Web", "expected_minor"] == pytest.approx(90 * at_mql.loc["Web", "expected_minor"])


def test_won_revenue_is_split_by_where_its_trail_breaks_first_per_currency(company: Company) -> None:
    dated = {**WON, "disposed_at": AS_OF}
    rows = company.timed(dated, dated, {**WON, "handed_at": None}, {"furthest": CLASSIC.won, "won": True}, dated, dated)
    ids = ["L0", "L1", "L2", "L3", "deal:006", "L5"]
    facts = company.facts(rows, lead_id=ids, source=["Web", " ", "Web", "Web", "Web", "Web"], deals=[
        {"unit": unit, "deal_id": str(unit), "outcome": outcome, "amount_minor": 100 * (unit + 1), "currency": code}
        for unit, outcome, code in [*((unit, "won", "EUR") for unit in range(5)), (5, "won", "USD"), (0, "lost", "EUR")]
    ])  # fmt: skip
    found = trail(company.engine, facts, rows)
    amounts = found[found["currency"] == "EUR"].set_index("trail")["amount_minor"].to_dict()
    assert amounts == {"unbroken": 100, "source": 200, "hand_off": 300, "answer": 400, "lead": 500}
    assert coverage(found) == {"EUR": pytest.approx(100 / 1500), "USD": 1.0}


# --- what sales gets out of it ----------------------------------------------------------------------------------------


def test_what_a_disposition_buys_is_counted_by_what_sales_recorded(company: Company) -> None:
    rows: list[dict[str, Any]] = [
        {**WON, "attempts": 3, "w_verdict": HOUR},
        {"verdict": "yes", "attempts": 5, "w_verdict": 3 * HOUR},
        {"verdict": "no", "attempts": 1, "w_verdict": WEEK},
        {"verdict": "no", "attempts": 6, "w_verdict": WEEK + 1},
        {"disposed_at": AS_OF, "attempts": 2},
        {"attempts": 4},
        {},
        {"w_now": HOUR, "attempts": 50},
        {"handed_at": None, "attempts": 50},
    ]
    found: Any = bought(company.engine, bucketed(company.timed(*rows), AGREED), AGREED).set_index("kind")
    assert found[["n", "won", "attempts", "attempted"]].to_numpy().tolist() == [
        [2, 1, 8, 2], [1, 0, 1, 1], [1, 0, 6, 1], [1, 0, 2, 1], [2, 0, 4, 1],
    ]  # fmt: skip


def reps(*of: tuple[str, int, int, int]) -> list[dict[str, Any]]:
    """(rep, hand-offs, won, hours to the first attempt)."""
    return [
        {"rep": rep, **(WON if place < won else {"verdict": "no"}), "attempts": 2, "w_attempt": hours * HOUR,
         "attempt_by_day": False, "handed_at": AS_OF - 200 * DAY}
        for rep, n, won, hours in of
        for place in range(n)
    ]  # fmt: skip


def test_the_better_half_of_the_reps_is_set_beside_the_rest_without_names(company: Company) -> None:
    rows = reps(
        ("a", 100, 50, 1), ("b", 100, 45, 1), ("c", 100, 48, 1), ("d", 100, 5, 9), ("e", 100, 6, 9), ("f", 100, 4, 9)
    )
    rows += reps(("tiny", 3, 3, 1))
    found = habits(company.engine, bucketed(company.timed(*rows), AGREED), as_of=AS_OF, mature_days=90)
    halves: Any = found.halves.set_index("half")
    assert found.why == ""
    assert halves["reps"].to_dict() == {"best": 3, "others": 3}
    assert halves["n"].to_dict() == {"best": 300, "others": 300}
    assert halves["hours"].to_dict() == {"best": 1.0, "others": 9.0}
    assert not set(found.halves.columns) & {"rep", "name"}


def test_reps_that_differ_by_chance_or_are_few_are_not_compared(company: Company) -> None:
    alike = [(name, 100, 20, 1) for name in "abcdef"]
    rows = bucketed(company.timed(*reps(*alike)), AGREED)
    assert habits(company.engine, rows, as_of=AS_OF, mature_days=90).why == "alike"
    assert habits(company.engine, rows, as_of=AS_OF, mature_days=300).why == "few"
    few = bucketed(company.timed(*reps(*alike[:5])), AGREED)
    assert habits(company.engine, few, as_of=AS_OF, mature_days=90).why == "few"


# --- the list to work -------------------------------------------------------------------------------------------------


def listed(company: Company, *rows: dict[str, Any], deals: list[dict[str, Any]], **how: Any) -> pd.DataFrame:
    columns = how.pop("columns", {})
    timed = company.timed(*rows)
    facts = company.facts(timed, deals=deals, **columns)
    counted = company.standing(timed, facts)
    return silent_leads(company.engine, facts, counted, expected(company.engine, facts), **how)


def test_the_list_has_the_dearest_lead_first_and_of_equals_the_oldest(company: Company) -> None:
    rows = [
        {**WON, "owner_now_name": "Ann"},
        {"handed_at": AS_OF - 50 * DAY, "owner_now_name": "Ann"},
        {"handed_at": AS_OF - 70 * DAY, "owner_now_name": "Ann"},
        {"handed_at": AS_OF - 90 * DAY, "owner_now": "u-17"},
        {"handed_at": AS_OF - 80 * DAY, "owner_now_name": "Ann", "left_at": AS_OF, "w_left": PATIENCE + 1},
    ]
    deals = [{"unit": 0, "deal_id": "a", "outcome": "won", "amount_minor": 100, "currency": "EUR"}]
    columns = {"source": ["Web", "Web", "Web", "List", "Web"], "end": [WAITING] + [STALLED] * 4}
    found = listed(company, *rows, deals=deals, columns=columns)
    assert list(found["lead_id"]) == ["L4", "L2", "L1", "L3"]
    assert found["value_0"].notna().tolist() == [True, True, True, False]
    assert found.loc[3, "owner"] == "u-17"
    mine = listed(company, *rows, deals=deals, columns=columns, owner="Ann", open_only=True)
    assert list(mine["lead_id"]) == ["L2", "L1"]
    assert list(listed(company, *rows, deals=deals, columns=columns, buckets=("yes",))["lead_id"]) == ["L0"]
    with pytest.raises(QueryInvalid, match='becomes "lost"'):
        listed(company, *rows, deals=deals, buckets=("lost",))


def test_owners_are_listed_with_what_they_still_have_to_work(company: Company) -> None:
    rows: list[dict[str, Any]] = [
        {"owner_now_name": "Ann", "attempts": 2},
        {"owner_now_name": "Ann", "handed_at": AS_OF - 70 * DAY},
        {"owner_kind": "queue"},
        {"owner_now_name": "Bo", "left_at": AS_OF, "w_left": PATIENCE + 1},
    ]
    found = owners(company.engine, bucketed(company.timed(*rows), AGREED))
    assert found[["owner", "holder", "leads", "never_touched"]].to_numpy().tolist() == [
        ["Ann", "active person", 2, 1],
        [UNKNOWN, "queue", 1, 1],
    ]
    assert found["oldest_at"].tolist() == [AS_OF - 70 * DAY, AS_OF - 60 * DAY]


def test_the_id_stands_under_the_name_that_its_crm_expects() -> None:
    mixed = pd.Series(["00Q5g000000k9bMEAQ", "17"])
    assert id_heading(mixed, "Record ID") == "Record ID"
    assert id_heading(mixed[:1], "Lead ID") == "Id"
    assert id_heading(mixed, None) == "lead_id"
