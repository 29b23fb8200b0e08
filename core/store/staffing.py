"""What is stated of people and of their hours. Whoever changes something says what they saw of it: nobody overwrites
what they have not seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.errors import ChangedMeanwhile, StoreError
from core.store.instants import utc
from core.store.register import Register
from core.store.rows import CalendarRow, CalendarUseRow, PersonRow, StatedPerson

EVERYBODY_ELSE = ""
"""The team under which the calendar of everybody without one stands."""

Cells = Mapping[str, Mapping[str, Any]]
"""person_id → field of `StatedPerson` → value."""


class Staffing:
    """People, calendars and whose they are; values are JSON throughout, days are dates."""

    _register: Register

    def stated_people(self) -> tuple[StatedPerson, ...]:
        """What is stated of people, by person_id; whoever nothing is stated of is not here."""
        with self._register.reading() as session:
            rows = session.exec(select(PersonRow).order_by(col(PersonRow.person_id)))
            return tuple(StatedPerson.model_validate(row.model_dump(exclude={"stated_at"})) for row in rows)

    def state_people(self, cells: Cells, *, seen: Cells, at: datetime) -> None:
        """State these cells, all or none; None takes a statement back.

        `ChangedMeanwhile` where one of them is neither what was `seen` (None where not given) nor what is to be stated.
        """
        with self._register.changing() as session:
            known = {person: session.get(PersonRow, person) for person in cells}
            now = {(person, cell): getattr(known[person], cell, None) for person, own in cells.items() for cell in own}
            _same(now, {key: seen.get(key[0], {}).get(key[1]) for key in now}, {k: cells[k[0]][k[1]] for k in now})
            for person, own in cells.items():
                row = known[person]
                before = {} if row is None else row.model_dump(exclude={"stated_at"})
                stated = StatedPerson.model_validate({**before, **own, "person_id": person})
                if stated.calendar is not None:
                    _there(session, stated.calendar)
                if stated != StatedPerson.model_validate({"person_id": person}):
                    session.merge(PersonRow.model_validate({**stated.model_dump(), "stated_at": utc(at)}))
                elif row is not None:
                    session.delete(row)

    def calendars(self) -> dict[str, dict[str, Any]]:
        """Every stated calendar by id."""
        with self._register.reading() as session:
            return {row.id: row.calendar for row in session.exec(select(CalendarRow).order_by(col(CalendarRow.id)))}

    def state_calendar(
        self, calendar_id: str, calendar: Mapping[str, Any] | None, *, seen: Mapping[str, Any] | None, at: datetime
    ) -> None:
        """State a calendar; None takes it away, unless somebody works by it (`StoreError`).

        `ChangedMeanwhile` where it is neither what was `seen` (None: there was none) nor what is to be stated.
        """
        with self._register.changing() as session:
            row = session.get(CalendarRow, calendar_id)
            key, wanted = (calendar_id, "calendar"), None if calendar is None else dict(calendar)
            _same(
                {key: None if row is None else row.calendar}, {key: None if seen is None else dict(seen)}, {key: wanted}
            )
            if wanted is not None:
                facts = {"id": calendar_id, "calendar": wanted, "stated_at": utc(at)}
                session.merge(CalendarRow.model_validate(facts))
            elif row is not None:
                _unused(session, calendar_id)
                session.delete(row)

    def calendar_uses(self) -> dict[str, str]:
        """Team → id of the calendar that it works by; `EVERYBODY_ELSE` for whoever has no other."""
        with self._register.reading() as session:
            rows = session.exec(select(CalendarUseRow).order_by(col(CalendarUseRow.team)))
            return {row.team: row.calendar_id for row in rows}

    def use_calendars(self, uses: Mapping[str, str | None], *, seen: Mapping[str, str | None], at: datetime) -> None:
        """Let teams work by calendars, all or none; None takes it back. As `state_people` for what was `seen`."""
        with self._register.changing() as session:
            known = {team: session.get(CalendarUseRow, team) for team in uses}
            now = {(team, "calendar"): getattr(row, "calendar_id", None) for team, row in known.items()}
            _same(now, {key: seen.get(key[0]) for key in now}, {key: uses[key[0]] for key in now})
            for team, calendar_id in uses.items():
                if calendar_id is None:
                    if known[team] is not None:
                        session.delete(known[team])
                    continue
                _there(session, calendar_id)
                facts = {"team": team, "calendar_id": calendar_id, "stated_at": utc(at)}
                session.merge(CalendarUseRow.model_validate(facts))


Parts = Mapping[tuple[str, str], Any]


def _same(now: Parts, seen: Parts, wanted: Parts) -> None:
    changed = {key: value for key, value in now.items() if value not in (seen[key], wanted[key])}
    if changed:
        raise ChangedMeanwhile(changed)


def _there(session: Session, calendar_id: str) -> None:
    if session.get(CalendarRow, calendar_id) is None:
        raise StoreError(f'There is no calendar "{calendar_id}" any more.', "Choose another one.")


def _unused(session: Session, calendar_id: str) -> None:
    teams = session.exec(select(CalendarUseRow.team).where(CalendarUseRow.calendar_id == calendar_id)).all()
    people = session.exec(select(PersonRow.person_id).where(PersonRow.calendar == calendar_id)).all()
    if teams or people:
        named = [team or "everybody else" for team in teams]
        own = [] if not people else ["1 person" if len(people) == 1 else f"{len(people)} people"]
        raise StoreError(f"This calendar is in use by {', '.join([*named, *own])}.", "Give them another one first.")
