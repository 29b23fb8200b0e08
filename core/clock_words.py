"""A clock in words: how long, was it kept, and why its numbers may be doubted."""

import math
from collections.abc import Mapping
from datetime import date

from core.definition import MILESTONES, Clock, Milestone
from core.measures.sla import Sla
from core.measures.trust import Trust
from core.timekeeping import Finding
from core.words import count, counted, percent, share, things

NAMES = {
    "met": "Kept",
    "breached": "Missed",
    "running": "Running",
    "withdrawn": "Left in time",
    "no_clock": "No clock",
}
"""States for people."""

HINTS: Mapping[Milestone, str] = {
    "attempt": "Import the calls, mails and meetings too: in most CRMs the export of tasks, activities or engagements.",
    "contact": "Import calls with what came of them (connected, no answer): an attempt alone is no contact.",
    "verdict": "Import the history of the stage, so that sales' yes or no has a row of its own.",
    "disposition": "Import the history of the fields that sales writes, or of the stage.",
}
"""What to bring where a milestone is recorded of nobody."""


def lasting(seconds: float) -> str:
    """A length of time in the two units that matter.

    >>> [lasting(s) for s in (45, 50 * 60, 3 * 3600 + 8 * 60, 50 * 3600, 40 * 86400)]
    ['45 s', '50 min', '3 h 8 min', '50 h', '960 h']
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    rest = f" {minutes % 60} min" if minutes % 60 and minutes < 24 * 60 else ""
    return f"{minutes // 60:,} h{rest}"


def lasting_days(seconds: float, day: int, *, working: bool) -> str:
    """A length of time that is known in days alone; `day`: the seconds of one.

    >>> lasting_days(28_800, 28_800, working=True), lasting_days(3 * 86_400, 86_400, working=False)
    ('1 working day', '3 days')
    """
    return things(math.ceil(seconds / day), "working day" if working else "day")


def limit(clock: Clock) -> str:
    """The limit with the hours it counts.

    >>> limit(Clock(id="a", name="First attempt", milestone="attempt", limit_minutes=240))
    '4 h of working time'
    """
    kind = "of working time" if clock.time == "working" else "around the clock"
    return f"{lasting(clock.limit_seconds)} {kind}"


def rule(clock: Clock) -> str:
    """What the clock asks for, as one clause."""
    return f"{clock.name}: {MILESTONES[clock.milestone]} within {limit(clock)} of the hand-off"


def headline(found: Sla, trusted: Trust) -> str:
    """The finding in one sentence: how many of the clocks that were due were missed, and how many still wait."""
    if not found.total()["handed"]:
        return "No lead was handed over in this question"
    if not trusted.recorded:
        return f"{found.clock.name} cannot be told: {trusted.faults[0]}"
    if trusted.faults:
        return f"These clocks cannot be trusted: {trusted.faults[0]}"
    rate, whole = found.rate(), found.total()
    if not rate.n:
        return f"No clock is due yet: {count(whole['running'])} are running"
    part = "" if rate.few else f", {percent(rate.value)}"
    words = f"{found.clock.name}: {count(rate.hits)} of {count(rate.n)} clocks that were due were missed{part}"
    return f"{words}; {count(whole['past_due'])} still wait" if whole["past_due"] else words


def identity(found: Sla) -> str:
    """The sum that must hold, in numbers with their names."""
    whole = found.total()
    parts = " + ".join(f"{count(whole[state])} {name.lower()}" for state, name in NAMES.items())
    return f"{count(whole['handed'])} handed over = {parts}"


def told(finding: Finding, title: str) -> str:
    """A group that stands out, as a sentence."""
    return f"{title} {finding.segment}: {counted(finding.rate)} missed, elsewhere {share(finding.others)}"


def months_told(findings: tuple[Finding, ...]) -> str:
    """The months that stand out, in one sentence; empty where none does.

    The rate is that of all of them together against that of all other months.
    """
    months = sorted(finding.segment for finding in findings if finding.column == "month")
    if not months:
        return ""
    hits = sum(one.rate.hits for one in findings if one.column == "month")
    n = sum(one.rate.n for one in findings if one.column == "month")
    first = next(one for one in findings if one.column == "month")
    rest_hits, rest_n = first.rate.hits + first.others.hits - hits, first.rate.n + first.others.n - n
    share_of = percent(hits / n)
    elsewhere = f", in the other months {percent(rest_hits / rest_n)}" if rest_n else ""
    days = [date.fromisoformat(f"{month}-01") for month in months]
    span = ", ".join(f"{day:%B %Y}" for day in days)
    if len(days) > 1 and in_a_row(months):
        same_year = days[0].year == days[-1].year
        span = f"{days[0]:%B}{'' if same_year else days[0].strftime(' %Y')} to {days[-1]:%B %Y}"
    return f"Slow in {span}: {count(hits)} of {count(n)} missed, {share_of}{elsewhere}"


def in_a_row(months: list[str]) -> bool:
    """Does each of these months, as 2026-03 and in order, follow the one before?"""
    places = [12 * int(month[:4]) + int(month[5:]) for month in months]
    return places == list(range(places[0], places[0] + len(places)))
