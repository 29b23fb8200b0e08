"""How far did each lead come in strict order inside the window? The `ordered` policy over the definition's stages."""

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.order import UNDATED
from core.journeys.ordered import Predicate, Step, ordered
from core.journeys.passes import DAY


def depths(engine: Engine, rows: Lazy, stages: range, *, window_days: int) -> pd.DataFrame:
    """`unit`, `depth` (stages done in order, from the first of `stages`), `started_at`, and `step_k` for each stage k.

    `rows` are `order.placed` rows: events of a day known only by its date share that day's first second, so that a
    date and an instant of one day count in stage order. Undated statuses are no part of a sequence.
    """
    events = engine.collect(
        rows.filter(nw.col("at") < UNDATED, nw.col("code").is_in(list(stages)))
        .select("unit", "at", "code")
        .sort("unit", "at", "code")
    )
    frame = pd.DataFrame(
        {
            "lead": events["unit"].astype("int64"),
            "happened_at": events["at"].astype("int64"),
            "seq": np.arange(len(events), dtype=np.int64),
            "code": events["code"].astype("int64"),
        }
    )
    found = ordered(frame, [Step(f"stage {k}", _is(k)) for k in stages], window=window_days * DAY)
    out = found.rename(columns={"lead": "unit", **{f"at_{i + 1}": f"step_{k}" for i, k in enumerate(stages)}})
    return out.assign(started_at=out[f"step_{stages[0]}"])


def _is(code: int) -> Predicate:
    def matches(events: pd.DataFrame) -> npt.NDArray[np.bool_]:
        same: npt.NDArray[np.bool_] = events["code"].to_numpy() == code
        return same

    return matches
