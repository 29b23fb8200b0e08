"""The live rows that a reduction reads, each once: events by content, leads and deals by their newest row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.stated import with_stated
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE, Table


@dataclass(frozen=True)
class Sources:
    """The canonical tables as readers see them."""

    events: Lazy
    leads: Lazy
    deals: Lazy
    people: Lazy
    lookups: Lazy


def live_sources(
    engine: Engine,
    files: Callable[[str], Sequence[str]],
    live: Sequence[int],
    *,
    rename: Callable[[str], str],
    stated: pd.DataFrame | None = None,
) -> Sources:
    """The rows of live batches. `files` gives a table's Parquet files, `rename` a column's real name.

    `stated` (`stated.STATED`) is what was said here of people: it wins over the files.

    Rows are written again whenever a file that holds them is imported (so that any batch can be undone); here each
    stands once: an event by its content, anything else by the newest row of its key.
    """

    def table(of: Table) -> Lazy:
        rows = engine.scan(files(of.name), of, rename=rename)
        return rows.filter(nw.col("batch").is_in(list(live))) if live else rows.filter(nw.col("batch") < 0)

    def newest(of: Table) -> Lazy:
        rows = table(of)
        return _newest(rows, of) if len(live) > 1 else rows

    people = newest(PEOPLE)
    known = people if stated is None else with_stated(engine, people, stated)
    return Sources(newest(EVENTS), newest(LEADS), newest(DEALS), known, newest(LOOKUPS))


def _newest(rows: Lazy, of: Table) -> Lazy:
    order = nw.col("batch") * (1 << 32) + nw.col("line")
    ranked = rows.with_columns(_order=order)
    return ranked.filter(nw.col("_order") == nw.col("_order").max().over(*of.key)).drop("_order")
