"""The same reduction by hand in pandas and numpy: what the engine is measured against, and must agree with."""

import numpy as np
import pandas as pd

from core.definition import Definition, fold
from core.journeys.labels import EXIT, Codes
from core.journeys.passes import DAY, DISQUALIFIED, LOST, RECYCLED, REJECTED, STALLED, WAITING

KIND = {"rejected": REJECTED, "recycled": RECYCLED, "disqualified": DISQUALIFIED, "lost": LOST}


def reduced(events: pd.DataFrame, definition: Definition, *, as_of: int) -> pd.DataFrame:
    """One row per lead and pass, with the columns that the benchmark compares.

    For logs of instants only, which is what the benchmark makes.
    """
    known, codes = definition.labels(), Codes(definition)
    code_of = {name: codes.of(known[fold(name)]) for name in events["name"].unique()}
    frame = pd.DataFrame(
        {
            "lead": pd.factorize(events["lead_id"], sort=True)[0],
            "at": events["happened_at"].to_numpy(),
            "code": events["name"].map(code_of).to_numpy(dtype=np.int64),
            "reason": events["reason"],
            "id": events["event_id"],
        }
    )
    frame = frame[frame["at"] <= as_of]
    frame = frame.iloc[np.lexsort((frame["code"], frame["at"], frame["lead"]))]
    lead, code, at = (frame[name].to_numpy() for name in ("lead", "code", "at"))
    first = np.r_[True, lead[1:] != lead[:-1]]
    before = np.r_[-1, code[:-1]]
    sales = np.array([stage.side == "sales" for stage in definition.stages])
    is_sales = np.r_[sales, np.zeros(EXIT + 20 - len(sales), bool)]
    stage = code < EXIT
    noes = [EXIT + k for k, way in enumerate(definition.exits) if way.kind == "rejected"]
    came_back = (before >= EXIT) & (~np.isin(before, noes) | (code <= definition.hand_off))
    begins = ~first & stage & (came_back | (is_sales[before] & ~is_sales[code]))
    number = np.cumsum(begins | first) - 1
    starts = np.flatnonzero(begins | first)
    out = pd.DataFrame({"lead": lead[starts]})
    out["pass"] = out.groupby("lead").cumcount()
    out["n_passes"] = out.groupby("lead")["pass"].transform("size")
    n = len(definition.stages)
    firsts = np.full((len(starts), n), np.iinfo(np.int64).max)
    place = np.where(stage, code, 0)
    np.minimum.at(firsts, (number[stage], place[stage]), at[stage])
    seen = firsts < np.iinfo(np.int64).max
    out["observed"] = (seen * (1 << np.arange(n))).sum(axis=1)
    top = np.where(seen.any(axis=1), n - 1 - seen[:, ::-1].argmax(axis=1), -1)
    last = np.r_[starts[1:], len(lead)] - 1
    ends = code[last] >= EXIT
    leaves = np.array([-1 if way.leaves is None else definition.place(way.leaves) for way in definition.exits] + [-1])
    kinds = np.array([KIND[way.kind] for way in definition.exits] + [WAITING])
    exit_place = np.where(ends, code[last] - EXIT, len(definition.exits))
    furthest = np.maximum(np.maximum(top, leaves[exit_place]), 0)
    elsewhere = ends & (leaves[exit_place] >= 0) & (leaves[exit_place] < furthest)
    closed = ~ends & (out["pass"].to_numpy() + 1 < out["n_passes"].to_numpy()) & (furthest < definition.won)
    last_stage = np.full(len(starts), -1)
    np.maximum.at(last_stage, number[stage], np.flatnonzero(stage))
    current = np.where(last_stage >= 0, code[last_stage], 0)
    since = np.where(current == furthest, at[last_stage], np.take_along_axis(firsts, furthest[:, None], 1)[:, 0])
    clock = np.array([np.inf if s.clock_days is None else s.clock_days * DAY for s in definition.stages])
    undated = ~np.take_along_axis(seen, furthest[:, None], 1)[:, 0]
    due = ~undated & (since + clock[furthest] < as_of)
    out["furthest"] = furthest
    out["end"] = np.select([ends & ~elsewhere, closed, due], [kinds[exit_place], RECYCLED, STALLED], WAITING)
    said = frame["reason"].to_numpy(dtype=object)[last]
    out["reason"] = pd.Series(said).where(ends & ~elsewhere).mask(closed, "not recorded")
    backwards = out[::-1].groupby("lead", sort=False)["furthest"]
    later = backwards.cummax().groupby(out["lead"][::-1], sort=False).shift(1)
    out["shadow"] = later.reindex(out.index).fillna(-1).astype("int64")
    for k in range(n):
        out[f"at_{k}"] = pd.Series(firsts[:, k], dtype="Int64").where(seen[:, k])
    return out
