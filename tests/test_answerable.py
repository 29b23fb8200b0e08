"""What the data can answer, judged by counts and by real workspaces."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from core.answerable import ANSWERABLE, Held, answerable, held
from core.workspace import Workspace

AT = datetime(2026, 6, 30, tzinfo=UTC)
FUNNEL, CLOCKS, HOLE, VELOCITY, REPS, REVENUE, WHAT_IF, RECYCLING, AUDIT = range(9)
Fill = Callable[..., pd.DataFrame]


def possible(counts: Held) -> list[str]:
    return answerable(counts)["possible"].tolist()


def test_nothing_answers_nothing() -> None:
    table = answerable(Held())
    assert ANSWERABLE.check(table) == []
    assert set(table["possible"]) == {"no"}
    assert table["missing"].notna().all()
    assert table["where_to_get"].str.contains("Salesforce").all()


def test_everything_answers_everything() -> None:
    everything = Held(**dict.fromkeys(Held.__dataclass_fields__, 5))
    table = answerable(everything)
    assert set(table["possible"]) == {"yes"}
    assert table["missing"].isna().all()
    assert table["where_to_get"].isna().all()


@pytest.mark.parametrize(
    ("counts", "question", "expected"),
    [
        (Held(stages_dated=2, entries_dated=9), FUNNEL, "yes"),
        (Held(stages_dated=1, entries_dated=9), FUNNEL, "partly"),
        (Held(entries_undated=9), FUNNEL, "partly"),
        (Held(handoffs=9, replies=3), CLOCKS, "partly"),
        (Held(handoffs=9, handoffs_timed=9, touches=9, touches_timed=9), CLOCKS, "yes"),
        (Held(touches=9, touches_timed=9), CLOCKS, "no"),
        (Held(handoffs=9, replies=3), HOLE, "partly"),
        (Held(handoffs=9), HOLE, "no"),
        (Held(stages_dated=2, entries_dated=9), VELOCITY, "yes"),
        (Held(stages_dated=1, entries_dated=9), VELOCITY, "partly"),
        (Held(entries_undated=9), VELOCITY, "no"),
        (Held(verdicts=9), REPS, "no"),
        (Held(verdicts=9, verdicts_signed=9), REPS, "partly"),
        (Held(deals=9, deals_won=4, deals_linked=9, leads_sourced=9), REVENUE, "partly"),
        (Held(leads_sourced=9), REVENUE, "no"),
        (Held(leads_described=9, replies=9), WHAT_IF, "partly"),
        (Held(returns=9), RECYCLING, "partly"),
        (Held(entries_undated=9, leads_described=9), AUDIT, "partly"),
        (Held(entries_dated=9, leads_described=9), AUDIT, "yes"),
        (Held(entries_dated=9), AUDIT, "no"),
    ],
)
def test_each_question_by_its_counts(counts: Held, question: int, expected: str) -> None:
    assert possible(counts)[question] == expected


def test_each_system_is_named_once() -> None:
    where = str(answerable(Held(handoffs=5)).loc[REPS, "where_to_get"])
    assert where.count("Salesforce:") == where.count("HubSpot:") == 1


def test_only_what_is_there_is_counted_in_words() -> None:
    table = answerable(Held(deals_won=1234))
    assert table.loc[REVENUE, "found"] == "1,234 won deals"
    assert table.loc[RECYCLING, "found"] == "nothing"


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    def make(**files: str) -> pd.DataFrame:
        with Workspace(tmp_path / "workspace") as here:
            for name, text in files.items():
                path = tmp_path / f"{name}.csv"
                path.write_text(text, encoding="utf-8")
                here.add(path, at=AT)
            return answerable(held(here))

    return make


def test_an_empty_workspace_has_nothing(tmp_path: Path) -> None:
    with Workspace(tmp_path / "workspace") as here:
        assert held(here) == Held()


def test_contacts_with_stage_dates_alone_answer_the_funnel(fill: Fill) -> None:
    table = fill(
        contacts="Record ID,Email,"
        "Became a marketing qualified lead date,Became an opportunity date,Became a customer date\n"
        "1,a@x.example,2026-01-05 09:00,2026-02-01 10:00,2026-03-01 11:00\n"
        "2,b@x.example,2026-01-06 09:00,2026-02-02 10:00,\n"
        "3,c@x.example,2026-01-07 09:00,,\n"
    )
    assert table.loc[FUNNEL, "possible"] == "yes"
    assert table.loc[FUNNEL, "found"] == "3 stages with dates, 6 dated entries"
    assert table.loc[CLOCKS, "found"] == "3 hand-offs, 3 of them with the time"
    assert table.loc[REVENUE, "possible"] == "no"


def test_a_current_status_alone_makes_no_funnel(fill: Fill) -> None:
    table = fill(leads="Lead ID,Email,Lead Status\n1,a@x.example,MQL\n2,b@x.example,Sales Accepted\n")
    assert table.loc[FUNNEL, "possible"] == "partly"
    assert "only today's status" in str(table.loc[FUNNEL, "missing"])
    assert table.loc[VELOCITY, "possible"] == "no"
    assert "only today's status" in str(table.loc[VELOCITY, "missing"])
    assert "Date entered" in str(table.loc[VELOCITY, "where_to_get"])


def test_history_deals_and_touches_add_their_questions(fill: Fill) -> None:
    table = fill(
        history="Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
        "h1,L1,u1,2026-01-05T09:00:00.000+0000,Status,Open,MQL\n"
        "h2,L1,u2,2026-01-06T09:00:00.000+0000,Status,MQL,Sales Accepted\n"
        "h3,L2,u1,2026-01-05T09:00:00.000+0000,Status,Open,MQL\n"
        "h4,L2,u2,2026-01-07T09:00:00.000+0000,Status,MQL,Rejected by Sales\n",
        tasks="Id,WhoId,OwnerId,Subject,TaskSubtype,ActivityDate,CreatedDate\n"
        "t1,L1,u2,Call,Call,2026-01-05,2026-01-05T10:00:00.000+0000\n",
        deals="Id,Name,StageName,Amount,CurrencyIsoCode,CreatedDate,CloseDate,IsClosed,IsWon,LeadSource\n"
        "D1,Pumps,Closed Won,100.00,EUR,2026-02-01T09:00:00.000+0000,2026-03-01,true,true,Web\n",
    )
    assert table.loc[[FUNNEL, CLOCKS, HOLE], "possible"].tolist() == ["yes", "yes", "yes"]
    assert "2 verdicts, 2 with a name" in str(table.loc[REPS, "found"])
    assert table.loc[REVENUE, "found"] == "1 won deals, 1 with an amount"
    assert table.loc[RECYCLING, "found"] == "1 leads sent back"


def test_a_pipeline_of_deals_alone_holds_no_verdict_on_a_lead(fill: Fill) -> None:
    table = fill(
        pipeline="opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Moses,GTX,Acme,Won,2016-10-20,2017-03-01,1054\n"
        "A2,Moses,GTX,Acme,Engaging,2016-11-20,,\n"
        "A3,Moses,GTX,Acme,Lost,2016-11-20,2017-03-02,0\n"
    )
    assert table.loc[FUNNEL, "possible"] == "yes"
    assert table.loc[REPS, "found"] == "nothing"
    assert table.loc[REVENUE, "possible"] == "partly"
