"""The black hole in words: its title, its buckets, what stands out, and why its numbers may be doubted."""

from collections.abc import Mapping, Sequence

import pandas as pd

from core.definition import MILESTONES, Clock
from core.measures.black_hole import BlackHole
from core.measures.buckets import BUCKETS
from core.silence import Finding
from core.stats.intervals import Rate
from core.words import count, counted, money, percent, share, things

NAMES: Mapping[str, str] = {
    "yes": "Sales said yes",
    "no": "Sales said no",
    "bypassed": "Moved on without a verdict",
    "disposed": "Changed, no verdict",
    "in_clock": "Clock running",
    "withdrawn": "Left in time",
    "undated": "Not dated",
    "never_touched": "Never touched",
    "touched_silent": "Touched, silent",
}
HELD_BY = {"queue": "a queue", "machine": "a machine", "person who has left": "somebody who has left"}
"""Holders who answer no lead, as part of a sentence."""
UNTOLD = {"never_touched": "Nothing recorded"}
"""Where no touches are imported, never touched cannot be told from touched and silent."""


def names(clock: Clock | None, *, touches: bool) -> dict[str, str]:
    """What each bucket is called in these data."""
    out = dict(NAMES)
    if not touches:
        out |= UNTOLD
    if clock is None:
        out["in_clock"] = "No clock agreed"
    return out


def unit(found: BlackHole, number: int = 2) -> str:
    """What is counted: leads or hand-offs."""
    noun = "hand-off" if found.query.counting == "passes" else "lead"
    return noun if number == 1 else noun + "s"


def headline(found: BlackHole, stake: pd.DataFrame, *, touches: bool) -> str:
    """The finding in one sentence: how many fell into the black hole, of how many, and how many were never touched."""
    whole, size = found.total(), found.size()
    handed = things(whole["handed"], _handed(found, 1), _handed(found, 2))
    if not whole["handed"]:
        return f"No {unit(found, 1)} fits this question"
    if found.clock is None:
        return f"{handed}, and no clock is agreed: none of them can be said to have been forgotten"
    if not whole["dated"]:
        return f"{handed}, none on a known day: whether any was forgotten, nobody can say"
    if not size:
        return f"No lead is in the black hole: {handed}, each answered, in its clock or taken back in time"
    if not found.answers:
        return f"{count(size)} of {handed} were not won, and whether sales answered them is not in these data"
    rate = found.share()
    part = "" if rate.few else f", {percent(rate.value)}"
    words = f"{count(size)} of {handed} fell into the black hole{part}"
    if touches:
        never = whole["never_touched"]
        words += f": {count(never)} never touched" if never else ": all of them touched, and nothing recorded"
    worth = worth_of(stake)
    return f"{words}, {worth} at stake" if worth else words


def _handed(found: BlackHole, number: int) -> str:
    return f"{'handed-over ' if found.query.counting == 'leads' else ''}{unit(found, number)}"


def worth_of(stake: pd.DataFrame) -> str:
    """Expected value, each currency by itself, the largest number of leads first; empty where none is known.

    >>> worth_of(pd.DataFrame({"currency": ["EUR"], "expected_minor": [123456789.0], "valued": [7]}))
    'EUR 1.23 M'
    """
    known = stake[stake["valued"] > 0]
    if known.empty:
        return ""
    summed = known.groupby(known["currency"].fillna(""))[["expected_minor", "valued"]].sum()
    summed = summed.sort_values(["valued"], ascending=False)
    return " + ".join(
        money(round(float(row["expected_minor"])), str(code) or None, short=True) for code, row in summed.iterrows()
    )


def rule(clock: Clock | None) -> str:
    """The clock that makes a black hole, in words.

    >>> rule(Clock(id="d", name="Disposition", milestone="disposition", limit_minutes=2400, grace_minutes=480))
    'clock “Disposition”: sales recorded anything at all within 40 working hours, and 8 hours of grace'
    """
    if clock is None:
        return "no clock agreed"
    grace = f", and {_hours(clock.grace_minutes)} hours of grace" if clock.grace_minutes else ", without grace"
    within = f"{_hours(clock.limit_minutes)} {hours_of(clock)}"
    return f"clock “{clock.name}”: {MILESTONES[clock.milestone]} within {within}{grace}"


def patience(clock: Clock) -> str:
    """Limit and grace in few words.

    >>> patience(Clock(id="d", name="Disposition", milestone="disposition", limit_minutes=2400, grace_minutes=480))
    '40 working hours and 8 of grace'
    """
    grace = f" and {_hours(clock.grace_minutes)} of grace" if clock.grace_minutes else ""
    return f"{_hours(clock.limit_minutes)} {hours_of(clock)}{grace}"


def hours_of(clock: Clock | None) -> str:
    """Which hours the clock counts; without a clock those of work.

    >>> hours_of(None)
    'working hours'
    """
    return "hours" if clock is not None and clock.time == "elapsed" else "working hours"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}".removesuffix(".0")


def identity(found: BlackHole) -> str:
    """The check behind the picture: every hand-off is in exactly one bucket."""
    whole = found.total()
    told = sum(whole[name] for name in BUCKETS)
    if not found.holds:
        handed, one = count(whole["handed"]), unit(found, 1)
        return f"not every {one} is accounted for: {handed} handed over, {count(told)} explained"
    return f"every {unit(found, 1)} accounted for: {count(whole['handed'])} = {count(told)}"


def doubts(found: BlackHole, *, touches: bool, chosen: bool) -> list[str]:
    """Why the numbers may be doubted, each with its size; empty where nothing is known against them."""
    whole, dated = found.total(), found.total()["dated"]
    out = []
    if whole["handed"] and not dated:
        out.append(
            "No hand-off has a day in these data, only the status of today: no clock ran, and nobody can say what fell "
            "silent."
        )
    elif not found.answers:
        out.append(
            "These data hold no answer of sales but deals that were won: no verdict, no change, no way out. What is "
            "counted here is the most that can have been forgotten, not what was."
        )
    if found.clock is not None and not chosen:
        out.append("The clock is Handoff's own proposal: nobody has agreed to it yet.")
    if not touches:
        out.append(
            "Touched and silent cannot be told from never touched: no calls, mails or meetings with these leads are "
            "imported."
        )
    if whole["undated"]:
        of = things(whole["undated"], unit(found, 1), unit(found, 2))
        out.append(f"Nobody knows when {of} {'was' if whole['undated'] == 1 else 'were'} handed over: no clock ran.")
    elif 0 < dated < whole["handed"]:
        without = whole["handed"] - dated
        out.append(f"{things(without, unit(found, 1), unit(found, 2))} have no day of the hand-off: no clock ran.")
    if whole["gone"]:
        size = found.size()
        out.append(
            f"{count(whole['gone'])} of the {count(size)} left only after clock and grace had passed in silence: they "
            "stay counted, and nobody has to work them now."
        )
    return out


def told(found: BlackHole, segments: Sequence[str], title: str, called: Mapping[str, str]) -> str:
    """Which groups stand out, each with its numbers; nothing is said of the others.

    They are compared by those whose clock and grace have passed. `called`: group → what it is called in sight.
    """
    if not segments:
        return f"{title}: no group has more than chance explains"
    said = [f"{called.get(name, name)} {counted(found.rate(name))}" for name in segments[:3]]
    more = f" and {len(segments) - 3} more" if len(segments) > 3 else ""
    others = [name for name in found.segments["segment"] if name not in segments]
    rest = Rate(sum(found.size(name) for name in others), sum(found.total(name)["due"] for name in others))
    return f"{title}: {', '.join(said)}{more}" + (f"; all others {share(rest)}" if rest.n else "")


def sentence(finding: Finding, title: str = "", *, touches: bool = True) -> str:
    """A finding with its number and what it is a share of.

    >>> print(sentence(Finding("", "", Rate(40, 100), None, 38)))
    40 of 100 leads past their clock (40 %) fell into the black hole, 38 never touched.
    >>> print(sentence(Finding("holder", "queue", Rate(7, 18), Rate(5, 500), 7), touches=False))
    Held now by a queue, 7 of 18 leads past their clock fell into the black hole; of all others 1.0 %.
    """
    rate = finding.rate
    where = f'With {title or finding.column} "{finding.segment}", ' if finding.column else ""
    if finding.column == "holder":
        where = f"Held now by {HELD_BY.get(finding.segment, finding.segment)}, "
    part = "" if rate.few else f" ({percent(rate.value)})"
    words = f"{where}{count(rate.hits)} of {count(rate.n)} leads past their clock{part} fell into the black hole"
    if touches:
        words += f", {count(finding.never)} never touched"
    if finding.others is not None and not finding.others.few:
        words += f"; of all others {share(finding.others)}"
    return words + "."
