"""How many points does a lead have by the rules, and does it qualify with them? (MEASURES 6)"""

import narwhals as nw

from core.definition import BothThresholds, Definition, FitRule, Grid
from core.engine import Lazy
from core.journeys.asking import Asking, score, tenths
from core.journeys.fields import number_of
from core.journeys.occurring import Occurrence

EXPORTED = {"fit": "fit_score", "behaviour": "behaviour_score"}
"""Side → the field in which an export brings its points."""


def with_points(rows: Lazy, definition: Definition, asking: Asking) -> Lazy:
    """With `k_<rule>`, `w_<rule>`, and `fit` and `behaviour` in tenths, where rules or an export give any."""
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    columns: dict[str, nw.Expr] = {}
    for rule in definition.rules:
        if isinstance(rule, FitRule):
            met = nw.coalesce(asking.expression(rule.when, {}), nw.lit(False))
            columns[f"k_{rule.id}"] = nw.when(met).then(one).otherwise(none)
        else:
            place = asking.counted[Occurrence.of(rule)]
            columns[f"k_{rule.id}"] = nw.col(f"n_{place}")
            if rule.half_life_days is not None:
                columns[f"w_{rule.id}"] = nw.col(f"w_{place}")
    rows = rows.with_columns(**columns) if columns else rows
    agreed = definition.qualification
    if agreed is not None and agreed.points == "export":
        return rows.with_columns(**{side: _exported(name, asking) for side, name in EXPORTED.items()})
    if not definition.rules:
        return rows
    return rows.with_columns(
        **{
            side: nw.sum_horizontal(
                nw.lit(0.0),
                *(
                    nw.col(f"w_{rule.id}" if f"w_{rule.id}" in columns else f"k_{rule.id}") * float(rule.tenths)
                    for rule in definition.rules
                    if rule.on and rule.kind == side
                ),
            )
            for side in EXPORTED
        }
    )


def _exported(name: str, asking: Asking) -> nw.Expr:
    if name not in asking.fields:
        return nw.lit(None).cast(nw.Float64)
    return nw.col(number_of(name) if asking.fields[name] == "text" else name) * 10


def qualified(definition: Definition) -> nw.Expr:
    """Does a lead with `fit` and `behaviour` reach the thresholds? Missing where points are, or nothing is agreed."""
    agreed = definition.qualification
    if agreed is None:
        return nw.lit(None).cast(nw.Boolean)
    policy = agreed.policy
    if isinstance(policy, BothThresholds):
        return _reaches(policy.fit, policy.behaviour)
    if isinstance(policy, Grid):
        return _in_grid(policy)
    return score("sum") >= tenths(policy.at_least)


def _in_grid(grid: Grid) -> nw.Expr:
    bands = zip(grid.fit_from, grid.behaviour_from, strict=True)
    cells = [_reaches(low, need) for low, need in bands if need is not None]
    return nw.any_horizontal(*cells, ignore_nulls=False) if cells else nw.lit(False)


def _reaches(fit: float, behaviour: float) -> nw.Expr:
    return nw.all_horizontal(score("fit") >= tenths(fit), score("behaviour") >= tenths(behaviour), ignore_nulls=False)
