"""What the views Versions and Voices speak of: the definition that is chosen, its versions, and who acts on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property

import pandas as pd
import streamlit as st

from core.agreement import SIDES, Agreement, Draft, Person, Side, Spoken, Version
from core.agreement_words import standing_at
from core.errors import AgreementRefused, HandoffError
from core.workspace import Workspace
from pages._funnel_controls import BOUND, named
from pages._ui import links, now, plain

REFUSED = "_agreement_refused"
SIDE_NAMES: Mapping[str, str] = {"marketing": "Marketing", "sales": "Sales"}
NOBODY_ASKED = "There is no login here: names are taken as given, and the record says “not authenticated”."


@dataclass(frozen=True)
class Asked:
    """One definition as it stands now. `used`: the version that every figure goes by, where it is one of these."""

    agreement: Agreement
    definition_id: str
    versions: tuple[Version, ...]
    drafts: tuple[Draft, ...]
    voices: tuple[Spoken, ...]
    used: int | None
    present: bool
    at: datetime

    @property
    def zone(self) -> tzinfo:
        """The data's zone."""
        return self.agreement.workspace.settings.tz

    @property
    def force(self) -> Version | None:
        """What is in force now."""
        return standing_at("in_force", self.versions)

    @property
    def open(self) -> Version | None:
        """What waits for a signature, or for its day."""
        return standing_at("proposed", self.versions) or standing_at("signed", self.versions)

    @cached_property
    def people(self) -> pd.DataFrame:
        """The people who may act, by name; queues and machines do not."""
        here = self.agreement.workspace
        every: pd.DataFrame = _people((str(here.folder), here.store.version()), self.agreement.people)
        return every[every["kind"] == "person"].sort_values("name")


@st.cache_data(show_spinner=False, max_entries=20)
def _people(key: tuple[str, ...], _ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return _ask()


def asked(here: Workspace, title: Callable[[Asked], str]) -> Asked:
    """The line with the finding, and beside it another definition where there are several, and names hidden or not."""
    agreement, at, used = Agreement(here), now(), here.store.in_use()
    ids = list(agreement.definition_ids())
    first = used.definition_id if used is not None else here.definition().id
    chosen = first
    # Not in the sidebar: what hangs on a wall or goes to a meeting is this page alone.
    with st.container(horizontal=True, vertical_alignment="center"):
        heading = st.container()
        if len(ids) > 1:
            names = _names(agreement, ids, at)
            links({"agreement": names})
            start = ids.index(first) if first in ids else 0
            chosen = st.selectbox(
                "Definition",
                ids,
                start,
                named(names),
                key="agreement",
                label_visibility="collapsed",
                width=260,
                **BOUND,
            )
        present = st.toggle(
            "Present", key="present", help="Without names of leads and of who asks", width="content", **BOUND
        )
    found = Asked(
        agreement,
        chosen,
        agreement.versions(chosen, at=at),
        agreement.drafts(chosen),
        agreement.voices(chosen, at=at),
        used.version if used is not None and used.definition_id == chosen else None,
        present,
        at,
    )
    heading.title(plain(title(found)), anchor=False)
    return found


def _names(agreement: Agreement, ids: list[str], at: datetime) -> dict[str, str]:
    out = {}
    for one in ids:
        versions, drafts = agreement.versions(one, at=at), agreement.drafts(one)
        known = versions[0].definition if versions else drafts[0].definition if drafts else None
        out[one] = known.name if known is not None else one
    twice = {name for name in out.values() if list(out.values()).count(name) > 1}
    return {one: f"{name} ({one})" if name in twice else name for one, name in out.items()}


def who(asked: Asked, key: str, side: Side | None = None, label: str = "Who") -> None:
    """The fields of whoever acts: somebody known or a name typed, and the side where it is not given."""
    people = asked.people
    if side is not None:
        people = people[people["side"].isna() | (people["side"] == side)]
    names = dict(zip(people["person_id"], people["name"], strict=True))
    twice = set(people.loc[people["name"].duplicated(keep=False), "person_id"])
    names = {one: f"{name} ({one})" if one in twice else name for one, name in names.items()}
    with st.container(horizontal=True, gap="small"):
        st.selectbox(
            label,
            list(names),
            None,
            named(names),
            key=f"{key}_who",
            accept_new_options=True,
            placeholder="Choose, or type a name",
        )
        if side is None:
            st.segmented_control("For which side", SIDES, format_func=named(SIDE_NAMES), key=f"{key}_side")


def person(asked: Asked, key: str, side: Side | None = None) -> Person:
    """Who was chosen or typed there; `AgreementRefused` where nobody says for which side."""
    stated = st.session_state.get(f"{key}_who") or ""
    known = asked.people.set_index("person_id")
    name, person_id = (str(known.loc[stated, "name"]), stated) if stated in known.index else (stated, None)
    spoken_for: Side | None = side or st.session_state.get(f"{key}_side")
    if spoken_for is None and person_id is not None:
        spoken_for = next((one for one in SIDES if one == known.loc[person_id, "side"]), None)
    if spoken_for is None:
        raise AgreementRefused("Nobody has said for which side.", "Choose marketing or sales.", code="no_side")
    return Person(name, spoken_for, person_id, account())


def account() -> str | None:
    """The login under which somebody looks at the page; None where there is none."""
    if not st.user.get("is_logged_in"):
        return None
    return str(st.user.get("email") or st.user.get("sub"))


def act(place: str, do: Callable[[], str]) -> None:
    """Do it and say so, or keep what was refused for its place. For callbacks: they know what their reader saw."""
    try:
        done = do()
    except HandoffError as wrong:
        st.session_state[REFUSED] = place, wrong
    else:
        st.session_state.pop(REFUSED, None)
        st.toast(plain(done), icon=":material/check:")


def refused(place: str) -> HandoffError | None:
    """Show what was refused at this place, until something else is done."""
    told: tuple[str, HandoffError] | None = st.session_state.get(REFUSED)
    if told is None or told[0] != place:
        return None
    del st.session_state[REFUSED]
    wrong = told[1]
    st.error(f"**{plain(wrong.message)}** {plain(wrong.hint)}", icon=":material/error:")
    return wrong


def stamp() -> None:
    """Say that nobody was asked to prove who they are."""
    if account() is None:
        st.caption(NOBODY_ASKED)
