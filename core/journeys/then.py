"""What was known of a lead at an instant? (MEASURES 5)

A history of changes says what a field held before and after each of them; where no change of a field is recorded
anywhere in the data, only the export's own value is known, and may have been filled since.
"""

from collections.abc import Mapping, Sequence

import narwhals as nw

from core.definition import fold
from core.definition.asked_fields import is_field
from core.engine import Engine, Lazy
from core.journeys.moments import not_after
from core.journeys.passes import DAY
from core.tables import EXTRA, LEADS

_KEYS = ["unit", "pass"]
CHECKED = {"email_ok": "email", "email_free": "email", "email_disposable": "email", "phone_ok": "phone"}
"""What was checked at intake → the field whose exported value was checked."""


def fields_known(
    engine: Engine, units: Lazy, asked: Sequence[str], recorded: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Those of the fields asked for that the data have: a lead holds one, or a change of it is on record."""
    own = set(units.collect_schema().names())
    there = [name for name in asked if name in own and is_field(name)]
    if not there:
        return tuple(name for name in asked if name in recorded)
    filled = engine.collect(units.select(*(nw.col(name).count() for name in there)))
    return tuple(name for name in asked if name in recorded or (name in there and bool(filled[name].iloc[0])))


def recorded_as(engine: Engine, events: Lazy, fields: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Field → the names under which changes of it are on record; fields without any are left out.

    A history names fields as its system does (`Budget__c`), a lead's columns as we do (`budget`).
    """
    said = engine.collect(events.filter(nw.col("kind") == "change").select("name").unique("name"))["name"].dropna()
    by_name: dict[str, list[str]] = {}
    for name in sorted(said):
        by_name.setdefault(_plain(name), []).append(name)
    of_lead = [field for field in fields if is_field(field) and field not in CHECKED]
    found = {field: by_name.get(_plain(field.removeprefix(EXTRA)), []) for field in of_lead}
    return {field: tuple(names) for field, names in found.items() if names}


def kinds_then(fields: Sequence[str], recorded: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Field → text, number or flag, as `known_then` gives it; recorded values are text."""
    kinds = {column.name: column.kind for column in LEADS.columns}
    own = {name: kinds.get(name, "text") for name in fields}
    return {
        name: "text" if name in recorded else kind if kind in ("text", "flag") else "number"
        for name, kind in own.items()
    }


def known_then(
    moments: Lazy,
    units: Lazy,
    events: Lazy,
    fields: Sequence[str],
    recorded: Mapping[str, Sequence[str]],
    *,
    as_of: int,
) -> Lazy:
    """The moments with each of `fields` as it was then: the recorded value, else what the export says.

    `recorded`: `recorded_as`. A lead's history is that of its own record: what changed in one that was merged into it
    says nothing of this one. An address or number that was another one then was never checked: its checks are missing.
    """
    there = units.collect_schema().names()
    only_history = {name: nw.lit(None).cast(nw.String) for name in fields if name not in there}
    own_values = units.select("unit", *(name for name in fields if name in there), **only_history)
    rows = moments.join(own_values, on="unit", how="left")
    tracked = [field for field in fields if field in recorded]
    if not tracked:
        return rows
    numbered = _changes(units, events, [recorded[field] for field in tracked])
    both = moments.join(numbered.select("unit", "_field", "_at", "day", "by_day", "_n"), on="unit", how="inner")
    then = not_after(nw.col("_at"), nw.col("day"), nw.col("by_day")) & (nw.col("_at") <= as_of)
    ends = both.group_by(*_KEYS, "_field").agg(
        _last=nw.when(then).then(nw.col("_n")).max(), _next=nw.when(~then).then(nw.col("_n")).min()
    )
    value = ends.with_columns(_n=nw.coalesce(nw.col("_last"), nw.col("_next"))).join(
        numbered.select("unit", "_field", "_n", "before", "_after"), on=["unit", "_field", "_n"], how="inner"
    )
    # Before the first change stands what that change replaced.
    value = value.with_columns(
        _value=nw.when(~nw.col("_last").is_null()).then(nw.col("_after")).otherwise(nw.col("before"))
    )
    one, numbers = nw.lit(1).cast(nw.Int64), range(len(tracked))
    wide = value.group_by(*_KEYS).agg(
        **{f"_v{k}": nw.when(nw.col("_field") == k).then(nw.col("_value")).max() for k in numbers},
        **{f"_h{k}": nw.when(nw.col("_field") == k).then(one).max() for k in numbers},
    )
    rows = rows.join(wide, on=_KEYS, how="left")
    # A lead without a change of a field that is tracked has always had the value that it has.
    kinds = kinds_then(tracked, {})
    own = {field: as_text(nw.col(field), kinds[field]) for field in tracked}
    values = {
        field: nw.when(nw.col(f"_h{place}") == 1).then(nw.col(f"_v{place}")).otherwise(own[field])
        for place, field in enumerate(tracked)
    }
    same = {field: nw.coalesce(values[field] == own[field], nw.lit(False)) for field in tracked}
    checked = {name: nw.when(same[of]).then(nw.col(name)) for name, of in CHECKED.items() if of in same}
    rows = rows.with_columns(**{name: each for name, each in checked.items() if name in fields}, **values)
    return rows.drop([f"_{letter}{place}" for letter in "vh" for place in numbers])


def _changes(units: Lazy, events: Lazy, names: Sequence[Sequence[str]]) -> Lazy:
    """Every dated change of each field of a lead's own record, numbered in order."""
    code = nw.lit(-1).cast(nw.Int64)
    for place, said in enumerate(names):
        code = nw.when(nw.col("name").is_in(list(said))).then(nw.lit(place).cast(nw.Int64)).otherwise(code)
    changes = (
        events.filter(nw.col("kind") == "change", ~nw.col("happened_at").is_null())
        .with_columns(_field=code)
        .filter(nw.col("_field") >= 0)
        .join(units.select("unit", "lead_id"), on="lead_id", how="inner")
        .select(
            "unit",
            "_field",
            "before",
            "event_id",
            "day",
            by_day=nw.col("precision") == "day",
            _at=nw.col("happened_at"),
            _after=nw.col("detail"),
        )
    )
    return changes.with_columns(
        _n=nw.col("_at").cum_count().over("unit", "_field", order_by=("_at", "event_id")).cast(nw.Int64)
    )


def as_text(column: nw.Expr, kind: str) -> nw.Expr:
    """A value as text; a whole number without decimals."""
    return column if kind == "text" else column.cast(nw.String).str.replace_all(r"\.0$", "")


def deals_then(rows: Lazy, deals: Lazy, *, as_of: int) -> Lazy:
    """The moments with `deal_any`, `deal_amount` and `deal_close_date`: of deals opened by the judged instant.

    Where nobody says when a deal was opened, it may have been later: that cannot be told.
    """
    found = deals.select("unit", "opened_at", "amount_minor", "closed_at").join(
        rows.select("unit", "pass", "judged_at", "judged_by_day"), on="unit", how="inner"
    )
    there, undated = _opened(nw.col("opened_at")) & (nw.col("opened_at") <= as_of), nw.col("opened_at").is_null()
    asked = {"deal_any": nw.lit(True), "deal_amount": ~nw.col("amount_minor").is_null()}
    asked["deal_close_date"] = ~nw.col("closed_at").is_null()
    one, perhaps = nw.lit(2).cast(nw.Int64), nw.lit(1).cast(nw.Int64)
    found = found.group_by("unit", "pass").agg(
        **{
            name: nw.when(nw.coalesce(there, nw.lit(False)) & holds).then(one).when(undated & holds).then(perhaps).max()
            for name, holds in asked.items()
        }
    )
    joined = rows.join(found, on=["unit", "pass"], how="left")
    return joined.with_columns(
        **{
            name: nw.when(nw.col(name) == 2).then(nw.lit(True)).when(nw.col(name).is_null()).then(nw.lit(False))
            for name in asked
        }
    )


def _opened(at: nw.Expr) -> nw.Expr:
    """Had a deal been opened by the judged instant? Of a day, by its end: a deal says its instant, not its day."""
    whole = nw.when(nw.col("judged_by_day")).then(nw.lit(DAY - 1)).otherwise(nw.lit(0)).cast(nw.Int64)
    return at <= nw.col("judged_at") + whole


def _plain(name: str) -> str:
    return fold(name.removesuffix("__c").removesuffix("__C"))
