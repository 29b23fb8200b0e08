"""What was known of a lead at an instant? (MEASURES 5)

A history of changes says what a field held before and after each of them; where no change of a field is recorded
anywhere in the data, only the export's own value is known, and may have been filled since.
"""

from collections.abc import Sequence

import narwhals as nw

from core.definition import fold
from core.engine import Engine, Lazy
from core.journeys.moments import not_after
from core.tables import EXTRA

_KEYS = ["unit", "pass"]


def recorded_as(engine: Engine, events: Lazy, fields: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Field → the names under which changes of it are on record; fields without any are left out.

    A history names fields as its system does (`Budget__c`), a lead's columns as we do (`budget`).
    """
    said = engine.collect(events.filter(nw.col("kind") == "change").select("name").unique("name"))["name"].dropna()
    by_name: dict[str, list[str]] = {}
    for name in sorted(said):
        by_name.setdefault(_plain(name), []).append(name)
    found = {field: by_name.get(_plain(field.removeprefix(EXTRA)), []) for field in fields}
    return {field: tuple(names) for field, names in found.items() if names}


def known_then(
    moments: Lazy, units: Lazy, events: Lazy, ids_of: Lazy, fields: Sequence[str], recorded: dict[str, tuple[str, ...]]
) -> Lazy:
    """The moments with each of `fields` as it was then: the recorded value, else what the export says.

    `recorded`: `recorded_as`. Recorded values are text. Columns keep the name of their field.
    """
    own = units.select("unit", *(name for name in fields))
    rows = moments.join(own, on="unit", how="left")
    tracked = [field for field in fields if field in recorded]
    if not tracked:
        return rows
    code = nw.lit(-1).cast(nw.Int64)
    for place, field in enumerate(tracked):
        code = nw.when(nw.col("name").is_in(list(recorded[field]))).then(nw.lit(place).cast(nw.Int64)).otherwise(code)
    changes = (
        events.filter(nw.col("kind") == "change", ~nw.col("happened_at").is_null())
        .with_columns(_field=code)
        .filter(nw.col("_field") >= 0)
        .join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner")
        .select("unit", "_field", "before", "event_id", _at=nw.col("happened_at"), _after=nw.col("detail"))
    )
    numbered = changes.with_columns(
        _n=nw.col("_at").cum_count().over("unit", "_field", order_by=("_at", "event_id")).cast(nw.Int64)
    )
    both = moments.join(numbered.select("unit", "_field", "_at", "_n"), on="unit", how="inner")
    then = not_after(nw.col("_at"))
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
    as_text = {
        field: nw.when(nw.col(f"_h{place}") == 1).then(nw.col(f"_v{place}")).otherwise(nw.col(field).cast(nw.String))
        for place, field in enumerate(tracked)
    }
    return rows.with_columns(**as_text).drop([f"_{letter}{place}" for letter in "vh" for place in range(len(tracked))])


def _plain(name: str) -> str:
    return fold(name.removesuffix("__c").removesuffix("__C"))
