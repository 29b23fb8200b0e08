"""Whose answer changes from one version of a definition to another: per criterion, for the whole ULD, and in points."""

from typing import Literal

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.in_force import MET, NOT_MET, UNTOLD, Answers, column
from core.journeys.reduce import Facts
from core.measures.cohort import Query, bounds, in_segment
from core.settings import Settings
from core.tables import Column, Table

About = Literal["criterion", "uld", "qualification"]
NOT_ASKED = 3
SAID = {NOT_MET: "not met", MET: "met", UNTOLD: "cannot tell", NOT_ASKED: "not asked"}
"""Code → word. Not asked: the version does not ask it, or none was in force."""
_SIDES = len(SAID)

FLIPS = Table(
    "flips",
    "criterion (or the ULD, or the qualification), group, answer before and answer after",
    (
        Column("about", "text", "criterion, uld (all that sales validates) or qualification", required=True),
        Column("id", "text", "the criterion's id; empty beside the others", required=True),
        Column("name", "text", "the criterion's name, the newer one where it changed", required=True),
        Column("segment", "text", "value of the column broken down by; empty without one", required=True),
        Column("was", "text", "answer before: met, not met, cannot tell or not asked", required=True),
        Column("now", "text", "answer after", required=True),
        Column("n", "integer", "leads (or passes)", required=True),
    ),
    key=("about", "id", "segment", "was", "now"),
)
"""Cells without anybody are left out; those of one criterion and group add up to all who were judged."""

FLIPPED = Table(
    "flipped",
    "lead (or pass) behind a cell",
    (
        Column("lead_id", "text", "the lead", required=True),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("owner", "text", "owner: name where the people are known"),
        Column("trip", "integer", "which trip through the funnel, from 1", required=True),
        Column("judged_at", "instant", "the hand-off, else the last that is known of the lead", required=True),
        Column("judged_kind", "text", "handoff, or last: never handed over on a known day", required=True),
        Column("was", "text", "answer before", required=True),
        Column("now", "text", "answer after", required=True),
    ),
)


def flips(
    engine: Engine,
    facts: Facts,
    before: Answers,
    after: Answers,
    query: Query,
    settings: Settings,
    *,
    handed: bool = False,
) -> pd.DataFrame:
    """How many leads answered so before and so after (`FLIPS`), for everything that either asks.

    Every lead judged in the period is counted once, with its last pass of it; counting passes, each. Of the query the
    filters, the column broken down by and the period hold, the period by the judged instant. `handed`: only those that
    were handed over on a known day. Both `Answers` must be made of the same facts.
    """
    rows = _paired(engine, facts, before, after, query, settings, handed)
    cells = [(name, pair) for name in _asked(before, after) for pair in _possible(before, after, name)]
    sums = {f"n_{place}": (nw.col(name) == pair).cast(nw.Int64).sum() for place, (name, pair) in enumerate(cells)}
    found = engine.collect(rows.group_by("segment").agg(**sums)).sort_values("segment").set_index("segment").fillna(0)
    names, out = _asked(before, after), []
    for place, (name, pair) in enumerate(cells):
        was, now = divmod(pair, _SIDES)
        counted = found[f"n_{place}"].astype("int64")
        out += [(*names[name], str(group), SAID[was], SAID[now], n) for group, n in counted.items() if n]
    return FLIPS.conform(pd.DataFrame(out, columns=list(FLIPS.names)))


def flipped(
    engine: Engine,
    facts: Facts,
    before: Answers,
    after: Answers,
    query: Query,
    settings: Settings,
    *,
    about: About,
    criterion: str = "",
    was: str | None = None,
    now: str | None = None,
    segment: str | None = None,
    handed: bool = False,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The leads behind a cell (`FLIPPED`), oldest judged first; as many as the number says.

    `was` and `now`: answers as `SAID` calls them; without both, everybody whose answer changed.
    """
    name = column(criterion) if about == "criterion" else _WHOLE[about]
    if name not in _asked(before, after):
        raise QueryInvalid(f'Neither version asks "{criterion or about}".', "Choose one of those that they ask.")
    for word in (was, now):
        if word is not None and word not in SAID.values():
            raise QueryInvalid(f'There is no answer "{word}".', f"There are {', '.join(SAID.values())}.")
    rows = _paired(engine, facts, before, after, query, settings, handed)
    wanted = [
        pair
        for pair in _possible(before, after, name)
        for old, new in [divmod(pair, _SIDES)]
        if (was is None and now is None and old != new)
        or ((was is not None or now is not None) and was in (None, SAID[old]) and now in (None, SAID[new]))
    ]
    rows = rows.filter(nw.col(name).is_in(wanted))
    if segment is not None:
        rows = rows.filter(nw.col("segment") == segment)
    chosen = rows.select("unit", "pass", "judged_at", "judged_kind", _pair=nw.col(name))
    listed = chosen.join(facts.units(engine), on="unit", how="inner").sort("judged_at", "lead_id", "pass")
    found = engine.collect(listed if limit is None else listed.head(limit))
    owner = found["owner_name"].fillna(found["owner"]) if "owner_name" in found.columns else found["owner"]
    out = found.assign(
        trip=found["pass"] + 1,
        owner=owner,
        was=(found["_pair"] // _SIDES).map(SAID),
        now=(found["_pair"] % _SIDES).map(SAID),
    )
    return FLIPPED.conform(out[list(FLIPPED.names)]).reset_index(drop=True)


_WHOLE: dict[About, str] = {"uld": "uld", "qualification": "qualified"}
_NAMES = {"uld": "All that sales validates", "qualification": "Qualifies by points"}


def _asked(before: Answers, after: Answers) -> dict[str, tuple[str, str, str]]:
    """Column of an answer → what it is about, its id and its name."""
    criteria = {**before.criteria, **after.criteria}
    own = {column(one): ("criterion", one, name) for one, name in criteria.items()}
    return {**own, **{name: (about, "", _NAMES[about]) for about, name in _WHOLE.items()}}


def _possible(before: Answers, after: Answers, name: str) -> list[int]:
    """The pairs of answers that can be: of one version each answer is one of three, or it is never asked."""

    def codes(answers: Answers) -> tuple[int, ...]:
        told = (NOT_MET, MET, UNTOLD)
        if name not in _known(answers):
            return (NOT_ASKED,)
        return (*told, NOT_ASKED) if answers.of_several or name in _WHOLE.values() else told

    return [_SIDES * was + now for was in codes(before) for now in codes(after)]


def _paired(
    engine: Engine, facts: Facts, before: Answers, after: Answers, query: Query, settings: Settings, handed: bool
) -> Lazy:
    """Each judged lead with both answers to everything that either asks (was * 4 + now), and its `segment`."""
    asked = tuple(_asked(before, after))
    later = after.rows.select("unit", "pass", **{f"now_{name}": _code(after, name) for name in asked})
    rows = before.rows.select("unit", "pass", "judged_at", "judged_kind", **{n: _code(before, n) for n in asked})
    rows = rows.join(later, on=["unit", "pass"], how="inner").select(
        "unit",
        "pass",
        "judged_at",
        "judged_kind",
        **{name: nw.col(name) * _SIDES + nw.col(f"now_{name}") for name in asked},
    )
    if handed:
        rows = rows.filter(nw.col("judged_kind") == "handoff")
    start, end = bounds(query, settings)
    if start is not None:
        rows = rows.filter(nw.col("judged_at") >= start)
    if end is not None:
        rows = rows.filter(nw.col("judged_at") < end)
    if query.counting == "leads":
        rows = rows.filter(nw.col("pass") == nw.col("pass").max().over("unit"))
    return in_segment(engine, rows, facts, query)


def _code(answers: Answers, name: str) -> nw.Expr:
    missing = nw.lit(NOT_ASKED).cast(nw.Int64)
    return nw.coalesce(nw.col(name), missing) if name in _known(answers) else missing


def _known(answers: Answers) -> set[str]:
    return {*map(column, answers.criteria), *_WHOLE.values()}
