"""The people as a table to be edited, and what was changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from core.journeys.stated import CELLS
from core.staff.origins import STATED
from core.staff.told import WHY
from pages._people_known import Known

TITLES = {
    "name": "Name",
    "kind": "Kind",
    "side": "Side",
    "team": "Team",
    "manager": "Reports to",
    "zone": "Zone",
    "capacity": "Leads a week",
    "active_from": "First day",
    "active_to": "Last day",
    "calendar": "Own hours",
}
"""Cell → its name on the page."""
_EPOCH = date(1970, 1, 1)
_DAYS = ("active_from", "active_to")


def table(known: Known, people: pd.DataFrame) -> pd.DataFrame:
    """One row per person, by person_id: the cells, by what the clock counts, and which cells are stated here."""
    rows = people.set_index("person_id", drop=False).rename_axis(None)
    out = pd.DataFrame({name: rows[name].astype(object).where(rows[name].notna(), None) for name in CELLS})
    for name in _DAYS:
        out[name] = [None if day is None else _EPOCH + timedelta(int(day)) for day in out[name]]
    out["capacity"] = out["capacity"].astype("Float64").astype("float64")
    hours = known.hours.set_index("person_id")
    out["counts"] = [
        " · ".join(filter(None, (known.called(hours["calendar"][one]), WHY[hours["why"][one]]))) for one in rows.index
    ]
    origins = known.origins.set_index("person_id")
    out["stated"] = [
        ", ".join(TITLES[name].lower() for name in CELLS if origins.loc[one, name] == STATED) or None
        for one in rows.index
    ]
    return out


@dataclass
class Edit:
    """What somebody began with: the table, and what was stated then. Kept until it is saved or thrown away."""

    version: str
    scope: str
    rows: pd.DataFrame
    seen: dict[str, dict[str, Any]]
    round: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The editor's key: another round is another editor."""
        return f"people_{self.round}"


def changed(edit: Edit, after: pd.DataFrame) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str]]]:
    """The cells that say something else now, and those that were emptied though only the files speak of them."""
    cells: dict[str, dict[str, Any]] = {}
    only_files = []
    for person in edit.rows.index:
        for name in CELLS:
            old, new = _plain(edit.rows.at[person, name]), _plain(after.at[person, name])
            if old == new:
                continue
            if new is None and edit.seen.get(person, {}).get(name) is None:
                only_files.append((str(person), name))
            else:
                cells.setdefault(str(person), {})[name] = new
    return cells, only_files


def _plain(value: Any) -> Any:
    """A cell as it is stated."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.strip() or None if isinstance(value, str) else value


def where_from(known: Known, people: pd.DataFrame) -> pd.DataFrame:
    """Every cell in words with where it comes from: `North · file`."""
    shown, files = table(known, people), table(known, known.by_files)
    origins = known.origins.set_index("person_id")
    out: dict[str, list[str | None]] = {}
    for name in CELLS:
        column: list[str | None] = []
        for person in shown.index:
            value = told(known, name, shown.at[person, name])
            said = None if value is None else f"{value} · {origins.at[person, name]!s}"
            before = files.at[person, name] if person in files.index else None
            if said and origins.at[person, name] == STATED and _plain(before) is not None:
                said = f"{said}, else {told(known, name, before)}"
            column.append(said)
        out[TITLES[name]] = column
    return pd.DataFrame(out)


def told(known: Known, name: str, value: Any) -> str | None:
    """A cell in words."""
    plain = _plain(value)
    if plain is None:
        return None
    if name == "manager":
        return known.names.get(plain, str(plain))
    if name == "calendar":
        return known.called(plain) if plain in known.calendars else str(plain)
    return f"{plain:g}" if name == "capacity" else str(plain)


def quarrels(known: Known, now: Mapping[tuple[str, str], Any], cells: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What two people said differently, a sentence each."""
    out = []
    for (person, name), value in now.items():
        theirs, yours = (told(known, name, said) or "nothing" for said in (value, cells[person][name]))
        who = f"{known.names.get(person, person)}, {TITLES[name].lower()}"
        out.append(f"{who}: somebody else says {theirs} since you began, you say {yours}.")
    return out
