"""Who works by which hours: a table of teams, and of everybody else."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.errors import ChangedMeanwhile, HandoffError
from core.staff import Staff
from core.store import EVERYBODY_ELSE
from core.words import things
from core.workspace import Workspace
from pages._funnel_controls import named
from pages._people_known import Known
from pages._ui import now, plain

USES = "hours_edit"
_ROW, _TALLEST = 35, 320


@dataclass
class Begun:
    """What somebody began with."""

    version: str
    rows: pd.DataFrame
    seen: dict[str, str]
    round: int = 0
    said: str = ""

    @property
    def key(self) -> str:
        """The editor's key: another round is another editor."""
        return f"hours_{self.round}"


def teams(known: Known) -> pd.DataFrame:
    """Everybody else first, then each team: `team`, `people`, `hours` (what is stated), `counts` (what holds)."""
    people = known.people
    own = set(known.hours["person_id"][known.hours["why"] == "own"])
    of_teams = sorted({*people["team"].dropna(), *(team for team in known.uses if team)})
    rows = []
    for team in (EVERYBODY_ELSE, *of_teams):
        chosen = known.uses.get(team)
        mine = people["team"] == team if team else ~people["team"].isin([one for one in known.uses if one])
        members = people[mine.fillna(False) & (people["kind"] == "person") & ~people["person_id"].isin(own)]
        rows.append(
            {
                "team": team,
                "called": team or "Everybody else",
                "people": len(members),
                "hours": chosen,
                "counts": _counts(known, members, chosen),
            }
        )
    return pd.DataFrame(rows)


def _counts(known: Known, members: pd.DataFrame, chosen: str | None) -> str:
    """What the clocks of these people count; what they would where there are none."""
    mine = known.hours["calendar"][known.hours["person_id"].isin(members["person_id"])].value_counts().index
    return ", ".join(known.called(name) for name in mine) or known.called(chosen or known.default)


def show(here: Workspace, known: Known) -> None:
    """Draw the table; what is chosen in it is saved by the button below."""
    st.subheader("Who works by which hours", anchor=False)
    begun: Begun | None = st.session_state.get(USES)
    waiting = begun is not None and bool(st.session_state.get(begun.key, {}).get("edited_rows"))
    if begun is None or (begun.version != known.version and not waiting):
        rounds = 0 if begun is None else begun.round + 1
        begun = st.session_state[USES] = Begun(known.version, teams(known), dict(known.uses), rounds)
    called = {name: calendar.name for name, calendar in known.stated_calendars.items()}
    config = st.column_config
    after = st.data_editor(
        begun.rows,
        key=begun.key,
        hide_index=True,
        height=min(_ROW * (len(begun.rows) + 1) + 3, _TALLEST),
        column_order=["called", "people", "hours", "counts"],
        column_config={
            "called": config.TextColumn("Team", width="medium"),
            "people": config.NumberColumn("People", format="localized", width="small"),
            "hours": config.SelectboxColumn("Hours", options=list(called), format_func=named(called), width="medium"),
            "counts": config.TextColumn("Clock counts", width="medium"),
        },
        disabled=["called", "people", "counts"],
        placeholder="not chosen",
        alt="Teams and the hours that they work by; the hours can be chosen",
    )
    chosen = dict(zip(begun.rows["team"], after["hours"], strict=True))
    before = dict(zip(begun.rows["team"], begun.rows["hours"], strict=True))
    uses = {team: _none(one) for team, one in chosen.items() if _none(one) != _none(before[team])}
    with st.container(horizontal=True):
        save = st.button(
            f"Save {things(len(uses), 'choice')}" if uses else "Save",
            type="primary",
            disabled=not uses,
            key="save_uses",
        )
        if uses and st.button("Discard", icon=":material/undo:", key="discard_uses"):
            _anew(begun)
    if save:
        _save(here, known, begun, uses)
    if begun.said:
        st.error(plain(begun.said), icon=":material/error:")
    st.caption("A person's own hours are chosen in the table of people and come before the team's.")


def _none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _save(here: Workspace, known: Known, begun: Begun, uses: dict[str, str | None]) -> None:
    try:
        Staff(here).use_calendars(uses, seen=begun.seen, at=now())
    except ChangedMeanwhile as told:
        theirs = {team: chosen for (team, _), chosen in told.now.items()}
        called = {
            team: known.called(name) if name in known.calendars else "usual hours" for team, name in theirs.items()
        }
        said = "; ".join(f"{team or 'everybody else'} works by {name}" for team, name in called.items())
        begun.said = f"Somebody else has chosen since you began: {said}. Save again to replace theirs."
        begun.seen.update(theirs)
    except HandoffError as error:
        begun.said = str(error)
    else:
        _anew(begun)


def _anew(begun: Begun) -> None:
    st.session_state[USES] = Begun("", begun.rows, {}, begun.round + 1)
    st.rerun()
