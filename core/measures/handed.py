"""Which hand-offs are asked about? Those of a period, of some leads, in groups."""

import narwhals as nw

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN, Query, bounds, segment_columns
from core.settings import Settings

OWN = {
    "rep": "rep_name",
    "team": "team",
    "manager": "manager",
    "owner_now": "owner_now_name",
    "owner_kind": "owner_kind",
}
"""What a hand-off itself can be grouped and filtered by → its column: whoever got it, not who owns the lead today."""


def handed(engine: Engine, facts: Facts, rows: Lazy, query: Query, settings: Settings) -> Lazy:
    """The hand-offs (`clocks.TIMED` rows) in the query's period that fit its filters, with `segment`.

    The period is that of the hand-off. Hand-offs without a date are in no period: they are there only where none is
    asked for.
    """
    known = segment_columns(engine, facts)
    asked = [name for name, _ in query.where] + ([query.by] if query.by else [])
    for name in asked:
        if name not in known and name not in OWN:
            raise QueryInvalid(f'These data have no column "{name}".', f"There are {', '.join([*OWN, *known])}.")
    start, end = bounds(query, settings)
    when = nw.col("handed_at")
    if start is not None:
        rows = rows.filter(when >= start)
    if end is not None:
        rows = rows.filter(when < end)
    of_lead = [name for name in dict.fromkeys(asked) if name not in OWN]
    if of_lead:
        leads = facts.units(engine).select("unit", **{f"_of_{name}": nw.col(name) for name in of_lead})
        rows = rows.join(leads, on="unit", how="left")
    for name in dict.fromkeys(name for name, _ in query.where):
        rows = rows.filter(_text(name).is_in([value for column, value in query.where if column == name]))
    segment = _text(query.by) if query.by else nw.lit("")
    return rows.with_columns(segment=segment).drop([f"_of_{name}" for name in of_lead])


def values_of(engine: Engine, rows: Lazy, column: str) -> tuple[str, ...]:
    """What these hand-offs have in a column of `OWN`, in the order of the alphabet."""
    found = engine.collect(rows.select(segment=_text(column)).unique("segment"))["segment"]
    return tuple(sorted(found))


def had_by(rows: Lazy, people: frozenset[str], *, owner: str = "rep") -> Lazy:
    """Only what these people had."""
    return rows.filter(nw.coalesce(nw.col(owner).is_in(sorted(people) or [""]), nw.lit(False)))


def spells_of(spells: Lazy, rows: Lazy, query: Query) -> Lazy:
    """The times that people of sales had these hand-offs (timed spells), with `segment`, who had it.

    A filter by rep, team or manager is about whoever had the hand-off then, not about who got it first.
    """
    mine = {"rep": "owner_name", "team": "team", "manager": "manager"}
    own = spells.filter(nw.col("sells")).join(rows.select("unit", "pass"), on=["unit", "pass"], how="semi")
    for name in dict.fromkeys(name for name, _ in query.where if name in mine):
        text = nw.coalesce(nw.col(mine[name]), nw.lit(UNKNOWN))
        own = own.filter(text.is_in([value for column, value in query.where if column == name]))
    return own.with_columns(segment=nw.coalesce(nw.col("owner_name"), nw.col("owner"), nw.lit(UNKNOWN)))


def _text(name: str) -> nw.Expr:
    column = OWN.get(name, f"_of_{name}")
    return nw.coalesce(nw.col(column).cast(nw.String), nw.lit(UNKNOWN))
