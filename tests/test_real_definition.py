"""Published leads held against a definition: points of the export, a verdict in words, and what says nothing.

X Education: 9,240 leads, 3,561 of them converted; counted again here from the text of the file.
"""

import csv
import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from core import intake
from core.definition import Criterion, Definition, Flagged, OneOf, Qualification, Stated, SumThreshold, leaves
from core.engine import Lazy
from core.intake import Mapping
from core.journeys.judging import Judgement, judge
from core.measures.cohort import Query
from core.measures.suggested_points import Suggestion, suggest_points
from core.measures.suggested_uld import separated
from core.report import Report
from core.suggesting import Suggesting
from core.workspace import Workspace
from tests.conftest import AT

SCORES = {"Asymmetrique Profile Score": "fit_score", "Asymmetrique Activity Score": "behaviour_score"}
QUALITY = ("High in Relevance", "Low in Relevance", "Might be", "Not Sure", "Worst")
NAMED = {"High in Relevance": (603, 637), "Low in Relevance": (477, 583), "Might be": (1179, 1560)} | {
    "Not Sure": (266, 1092), "Worst": (12, 601), "": (1024, 4767),
}  # fmt: skip
"""Verdict → how many of them converted, and how many they are."""


@pytest.fixture(scope="module")
def file(shared: Path) -> Path:
    found = shared / "data" / "x_education" / "Leads.csv"
    if not found.is_file():
        pytest.skip(f"published data are absent: {found}")
    return found


@pytest.fixture(scope="module")
def written(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def report(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        with Workspace(tmp_path_factory.mktemp("x-education") / "workspace") as here:
            here.add(file, at=AT, mapping=Mapping(columns=SCORES))
            yield Report(here, here.facts())


def asking(report: Report, *criteria: Criterion, at_least: float | None = None) -> Judgement:
    """Every lead judged by these criteria and, where said, by the sum of both scores of the export."""
    policy = None if at_least is None else Qualification(policy=SumThreshold(at_least=at_least), points="export")
    bare = [stage.model_copy(update={"criteria": ()}) for stage in report.facts.definition.stages]
    reasons = [reason.model_copy(update={"facts": None}) for reason in report.facts.definition.reasons]
    agreed: Definition = report.facts.definition.model_copy(
        update={
            "criteria": criteria,
            "validated": (),
            "stages": tuple(bare),
            "reasons": tuple(reasons),
            "qualification": policy,
        }
    )
    return judge(report.engine, report.sources, report.facts, agreed)


def found(report: Report, judgement: Judgement) -> pd.DataFrame:
    """What was judged, with what each lead became."""
    units = report.facts.units(report.engine)
    own = units.select("unit", "lead_id", "x:converted", "x:specialization", "x:lead quality")
    return report.engine.collect(judgement.rows.join(own, on="unit", how="inner")).set_index("lead_id")


@pytest.mark.parametrize(("at_least", "selected", "converted"), [(30, 3551, 1597), (32, 1856, 915), (34, 441, 328)])
def test_the_sum_of_both_scores_selects_as_many_as_are_published(
    report: Report, written: list[dict[str, str]], at_least: int, selected: int, converted: int
) -> None:
    rows = found(report, asking(report, at_least=at_least))
    assert len(rows) == 9240
    chosen = rows[rows["qualified"].astype("boolean").fillna(False).astype(bool)]
    assert (len(chosen), int((chosen["x:converted"] == "1").sum())) == (selected, converted)
    # Where the export brings no points, nothing can be told: that is not the same as too few.
    unknown = [row for row in written if not all(row[name] for name in SCORES)]
    assert int(rows["qualified"].isna().sum()) == len(unknown) == 4218


def test_the_verdict_in_words_is_held_against_what_became_of_the_lead(
    report: Report, written: list[dict[str, str]]
) -> None:
    criteria = [
        Criterion(id=f"q{place}", name=word, condition=OneOf(field="x:lead quality", values=(word,)))
        for place, word in enumerate(QUALITY)
    ]
    criteria.append(Criterion(id="bought", name="Converted", condition=Flagged(field="x:converted")))
    rows = found(report, asking(report, *criteria))
    bought = rows["met"].astype("int64") // 2 ** len(QUALITY) % 2 == 1
    assert int(bought.sum()) == 3561
    assert not (rows["untold"].astype("int64") // 2 ** len(QUALITY) % 2).any()
    for place, word in enumerate(QUALITY):
        met = rows["met"].astype("int64") // 2**place % 2 == 1
        assert (int((met & bought).sum()), int(met.sum())) == NAMED[word], word
        # What is left blank is neither a yes nor a no. Nor is "Not Sure", but where that very word is asked for.
        dark = rows["untold"].astype("int64") // 2**place % 2 == 1
        silent = rows["x:lead quality"].isna() | ((rows["x:lead quality"] == "Not Sure") & (word != "Not Sure"))
        assert (dark == silent).all(), word
        assert int(dark.sum()) == NAMED[""][1] + (NAMED["Not Sure"][1] if word != "Not Sure" else 0)
    blank = rows["x:lead quality"].isna()
    assert (int((blank & bought).sum()), int(blank.sum())) == NAMED[""]
    said = Counter((row["Lead Quality"], row["Converted"]) for row in written)
    for word, (converted, n) in NAMED.items():
        assert (said[word, "1"], said[word, "0"] + said[word, "1"]) == (converted, n)


def test_select_in_a_cell_is_unknown_and_no_value(report: Report, written: list[dict[str, str]]) -> None:
    finance = ("Finance Management",)
    rows = found(
        report,
        asking(
            report,
            Criterion(id="finance", name="Finance", condition=OneOf(field="x:specialization", values=finance)),
            Criterion(id="stated", name="Said", condition=Stated(field="x:specialization")),
        ),
    )
    select = rows["x:specialization"] == "Select"
    assert int(select.sum()) == sum(row["Specialization"] == "Select" for row in written) == 1942
    assert (rows.loc[select, "untold"] == 1).all()  # Finance: cannot tell. Said: no, and that is known.
    assert (rows.loc[select, "met"] == 0).all()
    met = rows["met"].astype("int64")
    assert int((met % 2 == 1).sum()) == sum(row["Specialization"] in finance for row in written)
    said = sum(row["Specialization"] not in ("", "Select") for row in written)
    assert int((met // 2 == 1).sum()) == said


# --- suggested by history ---------------------------------------------------------------------------------------------

KNOWN_EARLY = ("x:lead origin", "source", "x:what is your current occupation", "x:specialization", "country")
"""What a lead states when it comes in. What is written down later (tags, last activity, quality) knows the end."""


@pytest.fixture(scope="module")
def in_order(report: Report) -> Lazy:
    """Each lead as a hand-off: lead numbers rise with time, and converting was sales' yes."""
    units = report.engine.collect(report.facts.units(report.engine).select("unit", "lead_id", "x:converted"))
    yes = (units["x:converted"] == "1").to_numpy()
    return report.engine.frame(
        pd.DataFrame(
            {
                "unit": units["unit"].to_numpy(),
                "pass": 0,
                "handed_at": units["lead_id"].astype("int64").to_numpy(),
                "verdict": ["yes" if one else "no" for one in yes],
                "won": yes,
                "reason": pd.array([None] * len(units), dtype="str"),
            }
        )
    )


def suggested(report: Report, rows: Lazy, *columns: str, doubling: int = 5) -> Suggestion:
    engine, facts = report.engine, report.facts
    return suggest_points(
        engine, facts, rows, columns, "validated", doubling=doubling, mature_days=90, titles={}
    )  # fmt: skip


def test_points_learned_from_earlier_leads_hold_for_later_ones(report: Report, in_order: Lazy) -> None:
    found = suggested(report, in_order, *KNOWN_EARLY)
    assert (found.early.n + found.late.n, found.early.hits + found.late.hits) == (9240, 3561)
    assert found.late.separation > 0.75
    # Whole points cost next to nothing, and two that double the odds cost more than twenty.
    assert abs(found.exact_late.separation - found.late.separation) < 0.01
    coarse, fine = (suggested(report, in_order, *KNOWN_EARLY, doubling=points) for points in (2, 20))
    lost = [abs(one.late.surprise - one.exact_late.surprise) for one in (coarse, fine)]
    assert lost[1] < lost[0] < 0.02
    # In the order of the points more and more came, and all in all about as many as expected.
    bands = found.calibration
    share = (bands["hits"] / bands["n"]).tolist()
    assert share == sorted(share)
    assert bands["hits"].sum() == pytest.approx(bands["expected"].sum(), rel=0.15)


def test_select_gets_no_points_and_what_knows_the_end_is_not_looked_at_unasked(report: Report, in_order: Lazy) -> None:
    found = suggested(report, in_order, *KNOWN_EARLY)
    asked = [leaf for rule in found.rules for leaf in leaves(rule.when) if isinstance(leaf, OneOf)]
    words = {word for leaf in asked for word in leaf.values}
    assert "Select" not in words
    assert "Working Professional" in words
    best = found.points.sort_values("points", ascending=False).iloc[0]
    assert best["column"] in KNOWN_EARLY
    usual = Suggesting(report, Query()).usual()
    assert set(usual) <= {"source", "country"}
    # A column that knows the end would look best of all.
    cheating = suggested(report, in_order, *KNOWN_EARLY, "x:tags")
    assert cheating.late.separation > found.late.separation + 0.1


def test_the_verdict_that_separates_is_found_among_the_criteria(report: Report, in_order: Lazy) -> None:
    criteria = tuple(
        Criterion(id=f"q{place}", name=word, condition=OneOf(field="x:lead quality", values=(word,)))
        for place, word in enumerate(QUALITY)
    )
    bare = tuple(stage.model_copy(update={"criteria": ()}) for stage in report.facts.definition.stages)
    parts = {"criteria": criteria, "validated": ("q4",), "stages": bare}
    agreed = report.facts.definition.model_copy(update=parts)
    found = separated(report.engine, report.sources, report.facts, agreed, in_order)
    rows = {row["criterion"]: row for row in found.criteria.to_dict("records")}
    assert (rows["q0"]["yes_met"], rows["q0"]["no_met"]) == (603, 637 - 603)
    assert (rows["q4"]["yes_met"], rows["q4"]["no_met"]) == (12, 601 - 12)
    # Converted were 3,561 less the 1,024 left blank and the 266 of whom nobody was sure.
    assert rows["q0"]["yes"] == 3561 - 1024 - 266
    assert {"q0", "q2"} <= set(found.to_add)
    assert found.to_drop == ("q4",)
