"""The working list goes back into the CRM: its own names, its own words, and nothing that changes anything else."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from core.definition.templates import CLASSIC
from core.engine import Engine
from core.measures.cohort import Query
from core.measures.status_words import status_words
from core.report import Report
from core.silence import Silence
from core.tables import LEADS
from core.working_list import NEXT, REASON, VERDICT, form, working_list
from core.workspace import Workspace
from tests.conftest import AT, SAMPLE


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def rows(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_the_columns_to_fill_have_the_names_and_words_of_the_crm(report: Report) -> None:
    asked = Silence(report, Query())
    listed = asked.to_work("Emma Falk", limit=None)
    made = form(report, listed["lead_id"])
    assert (made.lead, made.filled) == ("Id", ("Status", REASON, NEXT))
    assert (made.yes, made.no) == (("Sales Accepted",), ("Rejected by Sales",))
    told = rows(working_list(asked, listed))
    assert list(told[0])[:4] == ["Id", "Status", REASON, NEXT]
    assert all(name.endswith(" (to read)") for name in list(told[0])[4:])
    assert [row["Id"] for row in told] == list(listed["lead_id"])
    assert {row["Status"] + row[REASON] + row[NEXT] for row in told} == {""}
    assert {row["Owner (to read)"] for row in told} == {"Emma Falk"}
    assert float(told[0]["Expected value EUR (to read)"]) == round(listed["value_0"].iloc[0] / 100, 2)
    assert told[0]["Handed over (to read)"].endswith("+00:00")


@pytest.mark.slow
@pytest.mark.usefixtures("reading_here")
def test_a_list_that_is_filled_and_taken_back_by_the_crm_empties_the_black_hole(
    sample: Path, copied: Callable[[Path], Path], tmp_path: Path
) -> None:
    """The CRM writes what it is given under its own names to the leads of these ids, and is exported again."""
    folder = copied(sample)
    with Workspace(folder) as here:
        asked = Silence(Report(here, here.facts()), Query())
        listed = asked.to_work("Emma Falk", limit=None)
        size, noes = asked.counts().size(), asked.counts().total()["no"]
        filled = {row["Id"]: "Rejected by Sales" for row in rows(working_list(asked, listed))}
        with (SAMPLE / "leads.csv").open(encoding="utf-8", newline="") as before:
            leads = list(csv.DictReader(before))
        exported = tmp_path / "leads.csv"
        with exported.open("w", encoding="utf-8", newline="") as after:
            writer = csv.DictWriter(after, leads[0])
            writer.writeheader()
            writer.writerows({**lead, "Status": filled.get(lead["Id"], lead["Status"])} for lead in leads)
        here.add(exported, at=AT)
        again = Silence(Report(here, here.facts()), Query())
        assert again.to_work("Emma Falk").empty
        assert again.counts().size() == size - len(listed)
        assert again.counts().total()["no"] == noes + len(listed)


def test_where_no_status_says_yes_and_no_the_verdict_has_a_column_of_its_own(olist: Path) -> None:
    with Workspace(olist) as here:
        report = Report(here, here.facts())
        made = form(report, pd.Series(["0b99dab71519032b917dc641cdd7ac5b"]))
    assert (made.lead, made.filled) == ("mql_id", (VERDICT, REASON, NEXT))
    assert made.yes == made.no == ()


def test_the_words_for_yes_and_no_are_the_most_frequent_spellings_of_the_status(tmp_path: Path) -> None:
    said = ["SAL", "Sales Accepted", "Sales Accepted", "rejected by sales", "MQL", None, "Something else"]
    leads = pd.DataFrame({"lead_id": [f"L{n}" for n in range(len(said))], "status": said, "batch": 1, "line": 1})
    with Engine(tmp_path) as engine:
        found = status_words(engine, engine.frame(LEADS.conform(leads), LEADS), CLASSIC)
    assert found == {"yes": ("Sales Accepted", "SAL"), "no": ("rejected by sales",)}
