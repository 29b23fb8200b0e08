"""What history suggests: shown with what it is true of, opened as a draft, and nothing changed by itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.agreement import Agreement
from core.definition import FitRule
from core.workspace import Workspace
from tests.conftest import AT

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    def open_page(folder: Path, **asked: str) -> AppTest:
        monkeypatch.setenv("HANDOFF_WORKSPACE", str(folder))
        with Workspace(folder) as here:
            here.facts()
        at = AppTest.from_file(FRAME, default_timeout=90)
        at.switch_page("definition.py")
        at.query_params["definition_view"] = "suggestions"
        for name, value in asked.items():
            at.query_params[name] = value
        return ran(at)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    texts = (*at.title, *at.caption, *at.info, *at.header)
    return "\n".join(text.value.replace("\\", "") for text in texts)


def test_criteria_are_held_against_the_yes_and_no_and_a_draft_is_opened_with_what_is_chosen(
    opened: Open, sample: Path, copied: Callable[[Path], Path]
) -> None:
    folder = copied(sample)
    at = opened(folder)
    assert '"A real mail address or phone number" tells best what sales takes' in said(at)
    table = at.dataframe[0].value
    assert table["Percentage points apart"].dropna().is_monotonic_decreasing
    assert at.button(key="suggested_draft").disabled  # History suggests nothing that is not agreed already.
    at.multiselect(key="suggested_add").set_value(["named"])
    at.multiselect(key="suggested_drop").set_value(["need"])
    at.text_input(key="suggested_by").set_value("Agnes Holm")
    ran(at)
    at.button(key="suggested_draft").click()
    ran(at)
    with Workspace(folder) as here:
        (draft,) = Agreement(here).drafts()
        assert draft.definition.validated == ("reachable", "authority", "budget", "named")
        assert (draft.begun_by, draft.origin) == ("Agnes Holm", "what history suggests: what sales validates")
        (version,) = Agreement(here).versions("classic", at=datetime.now(UTC))
        assert here.definition().content_hash() == version.content_hash != draft.content_hash
    assert any(box.key == "draft" for box in at.selectbox)  # The draft is open in the view that edits.


def test_points_are_shown_with_what_they_cost_and_become_rules(
    opened: Open, sample: Path, copied: Callable[[Path], Path]
) -> None:
    folder = copied(sample)
    at = opened(folder, suggested="points", suggested_of="won")
    assert "These points put the right lead first in 58 % of later pairs" in said(at)
    for words in ("What whole points cost", "5 points double the odds", "tell nothing beyond chance", "Outcome: won"):
        assert words in said(at)
    points = at.dataframe[0].value.set_index("Values")["Points"]
    assert points["Purchased List"] == points.min()
    at.button(key="suggested_draft").click()
    ran(at)
    with Workspace(folder) as here:
        (draft,) = Agreement(here).drafts()
        rules = [rule for rule in draft.definition.rules if isinstance(rule, FitRule)]
        assert {rule.points for rule in rules} == set(map(float, points)) - {0.0}


def test_too_little_history_says_what_is_missing(opened: Open, tmp_path: Path) -> None:
    folder, file = tmp_path / "workspace", tmp_path / "leads.csv"
    rows = [f"L{n},{('web', 'fair')[n % 2]},2026-01-{n % 28 + 1:02},2026-02-01" for n in range(30)]
    head = "Lead ID,Lead Source,Became a marketing qualified lead date,Became an opportunity date\n"
    file.write_text(head + "\n".join(rows), "utf-8")
    with Workspace(folder) as here:
        here.add(file, at=AT)
    at = opened(folder, suggested="points")
    assert "Points cannot be learned from" in said(at)
    assert "At least 50 of each are needed" in said(at)
    at.segmented_control(key="suggested").set_value("uld")
    assert "No criterion tells the yes of sales from its no better than chance" in said(ran(at))
