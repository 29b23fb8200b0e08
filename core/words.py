"""Numbers, shares, money and findings in words: the one place that says how the product writes them."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from core.intake.numbers import exponent
from core.measures.funnel import LEAKS, Funnel
from core.stats.intervals import FEW, Rate

OUTCOME_NAMES: Mapping[str, str] = {
    "entered": "Entered",
    "advanced": "Went on",
    "rejected": "Rejected",
    "recycled": "Recycled",
    "disqualified": "Disqualified",
    "lost": "Lost",
    "stalled": "Stalled",
    "waiting": "Waiting",
}
OUTCOME_MEANINGS: Mapping[str, str] = {
    "entered": "all that entered the stage",
    "advanced": "entered a later stage",
    "rejected": "sales said no",
    "recycled": "went back to marketing",
    "disqualified": "taken out of the funnel",
    "lost": "the deal was lost",
    "stalled": "nothing happened for longer than the days that the stage is given",
    "waiting": "still inside those days, or none are given",
}
POLICY_NAMES: Mapping[str, str] = {
    "furthest": "Furthest stage",
    "observed": "Dated entries only",
    "ordered": "In strict order",
    "current": "Where each lead is now",
}


def count(number: int) -> str:
    """A whole number, grouped; a real minus sign.

    >>> count(7009), count(-935)
    ('7,009', '−935')
    """
    return f"{int(number):,}".replace("-", "−")


def things(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> things(1, "lead"), things(1099, "lead"), things(2, "pass", "passes")
    ('1 lead', '1,099 leads', '2 passes')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def percent(value: float) -> str:
    """A share as a percentage that never rounds something to nothing, or nearly all to all.

    >>> [percent(v) for v in (0.3663, 0.0494, 0.0, 0.0001, 0.9996, 1.0)]
    ['37 %', '4.9 %', '0 %', 'under 0.1 %', 'over 99.9 %', '100 %']
    >>> percent(float("nan"))
    'no data'
    """
    if math.isnan(value):
        return "no data"
    if 0 < value < 0.0005:
        return "under 0.1 %"
    if 0.9995 <= value < 1:
        return "over 99.9 %"
    close = 0 < value < 0.0995 or 0.995 <= value < 1
    return f"{value * 100:.1f} %" if close else f"{value * 100:.0f} %"


def share(rate: Rate) -> str:
    """A rate as a percentage; as counts where fewer than 20 stand behind it.

    >>> share(Rate(7009, 19136)), share(Rate(7, 18)), share(Rate(0, 0))
    ('37 %', '7 of 18', 'no data')
    """
    if not rate.n:
        return "no data"
    return f"{count(rate.hits)} of {count(rate.n)}" if rate.few else percent(rate.value)


def counted(rate: Rate) -> str:
    """Count and share together.

    >>> counted(Rate(842, 8000)), counted(Rate(7, 18))
    ('842 of 8,000 (11 %)', '7 of 18')
    """
    if not rate.n:
        return "no data"
    plain = f"{count(rate.hits)} of {count(rate.n)}"
    return plain if rate.few else f"{plain} ({percent(rate.value)})"


def interval(rate: Rate) -> str:
    """The Wilson 95 % interval; nothing where a percentage would not be printed either.

    >>> interval(Rate(842, 8000)), interval(Rate(7, 18))
    ('9.9–11.2 %', '')
    """
    if rate.few:
        return ""
    low, high = rate.interval
    return f"{low * 100:.1f}–{high * 100:.1f} %"


def points(after: Rate, before: Rate) -> str:
    """The difference of two rates in percentage points; nothing where either has too few.

    >>> points(Rate(40, 100), Rate(35, 100)), points(Rate(2, 10), Rate(35, 100))
    ('+5.0 points', '')
    """
    if after.few or before.few:
        return ""
    return f"{(after.value - before.value) * 100:+.1f} points".replace("-", "−")


def money(minor: int, currency: str | None, *, short: bool = False) -> str:
    """An amount with its currency's code; `short` for a card. A currency that nobody stated is said to be so.

    >>> money(123456789, "EUR"), money(123456789, "EUR", short=True), money(5000, "JPY")
    ('EUR 1,234,567.89', 'EUR 1.23 M', 'JPY 5,000')
    >>> money(1000, None)
    '10.00, currency not stated'
    """
    digits = exponent(currency)
    amount = minor / 10**digits
    written = f"{amount:,.{digits}f}"
    if short and abs(amount) >= 10_000:
        size, letter = next((s, n) for s, n in ((1e9, "bn"), (1e6, "M"), (1e3, "k")) if abs(amount) >= s)
        written = f"{amount / size:,.2f}".rstrip("0").rstrip(".") + f" {letter}"
    written = written.replace("-", "−")
    return f"{currency} {written}" if currency else f"{written}, currency not stated"


def amount(minor: float, currency: str | None) -> str:
    """An amount as a plain number, for a cell that a program reads: no code, no grouping, the currency's digits.

    >>> amount(123456.7, "EUR"), amount(5000, "JPY")
    ('1234.57', '5000')
    """
    digits = exponent(currency)
    return f"{minor / 10**digits:.{digits}f}"


def day(instant: int, zone: tzinfo) -> str:
    """An instant (seconds UTC) as a day in the data's zone.

    >>> day(1782854830, UTC)
    '30 Jun 2026'
    """
    local = datetime.fromtimestamp(int(instant), UTC).astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def unit(found: Funnel, number: int = 2) -> str:
    """What the funnel counts: leads or passes."""
    if found.query.counting == "passes":
        return "pass" if number == 1 else "passes"
    return "lead" if number == 1 else "leads"


def entered(found: Funnel) -> int:
    """How many the cohort has: those who entered its base stage."""
    rows = found.total()
    return int(rows["entered"].iloc[0]) if len(rows) else 0


def headline(found: Funnel) -> str:
    """The finding in one sentence: where most is lost, how many, and of how many."""
    rows, units = found.total(), unit(found)
    if not len(rows) or not int(rows["entered"].sum()):
        return f"No {unit(found, 1)} fits this question"
    leak = found.leak()
    if found.query.policy == "current":
        still = rows[rows["stage"].map(found.definition.place) < found.definition.won]
        fullest = still.iloc[int(still["entered"].to_numpy(dtype=int).argmax())]
        here = things(int(still["entered"].sum()), "lead")
        return f"{here} are in the funnel now, the most at {fullest['name']}: {count(fullest['entered'])}"
    if leak is None:
        waiting = int(rows["waiting"].iloc[:-1].sum())
        of = f"{count(waiting)} of {count(entered(found))} {units}"
        return f"No {unit(found, 1)} is lost so far: {of} are still on their way"
    who = "Sales" if found.definition.place(leak.stage) >= found.definition.hand_off else "Marketing"
    lost, alone = leak.lost, leak.most == leak.lost.hits
    how = f" {leak.outcome}" if alone else ""
    begin = f"{who} loses most {units} at {leak.name}: {count(lost.hits)}"
    if not alone:
        share_of = f", {percent(lost.value)}" if lost.n >= FEW else ""
        return f"{begin} of {count(lost.n)}{share_of}; {count(leak.most)} {leak.outcome}"
    of = f"of the {count(lost.n)} that entered"
    return f"{begin}{how}, {percent(lost.value)} {of}" if lost.n >= FEW else f"{begin}{how} {of}"


def identity(found: Funnel) -> str:
    """Is every lead accounted for? The check behind each stage, in words."""
    rows = found.total()
    total = int(rows[["advanced", *LEAKS, "waiting"]].to_numpy().sum())
    whole = int(rows["entered"].sum())
    if not found.broken().empty or total != whole:
        return f"not every {unit(found, 1)} is accounted for: {count(whole)} entered, {count(total)} explained"
    if not len(rows):
        return ""
    first = rows.sum(numeric_only=True) if found.query.policy == "current" else rows.iloc[0]
    parts = int(first[["advanced", *LEAKS, "waiting"]].sum())
    return f"every {unit(found, 1)} accounted for: {count(first['entered'])} = {count(parts)}"
