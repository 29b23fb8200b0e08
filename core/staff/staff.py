"""The people of a workspace and their hours: asked, stated and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from core.errors import PersonInvalid
from core.journeys.clocks import Timing
from core.journeys.people import everyone
from core.journeys.stated import stated_people
from core.staff.agreed import agreed_cells, agreed_days
from core.staff.origins import origins
from core.staff.reporting import circle_told, circles
from core.staff.timing import timing
from core.store import StatedPerson
from core.workspace import Workspace
from core.worktime import Calendar, parse_calendar

Cells = Mapping[str, Mapping[str, Any]]
"""person_id → cell (`stated.CELLS`) → value; days are dates, None says nothing."""


@dataclass(frozen=True)
class Staff:
    """Everybody in one workspace, as files, data and statements have them.

    Whoever states something gives what was `seen` before: `ChangedMeanwhile` where somebody else has changed it since.
    """

    workspace: Workspace

    def people(self) -> pd.DataFrame:
        """Everybody (`people.EVERYBODY`): what is stated here wins over files and data."""
        here = self.workspace
        return everyone(here.engine, here.sources(), here.definition())

    def by_files(self) -> pd.DataFrame:
        """Everybody as files and data alone have them: what holds once all that is stated here is taken back."""
        here = self.workspace
        bare = replace(here.store.snapshot(), people=())
        return everyone(here.engine, here.sources(bare), here.definition())

    def origins(self, people: pd.DataFrame) -> pd.DataFrame:
        """Where each cell of these people comes from (`origins.ORIGINS`)."""
        here = self.workspace
        listed = here.sources(replace(here.store.snapshot(), people=())).people
        stated = stated_people(one.model_dump() for one in self.stated())
        return origins(people, here.engine.collect(listed), stated)

    def stated(self) -> tuple[StatedPerson, ...]:
        """What is stated here of people."""
        return self.workspace.store.stated_people()

    def state_people(self, cells: Cells, *, seen: Cells, at: datetime) -> None:
        """State cells of people, all or none; None takes one back.

        Raises `PersonInvalid` for a zone that there is not, a last day before the first one, managers in a circle, or
        the name of somebody whom the files name.
        """
        agreed = {person: agreed_cells(person, own) for person, own in cells.items()}
        called = self.by_files().set_index("person_id")["name"].to_dict()
        for person, own in agreed.items():
            if own.get("name") is not None and called.get(person, person) != person:
                raise PersonInvalid(
                    f'The files call this person "{called[person]}".',
                    "Leads are known by that name: change it where the file comes from.",
                    person_id=person,
                    place="name",
                )
        people = self._people_if(agreed)
        # Only what is stated is judged: a cell taken back shows what the files say, also where that cannot be.
        said = {person: {name for name, value in own.items() if value is not None} for person, own in agreed.items()}
        dated = [person for person, names in said.items() if names & {"active_from", "active_to"}]
        agreed_days(people[people["person_id"].isin(dated)])
        _no_circle(people, {person for person, names in said.items() if "manager" in names})
        self.workspace.store.state_people(agreed, seen=seen, at=at)

    def take_back(self, *persons: str, at: datetime) -> None:
        """Take back all that is stated of these people: what files and data say of them holds again."""
        known = {one.person_id: one.model_dump(exclude={"person_id"}) for one in self.stated()}
        seen = {person: known[person] for person in persons if person in known}
        self.state_people({person: dict.fromkeys(own) for person, own in seen.items()}, seen=seen, at=at)

    def _people_if(self, cells: Cells) -> pd.DataFrame:
        """Everybody, were these cells stated."""
        here = self.workspace
        snapshot = here.store.snapshot()
        said = {row["person_id"]: dict(row) for row in snapshot.people}
        for person, own in cells.items():
            said[person] = {**said.get(person, {"person_id": person}), **own}
        return everyone(here.engine, here.sources(replace(snapshot, people=tuple(said.values()))), here.definition())

    def calendars(self) -> dict[str, Calendar]:
        """Every stated calendar by id."""
        return {name: parse_calendar(calendar) for name, calendar in self.workspace.store.calendars().items()}

    def state_calendar(self, calendar: Calendar, *, seen: Calendar | None, at: datetime) -> None:
        """State a calendar, new or in place of what was seen."""
        before = None if seen is None else seen.model_dump(mode="json")
        self.workspace.store.state_calendar(calendar.id, calendar.model_dump(mode="json"), seen=before, at=at)

    def take_calendar_away(self, calendar: Calendar, *, at: datetime) -> None:
        """Take a calendar away; `StoreError` while somebody works by it."""
        self.workspace.store.state_calendar(calendar.id, None, seen=calendar.model_dump(mode="json"), at=at)

    def uses(self) -> dict[str, str]:
        """Team → id of the calendar that it works by; `EVERYBODY_ELSE` for whoever has no other."""
        return self.workspace.store.calendar_uses()

    def use_calendars(self, uses: Mapping[str, str | None], *, seen: Mapping[str, str | None], at: datetime) -> None:
        """Let teams, or everybody else, work by calendars; None takes it back."""
        self.workspace.store.use_calendars(uses, seen=seen, at=at)

    def timing(self, people: pd.DataFrame) -> Timing:
        """Whose hours count."""
        return timing(people, self.calendars(), self.uses(), self.workspace.settings.zone)


def _no_circle(people: pd.DataFrame, changed: set[str]) -> None:
    names = dict(zip(people["person_id"], people["name"], strict=True))
    for circle in circles(people):
        mine = sorted(changed & set(circle))
        if mine:
            raise PersonInvalid(
                f"{circle_told(circle, names)}: that is a circle.",
                "Give one of them another manager, or none.",
                person_id=mine[0],
                place="manager",
            )
