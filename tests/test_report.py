"""What is asked of facts is asked of the imports that they were made of."""

from pathlib import Path

import pytest

from core.measures.cohort import Query
from core.report import Report
from core.workspace import Workspace
from tests.conftest import AT

HISTORY = "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue"


def add(here: Workspace, path: Path, *rows: str) -> None:
    path.write_text("\n".join([HISTORY, *rows, ""]), encoding="utf-8")
    here.add(path, at=AT)


def test_figures_shown_while_newer_ones_are_made_stay_those_of_their_own_imports(tmp_path: Path) -> None:
    with Workspace(tmp_path / "ws") as here:
        add(here, tmp_path / "a.csv", "h1,L1,u,2026-01-05T09:00:00.000+0000,Status,Raw,MQL")
        old = Report(here, here.facts())
        add(
            here,
            tmp_path / "b.csv",
            "h2,L1,u,2026-01-05T08:00:00.000+0000,Status,,Viable",
            "h3,L1,u,2026-01-05T08:30:00.000+0000,Status,Viable,Opportunity",
            "h4,L2,u,2026-01-05T09:00:00.000+0000,Status,Raw,MQL",
        )
        # The ordered reading goes back to the events, and keeps what it finds beside the facts.
        assert int(old.funnel(Query(policy="ordered")).total()["entered"].iloc[0]) == 1
        assert list(old.timeline("L1")["stage"]) == ["MQL"]
        assert set(old.anomalies()["lead_id"]) == set()
        assert here.facts().live == (1, 2)
        assert old.facts.live == (1,)


@pytest.mark.parametrize("policy", ["furthest", "observed", "ordered", "current"])
def test_a_period_without_end_is_no_error(sample: Path, policy: str) -> None:
    query = Query.model_validate({"policy": policy, "start": "2025-07-01", "end": "9999-12-31"})
    with Workspace(sample) as here:
        report = Report(here, here.facts())
        every = report.funnel(query.model_copy(update={"end": None})).total()
        assert report.funnel(query).total().equals(every)
