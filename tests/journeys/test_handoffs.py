"""What followed a hand-off, told in a few rows with the answer that a person would give."""

from __future__ import annotations

import pandas as pd
import pytest

from core.definition import Definition
from core.definition.templates import CLASSIC
from core.journeys.follow_up import follow_up
from core.journeys.sources import Sources
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE
from tests.journeys.conftest import EPOCH, Ground, instant

AS_OF = "2026-06-01 12:00"
PEOPLE_HERE = [
    {"person_id": "p1", "name": "Ada", "team": "North"},
    {"person_id": "p2", "name": "Ben", "team": "North"},
    {"person_id": "m1", "name": "Mia", "team": "Marketing"},
    {"person_id": "bot", "name": "Nurture Robot", "team": "Marketing", "x:UserType": "Integration"},
    {"person_id": "q1", "name": "Lead Queue", "team": "North", "x:UserType": "Queue"},
]
Told = tuple[str, str | None, str, str | None] | tuple[str, str | None, str, str | None, str | None]
"""kind, when ("2026-03-06 16:30", "2026-03-06" for a day alone), name, actor, detail."""


def sources(ground: Ground, *told: Told, lead: dict[str, object] | None = None) -> Sources:
    rows = []
    for place, (kind, when, name, actor, *more) in enumerate(told):
        seconds = None if when is None else instant(when)
        old, _, new = (more[0] or "").rpartition(" > ") if more else ("", "", "")
        rows.append(
            {
                "event_id": f"e{place:02}", "lead_id": "L1", "happened_at": seconds,
                "day": None if when is None else (pd.Timestamp(when[:10]).date() - EPOCH).days,
                "precision": "unknown" if when is None else "day" if len(when) == 10 else "instant",
                "kind": kind, "name": name, "shape": "status" if when is None else "log", "actor": actor,
                "reason": new if kind == "stage" and new else None, "detail": new or None, "before": old or None,
                "batch": 1, "line": place + 2,
            }
        )  # fmt: skip
    frame = ground.engine.frame
    leads = [
        {"lead_id": "L1", "created_at": instant("2026-03-01"), "owner": "p1", "batch": 1, "line": 2, **(lead or {})}
    ]
    people = [{**one, "batch": 1, "line": 2} for one in PEOPLE_HERE]
    return Sources(
        events=frame(EVENTS.conform(pd.DataFrame(rows)), EVENTS),
        leads=frame(LEADS.conform(pd.DataFrame(leads)), LEADS),
        deals=frame(DEALS.empty(), DEALS),
        people=frame(PEOPLE.conform(pd.DataFrame(people)), PEOPLE),
        lookups=frame(LOOKUPS.empty(), LOOKUPS),
    )


def every(
    ground: Ground, *told: Told, definition: Definition = CLASSIC, lead: dict[str, object] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    here = sources(ground, *told, lead=lead)
    facts = ground.reduce(here, definition, AS_OF)
    found, owners = map(ground.engine.collect, follow_up(ground.engine, here, facts))
    return found.sort_values("pass", ignore_index=True), owners


def handed(
    ground: Ground, *told: Told, definition: Definition = CLASSIC, lead: dict[str, object] | None = None
) -> pd.Series:
    found = every(ground, *told, definition=definition, lead=lead)[0]
    assert len(found) == 1
    row: pd.Series = found.iloc[0]
    return row


def spells(ground: Ground, *told: Told) -> pd.DataFrame:
    return every(ground, *told)[1].sort_values("spell", ignore_index=True)


MQL: Told = ("stage", "2026-03-06 16:30", "MQL", "bot")


def test_touches_of_people_after_the_hand_off_count_and_those_of_machines_and_marketing_do_not(ground: Ground) -> None:
    row = handed(
        ground,
        MQL,
        ("touch", "2026-03-06 16:31", "Email", "bot", "newsletter"),
        ("touch", "2026-03-06 16:32", "Email", "m1", "welcome"),
        ("touch", "2026-03-09 09:20", "Call", "p1", "No answer"),
        ("touch", "2026-03-10 10:00", "Call", None, "Connected"),
        ("touch", "2026-07-01 10:00", "Call", "p1", "after the end of the world"),
    )
    assert (row["attempts"], row["attempt_days"], row["machine_touches"]) == (2, 2, 1)
    assert row["attempt_at"] == instant("2026-03-09 09:20")
    assert row["contact_at"] == instant("2026-03-10 10:00")
    assert row["last_touch_at"] == instant("2026-03-10 10:00")


def test_an_attempt_is_no_contact_and_a_no_beside_the_word_is_none_either(ground: Ground) -> None:
    row = handed(ground, MQL, ("touch", "2026-03-09 09:20", "Call", "p1", "Not connected"))
    assert row["attempts"] == 1
    assert pd.isna(row["contact_at"])


def test_a_touch_known_by_its_day_alone_is_inside_on_the_day_of_the_hand_off(ground: Ground) -> None:
    row = handed(
        ground, MQL, ("touch", "2026-03-06", "Call", "p1", "Connected"), ("touch", "2026-03-05", "Call", "p1", "x")
    )
    assert (row["attempts"], row["early_touches"]) == (1, 1)
    assert bool(row["attempt_by_day"])
    assert row["attempt_at"] == instant("2026-03-06")


def test_touches_dated_before_the_lead_existed_are_flagged_and_left_out(ground: Ground) -> None:
    row = handed(
        ground,
        MQL,
        ("touch", "2020-01-01 10:00", "Call", "p1", "Connected"),
        ("touch", "2026-03-01", "Call", "p1", "x"),
        lead={"created_at": instant("2026-03-01 14:00")},
    )
    assert (row["unborn_touches"], row["early_touches"], row["attempts"]) == (1, 1, 0)


def test_the_first_verdict_stays_and_a_later_stage_does_not_change_it(ground: Ground) -> None:
    row = handed(
        ground,
        MQL,
        ("stage", "2026-03-10 10:00", "Rejected by sales", "p1", "too expensive > budget"),
        ("stage", "2026-03-17 10:00", "SAL", "p1"),
    )
    assert (row["verdict"], row["reason"], row["verdict_by"]) == ("no", "No budget", "p1")
    assert row["verdict_at"] == instant("2026-03-10 10:00")
    assert not row["bypassed"]


def test_a_lead_that_moves_on_without_a_yes_has_bypassed_the_verdict(ground: Ground) -> None:
    row = handed(ground, MQL, ("stage", "2026-03-10 10:00", "SQL", "p1"))
    assert row["bypassed"]
    assert pd.isna(row["verdict"])
    assert row["disposed_at"] == instant("2026-03-10 10:00")


@pytest.mark.parametrize(("actor", "disposed"), [("p1", True), (None, True), ("bot", False), ("m1", False)])
def test_a_way_out_taken_by_sales_is_a_disposition_and_one_by_others_a_withdrawal(
    ground: Ground, actor: str | None, disposed: bool
) -> None:
    row = handed(ground, MQL, ("stage", "2026-03-10 10:00", "Recycled", actor, "bad timing"))
    assert pd.notna(row["disposed_at"]) == disposed
    assert pd.notna(row["left_at"]) != disposed
    assert row["left_how"] == "exit" or disposed


@pytest.mark.parametrize(("actor", "disposed"), [("p1", True), ("Ada", True), (None, False), ("bot", False)])
def test_what_sales_writes_into_a_field_is_a_disposition_and_a_change_of_owner_is_none(
    ground: Ground, actor: str | None, disposed: bool
) -> None:
    row = handed(
        ground,
        MQL,
        ("change", "2026-03-08 10:00", "Owner", "p1", "p1 > p2"),
        ("change", "2026-03-09 10:00", "Rating", actor, "Cold > Hot"),
    )
    assert (None if pd.isna(row["disposed_at"]) else row["disposed_at"]) == (
        instant("2026-03-09 10:00") if disposed else None
    )


@pytest.mark.parametrize(("actor", "disposed"), [("p1", True), (None, False), ("m1", False)])
def test_a_stage_of_marketing_after_the_hand_off_is_a_disposition_only_where_sales_is_named(
    ground: Ground, actor: str | None, disposed: bool
) -> None:
    row = handed(ground, MQL, ("stage", "2026-03-10 10:00", "Raw", actor))
    assert pd.notna(row["disposed_at"]) == disposed


def test_the_owner_at_the_hand_off_is_the_one_before_the_first_change(ground: Ground) -> None:
    row = handed(ground, MQL, ("change", "2026-03-09 10:00", "Owner", "p1", "Ada > Ben"))
    assert (row["owner"], row["rep"], row["owner_now"]) == ("p1", "p1", "p2")
    assert row["rep_at"] == instant("2026-03-06 16:30")


def test_a_queue_is_no_rep_and_the_clock_of_the_lead_runs_on_while_the_reps_begins_with_the_assignment(
    ground: Ground,
) -> None:
    told: tuple[Told, ...] = (
        MQL,
        ("change", "2026-03-09 10:00", "Owner", "bot", "q1 > p2"),
        ("touch", "2026-03-09 09:00", "Call", "m1", "x"),
        ("touch", "2026-03-09 11:00", "Call", "p2", "x"),
        ("change", "2026-03-10 10:00", "Owner", "p2", "p2 > p1"),
        ("touch", "2026-03-10 11:00", "Call", "p1", "Connected"),
        ("stage", "2026-03-10 12:00", "SAL", "p1"),
        ("change", "2026-03-11 10:00", "Owner", "p1", "p1 > p2"),
    )
    row = handed(ground, *told)
    assert (row["owner"], row["rep"]) == ("q1", "p2")
    assert row["rep_at"] == instant("2026-03-09 10:00")
    each = spells(ground, *told)
    assert list(each["owner"]) == ["q1", "p2", "p1", "p2"]
    assert list(each["kind"]) == ["queue", "person", "person", "person"]
    assert list(each["n"]) == [0, 1, 1, 0]
    assert list(each["settled"]) == [False, False, False, True]
    assert each["attempt_at"].dropna().tolist() == [instant("2026-03-09 11:00"), instant("2026-03-10 11:00")]
    assert each["verdict_at"].notna().tolist() == [False, False, True, False]


def test_a_second_hand_off_has_its_own_touches(ground: Ground) -> None:
    found, _ = every(
        ground,
        MQL,
        ("touch", "2026-03-09 11:00", "Call", "p1", "x"),
        ("stage", "2026-03-10 12:00", "Recycled", "p1"),
        ("touch", "2026-03-12 11:00", "Call", "p1", "x"),
        ("stage", "2026-04-10 12:00", "MQL", "bot"),
        ("touch", "2026-04-11 11:00", "Call", "p1", "x"),
    )
    assert found["attempts"].tolist() == [2, 1]
    assert found["next_at"].tolist()[0] == instant("2026-04-10 12:00")
    assert found["early_touches"].tolist() == [0, 0]


def test_a_hand_off_that_is_known_only_from_a_later_stage_has_no_clock(ground: Ground) -> None:
    row = handed(ground, ("stage", "2026-03-10 12:00", "SAL", "p1"))
    assert pd.isna(row["handed_at"])
    assert row["verdict"] == "yes"
    assert row["attempts"] == 0


def test_a_lead_that_begins_anew_without_a_way_out_has_returned(ground: Ground) -> None:
    found, _ = every(
        ground, MQL, ("stage", "2026-03-09 10:00", "SAL", "p1"), ("stage", "2026-03-20 10:00", "Viable", "bot")
    )
    assert found["left_how"].tolist()[0] == "returned"
    assert found["left_at"].tolist()[0] == instant("2026-03-20 10:00")


def test_put_before_sales_by_the_assignment_where_the_definition_says_so(ground: Ground) -> None:
    by_assignment = CLASSIC.model_copy(update={"hands_over_by": "assignment"})
    told: tuple[Told, ...] = (
        MQL,
        ("change", "2026-03-09 10:00", "Owner", "bot", "q1 > p2"),
        ("touch", "2026-03-06 17:00", "Call", "p2", "x"),
        ("touch", "2026-03-09 11:00", "Call", "p2", "x"),
    )
    row = handed(ground, *told, definition=by_assignment)
    assert row["handed_at"] == instant("2026-03-09 10:00")
    assert (row["attempts"], row["early_touches"]) == (1, 1)
