"""Rows of `events`, each with the hash of its content as its id."""

from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from core.intake.shapes.rows import Instants

SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("lead_id", pa.string()),
        ("happened_at", pa.int64()),
        ("day", pa.int32()),
        ("precision", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("shape", pa.string()),
        ("side", pa.string()),
        ("actor", pa.string()),
        ("reason", pa.string()),
        ("campaign_id", pa.string()),
        ("detail", pa.string()),
        ("before", pa.string()),
        ("batch", pa.int64()),
        ("line", pa.int64()),
    ]
)
_HASHED = ("lead_id", "happened_at", "precision", "kind", "name", "shape", "actor", "reason", "campaign_id", "detail")


def events(
    *,
    lead_id: pa.Array,
    when: Instants | None,
    kind: "str | pa.Array",
    name: "str | pa.Array",
    shape: str,
    lines: pa.Array,
    keep: "pa.Array | None" = None,
    row_id: "pa.Array | None" = None,
    **more: "pa.Array | None",
) -> pa.Table:
    """Events of some rows. `when` is None where the time is not known; only the rows that `keep` marks are made.

    `more` may hold actor, reason, campaign_id, detail and before. Text columns never hold empty text: the hash tells a
    missing value by its being empty, and NUL, which no file holds, stands between the values.
    """
    size = len(lead_id)
    columns: dict[str, pa.Array] = {
        "lead_id": lead_id,
        "happened_at": when.at if when else pa.nulls(size, pa.int64()),
        "day": when.day if when else pa.nulls(size, pa.int32()),
        "precision": pc.fill_null(when.precision, "unknown") if when else _same("unknown", size),
        "kind": kind if isinstance(kind, pa.Array) else _same(kind, size),
        "name": name if isinstance(name, pa.Array) else _same(name, size),
        "shape": _same(shape, size),
        "side": pa.nulls(size, pa.string()),
        "batch": pa.array([0] * size, pa.int64()),
        "line": lines,
    }
    for field in ("actor", "reason", "campaign_id", "detail", "before"):
        given = more.get(field)
        columns[field] = pa.nulls(size, pa.string()) if given is None else given
    columns["_row"] = pa.nulls(size, pa.string()) if row_id is None else row_id
    table = pa.table(columns)
    if keep is not None:
        table = table.filter(keep)
    texts = [pc.fill_null(table[field].cast(pa.string()), "") for field in (*_HASHED, "_row")]
    keys = pc.binary_join_element_wise(*texts, "\0")
    ids = [blake2b(key.encode(), digest_size=16).hexdigest() for key in keys.to_pylist()]
    return table.append_column("event_id", pa.array(ids, pa.string())).select(SCHEMA.names).cast(SCHEMA)


def _same(value: str, size: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), size)
