"""Which limit did people really go by, if the data say themselves which clocks were kept?"""

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.reduce import Facts
from core.measures.back_test import fitting_limit
from core.measures.cohort import segment_columns
from core.measures.sla import clocked
from core.tables import Column, Table

FITTED = Table(
    "fitted",
    "segment",
    (
        Column("segment", "text", "value of the column that hand-offs are grouped by", required=True),
        Column("limit_minutes", "integer", "the limit that explains most; missing where none of any length does"),
        Column("judged", "integer", "hand-offs that came to it and are called kept or missed", required=True),
        Column("agree", "integer", "of them: called so under that limit too", required=True),
        Column("unreached", "integer", "not come to the milestone, or no clock ran: they say nothing", required=True),
        Column("unread", "integer", "come to it, and called neither kept nor missed", required=True),
    ),
    key=("segment",),
)
APART = Table(
    "apart",
    "hand-off that a fitted limit judges otherwise than the data do",
    (
        Column("segment", "text", "its group", required=True),
        Column("lead_id", "text", "the lead", required=True),
        Column("took_minutes", "integer", "minutes to the milestone, begun ones counted whole", required=True),
        Column("said", "text", "what the data say", required=True),
    ),
)
KEPT = ("true", "yes", "y", "1", "met", "kept")
MISSED = ("false", "no", "n", "0", "missed", "breached", "violated")
"""How an export says that a limit was kept or missed, whatever the case."""


def fitted_limits(engine: Engine, facts: Facts, rows: Lazy, clock: Clock, column: str) -> pd.DataFrame:
    """Per segment the limit that best explains which hand-offs `column` calls kept (`FITTED`).

    For the milestone and the hours of `clock`; its own limit does not matter. Limits are whole minutes, the least of
    those as good. `rows`: `handed.handed`.
    """
    said = _said(engine, facts, rows, clock, column)
    counted = engine.collect(said.group_by("segment", "_kept", "_minutes").agg(n=nw.len()))
    return FITTED.conform(
        pd.DataFrame([_fitted(str(segment), part) for segment, part in counted.groupby("segment", sort=True)])
        if len(counted)
        else FITTED.empty()
    )


def apart(
    engine: Engine, facts: Facts, rows: Lazy, clock: Clock, column: str, fitted: pd.DataFrame, *, limit: int = 1000
) -> pd.DataFrame:
    """The hand-offs that the fitted limits do not explain (`APART`), the longest first."""
    known = fitted.dropna(subset="limit_minutes")[["segment", "limit_minutes"]]
    if known.empty:
        return APART.empty()
    limits = engine.frame(known.astype({"segment": "str", "limit_minutes": "int64"}))
    said = _said(engine, facts, rows, clock, column).join(limits, on="segment", how="inner")
    other = said.filter(~nw.col("_minutes").is_null(), ~nw.col("_kept").is_null()).filter(
        nw.col("_kept") != (nw.col("_minutes") <= nw.col("limit_minutes"))
    )
    who = facts.units(engine).select("unit", "lead_id")
    listed = other.join(who, on="unit", how="left").sort("_minutes", "lead_id", descending=[True, False]).head(limit)
    return APART.conform(
        engine.collect(listed.select("segment", "lead_id", took_minutes=nw.col("_minutes"), said=nw.col("_said")))
    )


def _said(engine: Engine, facts: Facts, rows: Lazy, clock: Clock, column: str) -> Lazy:
    """Every hand-off with what the data say of it: `segment`, `_said`, `_kept`, and the whole minutes that it took."""
    known = segment_columns(engine, facts)
    if column not in known:
        raise QueryInvalid(f'These data have no column "{column}".', f"There are {', '.join(known)}.")
    flags = facts.units(engine).select("unit", _said=nw.col(column).cast(nw.String))
    word = nw.col("_said").str.strip_chars().str.to_lowercase()
    told = clocked(rows, clock).join(flags, on="unit", how="left")
    kept = nw.when(word.is_in(list(KEPT))).then(nw.lit(True)).when(word.is_in(list(MISSED))).then(nw.lit(False))
    # A minute begun counts whole: under a limit of whole minutes nothing is judged otherwise.
    minutes = nw.when(nw.col("state") != "no_clock").then((nw.col("took") + 59) // 60)
    return told.select("unit", "segment", "_said", _kept=kept, _minutes=minutes)


def _fitted(segment: str, part: pd.DataFrame) -> dict[str, object]:
    reached = part[part["_minutes"].notna()]
    judged = reached[reached["_kept"].notna()]
    times = judged["n"].to_numpy(dtype=np.int64)
    minutes = np.repeat(judged["_minutes"].to_numpy(dtype=np.int64), times)
    found = fitting_limit(minutes, np.repeat(judged["_kept"].to_numpy(dtype=bool), times))
    return {
        "segment": segment,
        "limit_minutes": found.limit if found.limit else None,
        "judged": found.n,
        "agree": found.agree,
        "unreached": int(part["n"].sum() - reached["n"].sum()),
        "unread": int(reached["n"].sum() - judged["n"].sum()),
    }
