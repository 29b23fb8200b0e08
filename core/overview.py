"""What should a leader look at first? The largest findings of every question, each with the page that tells it."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from core.clock_words import NAMES, in_a_row, limit, months_told
from core.clock_words import told as clock_told
from core.measures import findings as funnel
from core.measures.black_hole import answers_known
from core.measures.cohort import Query
from core.report import Report
from core.silence import Finding as Silent
from core.silence import Silence
from core.silence_words import HELD_BY, sentence
from core.stats.intervals import Rate
from core.timekeeping import Finding as Late
from core.timekeeping import Timekeeping

Page = Literal["funnel", "black_hole", "clocks"]

_MISSED = NAMES["breached"]
_GROUPS = {"team": "owner_team", "rep": "owner_name", "owner_now": "owner_name", "manager": "owner_manager"}
"""Group of hand-offs → the column of the lead that says the same of today."""


@dataclass(frozen=True)
class Headline:
    """One thing to look at first, whichever question found it.

    `kind` says in few words what it is; `leads` how many are concerned, of a group those beyond the others' rate;
    `rate` is set beside `others` (None: beside everybody of the rate itself), each called by one of `names`.
    `page` and `asked` lead to the leads behind it. `group` is the column and value that it is about, empty for all.
    """

    kind: str
    sentence: str
    leads: float
    rate: Rate
    others: Rate | None
    names: tuple[str, str]
    outcome: str
    page: Page
    asked: Mapping[str, str] = field(default_factory=dict)
    group: tuple[str, str] = ("", "")


def headlines(report: Report, *, most: int = 9) -> tuple[Headline, ...]:
    """At most `most` findings, the first three of them the ones to be shown.

    A lead that was lost, one that was forgotten and one that was called late are not of one size, so that questions are
    not ranked against each other: the funnel, the black hole and the clocks each say their largest before any of them
    says its second. Within a question the largest comes first. No story is told twice: what stalls at the hand-off is
    the black hole's to tell where that can be told, and a group that is told there is not told again for its clocks.
    """
    query = Query(mature_days=report.settings.mature_days)
    silent, late = list(_silent(report, query)), list(_late(report, query))
    lost = [one for one in _lost(report, query, most) if not (silent and _is_silence(report, one))]
    told = {one.group for one in silent} - {("", "")}
    late = [one for one in late if one.group not in told]
    rounds = zip_longest(lost, silent, late)
    return tuple(one for each in rounds for one in each if one is not None)[:most]


def _lost(report: Report, query: Query, most: int) -> Iterator[Headline]:
    for place, one in enumerate(report.findings(query, most=most)):
        title = report.title(one.column)
        whole = "Another leak" if place else "The largest leak of all"
        asked, ended = {"stage": one.stage, "outcome": one.outcome}, "lost" if one.ways else one.outcome
        yield Headline(
            kind=f"One {title} stands out" if one.column else whole,
            sentence=funnel.sentence(one, title),
            leads=one.weight,
            rate=one.rate,
            others=one.others,
            names=(one.segment, "all others") if one.column else (ended, f"entered {one.name}"),
            outcome=one.outcome,
            page="funnel",
            asked=asked | ({"by": one.column, "segment": one.segment} if one.column else {}),
            group=(one.column, one.segment),
        )


def _is_silence(report: Report, one: Headline) -> bool:
    """Does it say that nothing happened after the hand-off?"""
    stages = report.facts.definition.stages
    return (one.asked["stage"], one.outcome) == (stages[report.facts.definition.hand_off].id, "stalled")


def _silent(report: Report, query: Query) -> Iterator[Headline]:
    asked = Silence(report, query)
    touches = asked.touches_known()
    for one in asked.findings():
        title = report.title(_GROUPS.get(one.column, one.column))
        yield Headline(
            kind=_silent_kind(one, title),
            sentence=sentence(one, title, touches=touches),
            leads=one.leads,
            rate=one.rate,
            others=one.others,
            names=(one.segment, "all others") if one.column else ("black hole", "past their clock"),
            outcome="silent",
            page="black_hole",
            asked={"bucket": "black_hole"} | ({"hole_by": one.column, "hole_in": one.segment} if one.column else {}),
            group=(one.column, one.segment),
        )


def _silent_kind(one: Silent, title: str) -> str:
    if not one.column:
        return "The black hole"
    if one.column == "holder":
        return f"The black hole: {HELD_BY.get(one.segment, one.segment)} holds leads"
    return f"The black hole: one {title} stands out"


def _late(report: Report, query: Query) -> Iterator[Headline]:
    """The first clock that can be trusted: slow months together, then the group that misses it most.

    Where these data hold no answer but sales, a clock for answers says when deals were won, and nothing of the clock.
    """
    answers = answers_known(report.engine, report.timed())
    for clock in report.facts.definition.clocks:
        keeping = Timekeeping(report, query, clock)
        if (clock.milestone in ("verdict", "disposition") and not answers) or keeping.trust().faults:
            continue
        found = keeping.findings()
        months = tuple(one for one in found if one.column == "month")
        if months:
            yield _slow_months(keeping, months)
        groups = sorted((one for one in found if one.column != "month"), key=_excess, reverse=True)
        yield from (_late_group(report, keeping, one) for one in groups[:1])
        return


def _excess(one: Late) -> float:
    return one.rate.hits - (one.rate.n * one.others.value if one.others.n else 0.0)


def _slow_months(keeping: Timekeeping, months: tuple[Late, ...]) -> Headline:
    rate = Rate(sum(one.rate.hits for one in months), sum(one.rate.n for one in months))
    first = months[0]
    hits, n = first.rate.hits + first.others.hits, first.rate.n + first.others.n
    others = Rate(hits - rate.hits, n - rate.n)
    names = sorted(one.segment for one in months)
    asked = {"clock": keeping.clock.id, "clock_view": "months"}
    if in_a_row(names):
        year, month = map(int, names[-1].split("-"))
        asked |= {"start": f"{names[0]}-01", "end": f"{names[-1]}-{monthrange(year, month)[1]}", "state": _MISSED}
    return Headline(
        kind="Slow months" if len(names) > 1 else "A slow month",
        sentence=f"{_within(keeping)}: {_lower(months_told(months))}.",
        leads=rate.hits - (rate.n * others.value if others.n else 0.0),
        rate=rate,
        others=others,
        names=("these months" if len(names) > 1 else "this month", "other months"),
        outcome="late",
        page="clocks",
        asked=asked,
    )


def _late_group(report: Report, keeping: Timekeeping, one: Late) -> Headline:
    title = report.title(_GROUPS.get(one.column, one.column))
    return Headline(
        kind=f"One {title} is slow",
        sentence=f"{_within(keeping)}: {clock_told(one, title)}.",
        leads=_excess(one),
        rate=one.rate,
        others=one.others,
        names=(one.segment, "all others"),
        outcome="late",
        page="clocks",
        asked={"clock": keeping.clock.id, "clock_only": f"{one.column}={one.segment}", "state": _MISSED},
        group=(one.column, one.segment),
    )


def _within(keeping: Timekeeping) -> str:
    return f"{keeping.clock.name} within {limit(keeping.clock)}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
