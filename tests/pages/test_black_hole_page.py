"""The black hole page: the answer first, every number with its leads, nobody named by chance, and a list to work."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.measures.cohort import UNKNOWN, Query
from core.report import Report
from core.silence import Silence
from core.silence_words import headline
from core.words import count
from core.workspace import Workspace
from tests.conftest import AT

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]
EVIL = "<b>R&D</b> $x$ *y* [z](http://w)"


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """The page on a workspace; what it keeps for a moment is kept for all of these tests."""
    with pytest.MonkeyPatch.context() as patch:

        def open_page(folder: Path, **asked: str | list[str]) -> AppTest:
            patch.setenv("HANDOFF_WORKSPACE", str(folder))
            with Workspace(folder) as here:
                here.facts()
            # Pages are known only after a first run, and this page is a light one to begin at.
            at = ran(AppTest.from_file(FRAME, default_timeout=120).switch_page("data.py"))
            at.switch_page("black_hole.py")
            at.query_params.clear()
            for name, value in asked.items():
                at.query_params[name] = value
            return ran(at)

        yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


@pytest.fixture(scope="module")
def whole(report: Report) -> Silence:
    return Silence(report, Query())


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def cards(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def headers(at: AppTest) -> list[str]:
    return [unescaped(header.value) for header in at.header]


def every_word(at: AppTest) -> str:
    parts = (at.title, at.header, at.caption, at.markdown, at.info, at.warning)
    return unescaped("\n".join(each.value for part in parts for each in part))


def test_the_answer_comes_first_and_every_lead_is_accounted_for(opened: Open, sample: Path, whole: Silence) -> None:
    found = whole.counts()
    at = opened(sample)
    assert unescaped(at.title[0].value) == headline(found, whole.at_stake(), touches=True)
    assert "every lead accounted for: 2,726 = 2,726" in unescaped(at.caption[0].value)
    assert list(cards(at)) == ["Handed over", "Answered", "Black hole", "Never touched", "Expected value"]
    assert cards(at)["Black hole"] == count(found.size())
    assert cards(at)["Never touched"] == count(found.total()["never_touched"])
    assert cards(at)["Expected value"].startswith("EUR ")


def test_the_team_that_stands_out_is_named_and_the_others_are_not(opened: Open, sample: Path) -> None:
    at = opened(sample)
    (said,) = (header for header in headers(at) if header.startswith("Team that got it: "))
    assert re.fullmatch(r"Team that got it: Emerging 259 of 684 \(38 %\); all others 6\.6 %", said)
    table = next(frame.value for frame in at.dataframe if "Team that got it" in frame.value)
    assert table.set_index("Team that got it")["Stands out"].to_dict() == {
        "Emerging": "more than chance", UNKNOWN: "", "Mid-Market": "", "Enterprise": "",
    }  # fmt: skip


def test_the_page_helps_sales_and_says_what_is_no_cause(opened: Open, sample: Path) -> None:
    at = opened(sample)
    text = every_word(at)
    assert "What an answer buys: 15 % of the leads with a yes were won; " in text
    assert "The half of the reps with the best results: " in text
    assert text.count("no proof that one brings about the other") == 2
    assert "Won revenue with an unbroken trail: 100 % of EUR" in text
    assert "have an answer; half came within 16 working hours" in text
    assert "What to work next: 386 leads, 67 of them with a queue" in text
    halves = next(frame.value for frame in at.dataframe if "The other half" in frame.value)
    assert not {"Viktor Lund", "Emma Falk"} & set(halves.astype(str).to_numpy().ravel())


def test_a_link_names_things_by_id_and_opens_the_leads_of_one_rep(opened: Open, sample: Path, report: Report) -> None:
    mine = Silence(report, Query(where=(("rep", "Emma Falk"),)))
    size = mine.counts().size()
    at = opened(sample, hole_by="rep", hole_in="Emma Falk", bucket="black_hole")
    assert unescaped(at.title[0].value) == headline(mine.counts(), mine.at_stake(), touches=True)
    assert f"Black hole: {size} leads" in headers(at)
    assert set(at.dataframe[0].value["Lead"]) == set(mine.leads(limit=None)["lead_id"])
    assert "only Emma Falk" in unescaped(at.caption[0].value)


def test_another_column_forgets_the_group_of_the_one_before(opened: Open, sample: Path, whole: Silence) -> None:
    at = opened(sample, hole_by="rep", hole_in="Emma Falk")
    at.selectbox(key="hole_by").select("source")
    ran(at)
    assert at.selectbox(key="hole_in").value is None
    assert cards(at)["Black hole"] == count(whole.counts().size())


def test_a_group_without_leads_in_the_period_offers_the_way_back(opened: Open, sample: Path, whole: Silence) -> None:
    at = opened(sample, hole_by="rep", hole_in="Noor Haddad", end="2025-08-31")
    assert at.title[0].value == "No lead fits this question"
    assert "only Noor Haddad" in unescaped(at.caption[0].value)
    next(button for button in at.button if button.label == "Show all leads").click()
    assert cards(ran(at))["Black hole"] == count(whole.counts().size())
    assert at.selectbox(key="hole_by").value == "team"


@pytest.mark.parametrize(
    ("name", "value"),
    [("hole_by", "shoe"), ("hole_in", "Nobody Ever"), ("bucket", "lost"), ("hole_only", "source=Mars")],
)
def test_a_link_that_asks_for_what_is_not_there_says_so(opened: Open, sample: Path, name: str, value: str) -> None:
    at = opened(sample, **{name: value})
    assert value in unescaped(at.warning[0].value)
    assert at.metric


def test_the_working_list_of_an_owner_is_what_is_left_to_work(opened: Open, sample: Path, whole: Silence) -> None:
    at = opened(sample, owner="Emma Falk", running="true")
    listed = whole.to_work("Emma Falk", running=True, limit=None)
    shown = next(frame.value for frame in at.dataframe if set(frame.value.get("Owner", ())) == {"Emma Falk"})
    assert list(shown["Lead"]) == list(listed["lead_id"])
    assert 'fill "Status" with "Sales Accepted" or "Rejected by Sales"' in every_word(at)
    gone = opened(sample, owner="Somebody Else")
    assert "has nothing left in the black hole" in unescaped(gone.success[0].value)


def test_the_owners_are_listed_with_what_kind_of_owner_they_are(opened: Open, sample: Path, whole: Silence) -> None:
    at = opened(sample)
    table = next(frame.value for frame in at.dataframe if "Who that is" in frame.value)
    assert list(table["Leads to work"]) == list(whole.owners()["leads"])
    assert table.set_index("Owner").loc["Unassigned leads queue", "Who that is"] == "queue"


def test_presenting_hides_every_name(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample, present="true", hole_by="rep", hole_in="Emma Falk", bucket="black_hole", owner="Emma Falk")
    shown = " ".join(frame.value.astype(str).to_string() for frame in at.dataframe) + every_word(at)
    names = {person for person in report.people()["name"] if " " in person}
    assert not [name for name in names if name in shown]
    assert "only a person" in unescaped(at.caption[0].value)
    assert "Person 1" in shown
    assert not {"First name", "Last name", "Phone", "Email", "Owner"} & set(at.dataframe[0].value.columns)


def test_the_table_holds_the_same_numbers(opened: Open, sample: Path, whole: Silence) -> None:
    at = opened(sample, hole_view="table", counting="passes")
    table = at.dataframe[0].value.set_index("What became of it")["Hand-offs"]
    found = Silence(whole.report, Query(counting="passes")).counts().total()
    assert table["Never touched"] == found["never_touched"]
    assert table["Handed over"] == found["handed"] == table.drop("Handed over").sum()


def test_where_no_clock_is_agreed_nothing_is_called_forgotten(
    opened: Open, sample: Path, copied: Callable[[Path], Path]
) -> None:
    folder = copied(sample)
    with Workspace(folder) as here:
        here.choose(here.definition().model_copy(update={"clocks": ()}), at=datetime.now(UTC))
    at = opened(folder)
    assert "no clock is agreed" in unescaped(at.title[0].value)
    assert cards(at)["Black hole"] == "not known"
    assert not any(header.startswith("What to work next") for header in headers(at))


def test_data_that_hold_nothing_but_wins_are_said_to(opened: Open, olist: Path) -> None:
    at = opened(olist)
    assert "whether sales answered them is not in these data" in unescaped(at.title[0].value)
    assert "no verdict, no change, no way out" in unescaped(at.warning[0].value)
    assert cards(at)["Black hole"] == "not known"
    assert "Nothing recorded" in cards(at)
    assert headers(at) == ["Won deals with an unbroken trail: 827 of 842 (98 %); none of them states an amount"]


def test_text_from_the_data_is_never_markup(opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    lines = [f'{EVIL} {n},Lead Status,,MQL,2026-01-{n % 20 + 1:02}T10:00:00Z,"{EVIL}"' for n in range(30)]
    lines += [f"{EVIL} {n},Owner,,{EVIL},2026-01-{n % 20 + 1:02}T11:00:00Z,x" for n in range(30)]
    lines += [f"M{n},Lead Status,MQL,Sales Accepted,2026-03-{n % 28 + 1:02}T10:00:00Z,x" for n in range(30)]
    file.write_text("Lead ID,Field,Old Value,New Value,Edit Date,Edited By\n" + "\n".join(lines), encoding="utf-8")
    folder = tmp_path / "workspace"
    with Workspace(folder) as here:
        here.add(file, at=AT)
    at = opened(folder, hole_by="owner_now", hole_in=EVIL, owner=EVIL, bucket="black_hole")
    assert cards(at)["Black hole"] == "30"
    for part in (at.caption, at.title, at.header, at.markdown):
        for text in part:
            assert "<b>" not in text.value
            assert "$x$" not in text.value
