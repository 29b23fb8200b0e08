"""The overview: what to look at first, and the way to it. The worth of leaks beside it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.measures.cohort import Query
from core.measures.findings import summary
from core.overview import headlines
from core.report import Report
from core.workspace import Workspace

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """A page on a workspace; what pages keep for a moment is kept for all of these tests."""
    with pytest.MonkeyPatch.context() as patch:

        def open_page(folder: Path, page: str | None = None, **asked: str) -> AppTest:
            patch.setenv("HANDOFF_WORKSPACE", str(folder))
            with Workspace(folder) as here:
                if here.live_batches():
                    here.facts()
            at = AppTest.from_file(FRAME, default_timeout=60)
            at.run()
            if page:
                at.switch_page(page)
                for name, value in asked.items():
                    at.query_params[name] = value
                at.run()
            assert not at.exception, at.exception
            return at

        yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def said(at: AppTest) -> str:
    return "\n".join(text.value for text in at.markdown).replace("\\", "")


def test_the_overview_opens_with_the_whole_in_one_sentence(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample)
    assert at.title[0].value.replace("\\", "") == summary(report.funnel(Query()))


def test_every_finding_is_there_with_its_numbers(opened: Open, sample: Path, report: Report) -> None:
    text = said(opened(sample))
    found = headlines(report)
    for one in found:
        assert one.sentence in text
    assert [text.index(one.sentence) for one in found] == sorted(text.index(one.sentence) for one in found)


def test_the_black_hole_the_slow_spring_and_the_junk_source_are_named(opened: Open, sample: Path) -> None:
    at = opened(sample)
    first, more = said(at).split("Purchased List")
    assert 'team "Emerging"' in first
    assert "slow in March to May 2026" in first
    assert "Inaccurate data" in more
    assert at.expander[0].label == "6 more"


def test_an_empty_workspace_says_what_to_do(opened: Open, tmp_path: Path) -> None:
    at = opened(tmp_path / "empty")
    assert at.title[0].value == "There are no leads here yet."


def test_from_an_empty_workspace_it_is_one_click_to_the_sample_company_and_one_back(
    opened: Open, tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = tmp_path / "home" / "sample-company"
    shutil.copytree(sample, demo)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    at = opened(tmp_path / "empty")
    at.button(key="look_at_sample").click().run(timeout=120)
    assert at.title[0].value.startswith("254 of 5,950 leads were won")
    assert at.query_params["sample"] in ("true", ["true"])
    assert any("nothing here is yours" in caption.value for caption in at.sidebar.caption)
    with Workspace(tmp_path / "empty") as own:
        assert not own.store.batches(), "never the user's folder"
    at.button(key="back_to_own").click().run(timeout=120)
    assert at.title[0].value == "There are no leads here yet."


def test_the_worth_of_a_leak_is_said_with_its_benchmark_and_probability(opened: Open, sample: Path) -> None:
    at = opened(sample, "funnel.py", view="Worth")
    headers = [header.value.replace("\\", "") for header in at.header]
    assert any(
        "MQL at " in header and "would have added EUR " in header and "probability" in header for header in headers
    )
    assert any("not a forecast" in caption.value for caption in at.caption)


def test_two_periods_are_explained_by_causes_that_add_up(opened: Open, sample: Path, report: Report) -> None:
    asked = {"start": "2025-10-01", "end": "2025-12-31", "start2": "2025-07-01", "end2": "2025-09-30"}
    at = opened(sample, "funnel.py", view="Worth", compare="Other days", by="Source", **asked)
    causes = at.dataframe[-1].value
    assert {"How many leads came", "Which leads came"} <= set(causes["Cause"])
    effect = causes["Won leads"].astype(float).sum()
    headers = [header.value.replace("\\", "") for header in at.header]
    assert any(header.startswith(f"{abs(round(effect))} ") for header in headers)
