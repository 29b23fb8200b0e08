"""Everybody and their hours, kept until the workspace changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import NotYet
from core.journeys.people import still_there
from core.staff import Staff
from core.staff.timing import whose
from core.workspace import Workspace
from core.worktime import Calendar
from pages._ui import now, workspace


@dataclass(frozen=True)
class Known:
    """The people, where each cell comes from, and by whose hours they count, as of one version of the workspace."""

    version: str
    as_of: int
    people: pd.DataFrame
    by_files: pd.DataFrame
    origins: pd.DataFrame
    hours: pd.DataFrame
    calendars: Mapping[str, Calendar]
    """Those in use and those stated."""
    stated_calendars: Mapping[str, Calendar]
    uses: Mapping[str, str]
    default: str
    seen: Mapping[str, Mapping[str, Any]]
    """What is stated of each person."""

    @cached_property
    def names(self) -> dict[str, str]:
        """person_id → display name; the id behind it where two have the same name."""
        people = self.people
        twice = set(people["name"][people["name"].duplicated(keep=False)])
        return {
            one: f"{name} ({one})" if name in twice else str(name)
            for one, name in zip(people["person_id"], people["name"], strict=True)
        }

    @cached_property
    def managers(self) -> dict[str, str]:
        """Everybody to whom somebody reports, and what they are called."""
        return {str(one): self.names.get(one, str(one)) for one in sorted(self.people["manager"].dropna().unique())}

    def called(self, calendar: str) -> str:
        """A calendar's name; of usual hours their zone."""
        found = self.calendars[calendar]
        return found.name if calendar in self.stated_calendars else f"usual hours, {found.zone}"


def known(here: Workspace) -> Known:
    """What is known now."""
    return _known(str(here.folder), here.store.version(), _moment(here))


def _moment(here: Workspace) -> int:
    try:
        return here.as_of()
    except NotYet:
        # Nothing to report on yet: whoever is here today.
        return int(now().timestamp()) // 86_400 * 86_400


@st.cache_data(max_entries=20, show_spinner=False)
def _known(folder: str, version: str, as_of: int) -> Known:
    here = workspace()
    assert here.folder == Path(folder), "the workspace shown is the one in the key"
    staff, zone = Staff(here), here.settings.zone
    people = still_there(staff.people(), as_of=as_of, zone=here.settings.tz)
    timing, stated = staff.timing(people), staff.calendars()
    return Known(
        version=version,
        as_of=as_of,
        people=people,
        by_files=staff.by_files(),
        origins=staff.origins(people),
        hours=whose(people, staff.uses(), zone),
        calendars={**timing.calendars, **stated},
        stated_calendars=stated,
        uses=staff.uses(),
        default=timing.default,
        seen={one.person_id: one.model_dump(exclude={"person_id"}) for one in staff.stated()},
    )
