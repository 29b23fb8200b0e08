"""By whose hours does everybody's clock count: their own, their team's, or those of everybody else?"""

from collections.abc import Mapping

import pandas as pd

from core.journeys.clocks import Timing, usual_timing
from core.store import EVERYBODY_ELSE
from core.tables import Column, Table
from core.worktime import Calendar

WHOSE = Table(
    "whose_hours",
    "person, queue or machine",
    (
        Column("person_id", "text", "as in `people.EVERYBODY`", required=True),
        Column("calendar", "text", "id of the calendar", required=True),
        Column(
            "why",
            "text",
            "own, team, usual (the one chosen for everybody else), zone (usual hours in the own zone) or default",
            required=True,
        ),
    ),
    key=("person_id",),
)


def whose(people: pd.DataFrame, uses: Mapping[str, str], zone: str) -> pd.DataFrame:
    """Everybody's calendar and why (`WHOSE`). `people` is `people.EVERYBODY`, `uses` team → calendar id."""
    usual = usual_timing(people, zone)
    rows = []
    for person, own, team in zip(people["person_id"], people["calendar"], people["team"], strict=True):
        if isinstance(own, str):
            found = own, "own"
        elif isinstance(team, str) and team and team in uses:
            found = uses[team], "team"
        elif EVERYBODY_ELSE in uses:
            found = uses[EVERYBODY_ELSE], "usual"
        elif person in usual.of_person:
            found = usual.of_person[person], "zone"
        else:
            found = usual.default, "default"
        rows.append({"person_id": person, "calendar": found[0], "why": found[1]})
    return WHOSE.conform(pd.DataFrame(rows, columns=list(WHOSE.names)))


def timing(people: pd.DataFrame, calendars: Mapping[str, Calendar], uses: Mapping[str, str], zone: str) -> Timing:
    """Whose hours count: what is stated, else the usual ones of `usual_timing`.

    `calendars` are the stated ones by id; `zone` is that of the data.
    """
    usual = usual_timing(people, zone)
    found = whose(people, uses, zone)
    default = uses.get(EVERYBODY_ELSE, usual.default)
    other = found[found["calendar"] != default]
    of_person = dict(zip(other["person_id"], other["calendar"], strict=True))
    every = {**usual.calendars, **calendars}
    return Timing({name: every[name] for name in dict.fromkeys([default, *of_person.values()])}, of_person, default)
