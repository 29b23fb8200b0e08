"""A few leads from CSV files to the state of their clocks, through the front door."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core import intake
from core.clock_words import headline, identity, lasting, lasting_days, months_told
from core.definition import Clock
from core.definition.clocks import USUAL_CLOCKS
from core.measures.cohort import Query
from core.report import Report
from core.stats.intervals import Rate
from core.timekeeping import Finding, Timekeeping, groups, limits
from core.workspace import Workspace
from core.worktime import Calendar, Shift
from tests.conftest import AT
from tests.worktime.oracle import at

ONE_HOUR = Clock(id="one_hour", name="First attempt", milestone="attempt", limit_minutes=60)
FOUR_HOURS = ONE_HOUR.model_copy(update={"id": "four_hours", "limit_minutes": 240})
USERS = """Id,Name,UserRole,ManagerName,IsActive,UserType
ada,Ada,North,Eve,true,Standard
ben,Ben,South,Eve,true,Standard
eve,Eve,North,,true,Standard
mia,Mia,Marketing,,true,Standard
queue,Lead Queue,Marketing,,true,Queue
bot,Robot,Marketing,,true,Integration
"""
FRIDAY = "2026-03-06T16:30"
HISTORY = [
    *(f"{lead},bot,{FRIDAY},Status,Raw,MQL" for lead in ("met", "late", "bots", "early", "moved", "days", "gone")),
    "moved,eve,2026-03-09T12:00,Owner,ada,ben",
    "gone,bot,2026-03-06T16:45,Status,MQL,Disqualified",
    "april,bot,2026-04-03T15:00,Status,Raw,MQL",
    "queued,bot,2026-04-03T15:00,Status,Raw,MQL",
    "queued,eve,2026-04-03T15:20,Owner,queue,ben",
]
TASKS = [
    "met,ada,2026-03-09,2026-03-09T09:20",
    "late,ada,2026-03-09,2026-03-09T09:31",
    "bots,bot,2026-03-06,2026-03-06T16:31",
    "bots,mia,2026-03-06,2026-03-06T16:32",
    "bots,ben,2026-03-10,2026-03-10T10:00",
    "early,ada,2026-03-06,2026-03-06T16:00",
    "moved,ben,2026-03-09,2026-03-09T12:30",
    "days,ada,2026-03-09,",
    "queued,ben,2026-04-03,2026-04-03T15:50",
    "met,ada,2026-04-06,2026-04-06T10:00",
]
OWNERS = {"moved": "ben", "bots": "ben", "april": "ben", "queued": "ben", "undated": "queue"}


def files(folder: Path) -> list[Path]:
    stamp = ":00.000+0000"
    leads = ["Id,CreatedDate,OwnerId,Status,LeadSource,Company"]
    for lead in ("met", "late", "bots", "early", "moved", "days", "gone", "april", "queued", "undated"):
        status, source = "Disqualified" if lead == "gone" else "MQL", "Fair" if lead == "late" else "Web"
        leads.append(f"{lead},2026-03-01T08:00{stamp},{OWNERS.get(lead, 'ada')},{status},{source},{lead} ltd")
    history = ["Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue"]
    for number, row in enumerate(HISTORY):
        lead, who, when, rest = row.split(",", 3)
        history.append(f"h{number},{lead},{who},{when}{stamp},{rest}")
    tasks = ["Id,WhoId,OwnerId,Subject,Type,Status,ActivityDate,CreatedDate"]
    for number, row in enumerate(TASKS):
        lead, who, day, when = row.split(",")
        tasks.append(f"t{number},{lead},{who},Call,Call,Completed,{day},{when and when + stamp}")
    texts = {
        "users": USERS,
        **{n: "\n".join(r) + "\n" for n, r in (("leads", leads), ("history", history), ("tasks", tasks))},
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [folder / f"{name}.csv" for name in texts]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    folder = tmp_path_factory.mktemp("clocks")
    with pytest.MonkeyPatch.context() as patch, Workspace(folder / "workspace") as here:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        for file in files(folder):
            here.add(file, at=AT)
        yield Report(here, here.facts())


def asked(report: Report, clock: Clock = ONE_HOUR, **query: Any) -> Timekeeping:
    return Timekeeping(report, Query(**query), clock)


def each(keeping: Timekeeping) -> dict[str, tuple[str, int | None]]:
    """Lead → state and minutes to the milestone."""
    rows = keeping.leads(("met", "breached", "running", "withdrawn", "no_clock"), limit=None)
    minutes = [None if row != row else int(row) // 60 for row in rows["took"].astype("float64")]
    return dict(zip(rows["lead_id"], zip(rows["state"], minutes, strict=True), strict=True))


def test_from_the_csv_files_to_the_golden_states(report: Report) -> None:
    found = each(asked(report))
    assert found["met"] == ("met", 50), "handed over Friday 16:30, touched Monday 09:20"
    assert found["late"] == ("breached", 61), "touched Monday 09:31"
    assert found["bots"] == ("breached", 60 * 9 + 30), "neither a machine nor marketing stops the clock"
    assert found["early"] == ("breached", None), "a touch before the hand-off is no attempt after it"
    assert found["gone"] == ("withdrawn", None)
    assert found["days"] == ("met", 30), "it comes no later than the beginning of its day"
    assert found["undated"] == ("no_clock", None)
    assert found["moved"] == ("breached", 240), "a new owner does not wind the lead's clock back"


def test_friday_15_and_four_hours_of_working_time_is_due_on_monday_at_11(report: Report) -> None:
    keeping = asked(report, FOUR_HOURS, start=date(2026, 4, 1))
    running = keeping.leads(("running",))
    assert list(running["lead_id"]) == ["april"]
    assert running["deadline"].tolist() == [at("2026-04-06 11:00")]
    assert running["left"].tolist() == [3600], "it is Monday, 10:00"
    (row,) = running.to_dict("records")
    assert (row["owner_now"], row["rep"], row["team"], row["company"]) == ("Ben", "Ben", "South", "april ltd")
    around = keeping.asked_of(FOUR_HOURS.model_copy(update={"time": "elapsed"}))
    assert each(around)["april"] == ("breached", None)


def test_a_reassignment_winds_the_reps_clock_back_and_leaves_the_leads(report: Report) -> None:
    found = asked(report).reps()
    assert found.broken().empty
    ada, ben = found.total("Ada"), found.total("Ben")
    # Ada: met, late, early, days, gone, and moved, until it was taken from her. Ben: bots, moved, april, queued.
    assert (ada["handed"], ada["met"], ada["breached"], ada["withdrawn"]) == (6, 2, 3, 1)
    assert (ben["handed"], ben["met"], ben["breached"]) == (4, 2, 2)
    assert set(found.names) == {"Ada", "Ben"}, "a queue, a machine and marketing are no reps"
    assert each(asked(report))["queued"] == ("met", 50)
    own = asked(report, ONE_HOUR.model_copy(update={"limit_minutes": 31})).reps()
    assert own.total("Ben")["met"] == 2, "half an hour after he got each of the two"


def test_every_cut_adds_up_and_filters_narrow_it(report: Report) -> None:
    keeping = asked(report)
    whole = keeping.states().total()
    assert whole["handed"] == 10
    assert identity(keeping.states()).startswith("10 handed over = ")
    for column in groups(report):
        split = keeping.by(column)
        assert split.broken().empty, column
        assert split.total() == whole, column
    months = keeping.months()
    assert {name: months.total(name)["handed"] for name in months.names} == {"2026-03": 7, "2026-04": 2}
    assert asked(report, where=(("team", "North"),)).states().total()["handed"] == 6
    assert asked(report, where=(("rep", "Ben"), ("source", "Web"))).states().total()["handed"] == 3
    assert asked(report, start=date(2026, 3, 6), end=date(2026, 3, 6)).states().total()["handed"] == 7
    nobody = asked(report, start=date(2020, 1, 1), end=date(2020, 1, 2))
    assert headline(nobody.states(), nobody.trust()) == "No lead was handed over in this question"


def test_a_manager_has_everybody_beneath(report: Report) -> None:
    everybody = Timekeeping(report, Query(), ONE_HOUR, manager="eve")
    assert everybody.states().total()["handed"] == 9, "all but the one that never left the queue"
    assert set(everybody.reps().names) == {"Ada", "Ben"}
    assert Timekeeping(report, Query(), ONE_HOUR, manager="nobody").states().total()["handed"] == 0


def test_a_filter_by_rep_is_about_whoever_had_it(report: Report) -> None:
    found = asked(report, where=(("rep", "Ben"),))
    assert found.states().total()["handed"] == 3, "those that he got first"
    assert found.reps().names == ("Ben",)
    assert found.reps().total()["handed"] == 4, "and the one that he was given later"


def test_the_same_history_under_another_limit_and_in_other_hours(report: Report) -> None:
    keeping = asked(report)
    before, after = keeping.states().rate(), keeping.under(FOUR_HOURS).rate()
    assert (before.hits, before.n) == (5, 8)
    assert (after.hits, after.n) == (2, 6), "what was answered before a deadline that is still to come is not due"
    moves = keeping.moves(FOUR_HOURS)
    assert moves["hand_offs"].sum() == 10
    weekend = Calendar(
        id="weekend",
        name="Weekend too",
        zone="UTC",
        week=[Shift(day=d, opens="00:00", closes="24:00") for d in range(7)],
    )
    always = keeping.under(ONE_HOUR, weekend).total()
    assert always == keeping.under(ONE_HOUR.model_copy(update={"time": "elapsed"})).total()
    assert always["met"] < keeping.states().total()["met"]
    shifted = keeping.moves(ONE_HOUR, weekend)
    assert int(shifted.loc[shifted["before"] != shifted["after"], "hand_offs"].sum()) == 2


def test_when_they_came_and_were_answered(report: Report) -> None:
    week = asked(report).week()
    friday_16, monday_9 = 4 * 24 + 16, 9
    assert week.loc[friday_16, "arrived"] == 7
    assert week.loc[monday_9, "answered"] == 2
    assert week["answered"].sum() == 5, "what is known by its day alone has no hour"


def test_touches_before_the_hand_off_are_flagged(report: Report) -> None:
    trusted = asked(report).trust()
    assert trusted.faults == ()
    assert trusted.touched_early == 1
    assert trusted.undated == 1
    assert trusted.by_day == 1


def test_what_nobody_records_is_no_fault_of_anybody(report: Report) -> None:
    verdict = asked(report, next(clock for clock in USUAL_CLOCKS if clock.milestone == "verdict"))
    assert headline(verdict.states(), verdict.trust()) == (
        "Verdict cannot be told: no yes or no of sales is recorded of any lead"
    )


def test_limits_of_chance_reach_from_one_clock_to_the_most(report: Report) -> None:
    found = asked(report).by("rep")
    bounds = limits(found)
    assert bounds["n"].iloc[0] == 1
    assert bounds["n"].iloc[-1] == max(found.total(name)["due"] for name in found.names)
    assert (bounds["low998"] <= bounds["low95"]).all()
    assert (bounds["high95"] <= bounds["high998"]).all()
    assert limits(asked(report, start=date(2020, 1, 1), end=date(2020, 1, 2)).by("rep")).empty


def test_months_are_told_in_one_sentence_against_all_the_others() -> None:
    def month(name: str, hits: int) -> Finding:
        return Finding("month", name, Rate(hits, 100), Rate(300 - hits, 900))

    assert months_told(()) == ""
    row = months_told((month("2026-03", 80), month("2026-05", 90), month("2026-04", 70)))
    assert row == "Slow in March to May 2026: 240 of 300 missed, 80 %, in the other months 8.6 %"
    assert months_told((month("2025-12", 80), month("2026-01", 90))).startswith(
        "Slow in December 2025 to January 2026:"
    )
    assert months_told((month("2026-03", 80), month("2026-05", 90))).startswith("Slow in March 2026, May 2026:")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (61 * 60, "1 h 1 min"), (24 * 3600 + 60, "24 h"), (10_411 * 3600, "10,411 h")]
)
def test_lengths_of_time_in_words(seconds: int, words: str) -> None:
    assert lasting(seconds) == words
    assert lasting_days(seconds, 86_400, working=False).endswith("days" if seconds > 86_400 or not seconds else "day")
