"""The people and their hours in words: the finding, and what may be wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from core.errors import CalendarInvalid
from core.staff.hours import week_told
from core.staff.reporting import circle_told, circles
from core.words import things
from core.worktime import Calendar
from core.worktime.places import agreed_zone

WHY = {"own": "own", "team": "team", "usual": "everybody else", "zone": "own zone", "default": ""}
"""Why a calendar is somebody's, in words; nothing where there is no reason of its own."""

_SEASONS = (datetime(2026, 1, 15, 12), datetime(2026, 7, 15, 12))  # noqa: DTZ001
_NAMED = 3


def hours_told(calendar: Calendar) -> str:
    """The hours of a calendar with their zone.

    >>> from core.worktime import default_calendar
    >>> hours_told(default_calendar("UTC"))
    'Monday to Friday 09–17 UTC'
    """
    return f"{week_told(calendar.week)} {calendar.zone}"


def headline(people: pd.DataFrame, hours: pd.DataFrame, calendars: Mapping[str, Calendar]) -> str:
    """Who is here and by whose hours their clocks count, in one sentence.

    `people` are `people.EVERYBODY`, `hours` is `timing.whose`, `calendars` those that it names.
    """
    here = people[(people["kind"] == "person") & people["active"].fillna(True)]
    if here.empty:
        return "Nobody is known here yet"
    teams, without = here["team"].nunique(), int(here["team"].isna().sum())
    who = things(len(here), "person", "people")
    who += f", {without} without a team" if without else f" in {things(teams, 'team')}"
    own = hours[hours["person_id"].isin(here["person_id"])]
    stated = own["why"].isin(["own", "team"])
    counted = [calendars[name] for name in own["calendar"][~stated].value_counts().index]
    if not counted:
        return f"{who}: everybody's clock counts the hours stated for them"
    if all(_same_time(calendar.zone, counted[0].zone) for calendar in counted):
        usual = hours_told(counted[0])
    else:
        usual = f"{week_told(counted[0].week)} in each one's own zone"
    if not stated.any():
        return f"{who}: their clocks count {usual}"
    return f"{who}: {stated.sum()} work by stated hours, the others' clocks count {usual}"


def doubts(people: pd.DataFrame, hours: pd.DataFrame, calendars: Mapping[str, Calendar]) -> tuple[str, ...]:
    """What speaks against these people or their hours, a sentence each; empty where nothing does."""
    names = dict(zip(people["person_id"], people["name"], strict=True))
    out = [
        f"{circle_told(circle, names)}: that is a circle. Nobody knows who leads there." for circle in circles(people)
    ]
    zones = people[["person_id", "name", "zone"]].dropna(subset="zone")
    for zone, there in zones.groupby("zone", sort=True):
        try:
            agreed_zone(str(zone))
        except CalendarInvalid as error:
            out.append(f"{error.message} {error.hint} Until then it counts for nothing: {_some(list(there['name']))}.")
    of = hours.set_index("person_id")["calendar"]
    elsewhere: dict[str, list[str]] = {}
    for person, name, zone in zip(zones["person_id"], zones["name"], zones["zone"], strict=True):
        if not _same_time(zone, calendars[of[person]].zone):
            elsewhere.setdefault(of[person], []).append(f"{name} ({zone})")
    for calendar, own in elsewhere.items():
        are, told = "is" if len(own) == 1 else "are", hours_told(calendars[calendar])
        out.append(f"{_some(own)} {are} elsewhere than their clock: it counts {told}.")
    return tuple(out)


def leaders_unknown(people: pd.DataFrame) -> tuple[str, ...]:
    """Managers who are nobody in these data: who they report to is not known."""
    return tuple(sorted(set(people["manager"].dropna()) - set(people["person_id"])))


def _same_time(one: str, other: str) -> bool:
    """Do both clocks show the same? A zone that does not exist is told elsewhere."""
    try:
        agreed_zone(one)
    except CalendarInvalid:
        return True
    return all(
        when.replace(tzinfo=ZoneInfo(one)).utcoffset() == when.replace(tzinfo=ZoneInfo(other)).utcoffset()
        for when in _SEASONS
    )


def _some(names: Sequence[str]) -> str:
    """The first few of these names, and how many more there are.

    >>> _some(["Ada", "Ben", "Cem", "Dan", "Eve"])
    'Ada, Ben, Cem and 2 more'
    """
    first = list(names)
    if len(first) <= _NAMED:
        return " and ".join(filter(None, [", ".join(first[:-1]), first[-1]]))
    return f"{', '.join(first[:_NAMED])} and {len(first) - _NAMED} more"


__all__ = ["WHY", "doubts", "headline", "hours_told", "leaders_unknown"]
