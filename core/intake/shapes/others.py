"""People, campaigns and lookups: one row each, no events."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from core.intake.shapes.rows import Part, Rows
from core.intake.shapes.staging import Staging
from core.intake.words import fold


def convert_people(rows: Rows, staging: Staging) -> None:
    """Stage the rows as people."""
    _each(rows, staging, "people", _people)


def convert_campaigns(rows: Rows, staging: Staging) -> None:
    """Stage the rows as campaigns."""
    _each(rows, staging, "campaigns", _campaigns)


def convert_lookup(rows: Rows, staging: Staging) -> None:
    """Stage every cell beside the key."""
    _each(rows, staging, "lookups", _cells)


def _each(rows: Rows, staging: Staging, table: str, make: Callable[[Part], pa.Table]) -> None:
    for part in rows.parts():
        if part.size:
            staging.add(table, make(part))


def person_name(part: Part) -> pa.Array:
    """A person's name: as it stands, or made of given and family name."""
    return pc.coalesce(part.text("name"), _joined(part.text("first_name"), part.text("last_name")))


def _joined(first: pa.Array, last: pa.Array) -> pa.Array:
    both = pc.utf8_trim_whitespace(pc.binary_join_element_wise(pc.fill_null(first, ""), pc.fill_null(last, ""), " "))
    return pc.if_else(pc.equal(both, ""), pa.scalar(None, pa.string()), both)


def _people(part: Part) -> pa.Table:
    name = person_name(part)
    columns = {
        "person_id": pc.coalesce(part.ids("person_id"), pc.utf8_trim_whitespace(name)),
        "name": pc.coalesce(name, part.ids("person_id")),
        "side": part.text("side"),
        "team": part.text("team"),
        "manager": part.text("manager"),
        "zone": part.text("zone"),
        "active": part.flag("active"),
        "capacity": part.number("capacity"),
        "active_from": part.instants("active_from").day,
        "active_to": part.instants("active_to").day,
        **_origin(part),
    }
    return pa.table(columns | part.extras())


def _campaigns(part: Part) -> pa.Table:
    cost, currency = part.money("cost")
    columns = {
        "campaign_id": pc.coalesce(part.ids("campaign_id"), pc.utf8_trim_whitespace(part.text("name"))),
        "name": part.text("name"),
        "channel": part.text("channel"),
        "cost_minor": cost,
        "currency": currency,
        "started_at": part.instants("started_at").at,
        "ended_at": part.instants("ended_at").at,
        **_origin(part),
    }
    return pa.table(columns | part.extras())


def _cells(part: Part) -> pa.Table:
    plan = part.all.plan
    place = plan.position("key") or 0
    key, lookup = pc.utf8_trim_whitespace(part.cells(place)), fold(plan.names[place])
    pieces = [
        pa.table(
            {
                "lookup": pa.repeat(pa.scalar(lookup), part.size),
                "key": key,
                "column": pa.repeat(pa.scalar(name), part.size),
                "value": part.cells(at),
                **_origin(part),
            }
        )
        for at, name in enumerate(plan.names)
        if at != place
    ]
    return pa.concat_tables(pieces)


def _origin(part: Part) -> dict[str, pa.Array]:
    return {"batch": pa.array([0] * part.size, pa.int64()), "line": part.lines}
