"""How many leads does a reading policy count elsewhere than the usual one does?"""

import narwhals as nw

from core.engine import Engine, Lazy


def moved(engine: Engine, rows: Lazy, usual: Lazy) -> int:
    """Leads that stand for other stages in `rows` than in `usual` (both `cohort.standing`, counting leads)."""

    def stages(of: Lazy, name: str) -> Lazy:
        # Passes of one lead stand for different stages, so the sum of their masks is the lead's mask.
        return of.group_by("unit").agg(**{name: nw.col("stands").sum().cast(nw.Int64)})

    both = stages(rows, "here").join(stages(usual, "there"), on="unit", how="full")
    zero = nw.lit(0).cast(nw.Int64)
    differ = both.filter(nw.coalesce(nw.col("here"), zero) != nw.coalesce(nw.col("there"), zero))
    return engine.number(differ.select(n=nw.len()))
