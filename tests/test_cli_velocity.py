"""`handoff velocity`: what a script or a schedule relies on."""

from pathlib import Path
from typing import Any

from core.measures.cohort import Query
from core.measures.stays import STAYS
from core.report import Report
from core.workspace import Workspace
from tests.conftest import ROOT, Handoff


def keys(part: Any) -> set[str]:
    """Every key at any depth; what an answer has under names of its own (stages, columns) is a value."""
    if isinstance(part, list):
        return set().union(*map(keys, part))
    return set(part).union(*map(keys, part.values())) if isinstance(part, dict) else set()


def test_the_answer_is_the_report_as_json_and_every_key_is_documented(sample: Path, handoff: Handoff) -> None:
    answer = handoff("velocity", "--workspace", sample, "--by", "owner_team", "--json").json
    with Workspace(sample) as here:
        found = Report(here, here.facts()).velocity(Query())
    assert answer["identity_holds"] is True
    assert answer["slowest"] == "opportunity"
    assert [row["stage"] for row in answer["stages"]] == list(found.definition.stage_ids)
    for row in answer["stages"]:
        expected = found.stage(row["stage"])
        assert (row["n"], row["open"], row["outstayed"]) == tuple(
            None if name == "outstayed" and row["stage"] == "won" else int(expected[name])
            for name in ("n", "open", "outstayed")
        )
        assert row["median_days"] == (None if row["stage"] == "won" else expected["median"])
    assert {(row["stage"], row["month"]) for row in answer["months"] if row["slow"]} == {
        ("mql", month) for month in ("2026-03", "2026-04", "2026-05")
    }
    (emerging,) = (part for part in answer["segments"] if part["segment"] == "Emerging")
    assert emerging["slow"] == ["mql"]
    for stage in ("raw", "mql"):
        each = [row for part in answer["segments"] for row in part["stages"] if row["stage"] == stage]
        assert sum(row["trips"] for row in each) == int(found.stage(stage)["trips"])
    documented = next(
        line
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if "`handoff velocity --json`" in line
    )
    own = keys({name: answer[name] for name in ("stages", "months", "profile")}) | set(answer)
    assert not {name for name in own if f"`{name}`" not in documented}
    assert {column.name for column in STAYS.columns if column.kind == "integer"} <= own


def test_on_a_terminal_it_says_the_finding_first_and_never_a_number_nobody_knows(
    sample: Path, olist: Path, handoff: Handoff
) -> None:
    told = handoff("velocity", "--workspace", sample, "--start", "2025-07-01")
    assert told.code == 0
    assert told.out.splitlines()[0].startswith("Leads wait longest in Opportunity: half stay over")
    assert "After day 8 a lead still in MQL rarely moves on" in told.out
    told = handoff("velocity", "--workspace", olist)
    assert "of those who left, half stayed over 14 days, one in ten over 162 days" in told.out
    assert "1 of them negative" in told.out
    assert "nan" not in told.out


def test_a_question_that_cannot_be_asked_is_answered_in_words(sample: Path, handoff: Handoff) -> None:
    told = handoff("velocity", "--workspace", sample, "--by", "shoe size", "--json")
    assert (told.code, told.json["error"]) == (2, 'These data have no column "shoe size".')
    told = handoff("velocity", "--workspace", sample, "--start", "2026-02-01", "--end", "2026-01-01")
    assert told.code == 2
    assert "ends" in told.out
