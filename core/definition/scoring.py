"""How many points a lead has, and with which it qualifies.

Points are whole tenths, so that a sum at the threshold is exact; only what fades with a half-life is not.
"""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.definition.conditions import Condition, Listed, leaves
from core.definition.frozen import Frozen


def _tenths(points: float) -> float:
    if abs(round(points * 10) - points * 10) > 1e-6:
        raise ValueError("points are given to a tenth")
    return round(points, 1)


Points = Annotated[float, Field(allow_inf_nan=False, ge=-10_000, le=10_000), AfterValidator(_tenths)]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class FitRule(Frozen):
    """Points for what a lead is. What cannot be told gives none: a score is a sum of what is known."""

    kind: Literal["fit"] = "fit"
    id: RuleId
    name: str = Field(min_length=1)
    points: Points
    when: Condition
    on: bool = True

    @model_validator(mode="after")
    def _of_the_lead_alone(self) -> Self:
        beyond = [leaf.kind for leaf in leaves(self.when) if leaf.kind in ("happened", "scored", "meets")]
        if beyond:
            raise ValueError("a fit rule asks what the lead is; what it did is a behaviour rule")
        return self

    @property
    def tenths(self) -> int:
        """The points in tenths."""
        return round(self.points * 10)


class BehaviourRule(Frozen):
    """Points for each thing that a lead did, or that was done with it, up to the judged instant.

    Of several the newest `cap` count; older than `within_days` none counts (the window is closed at its old end);
    with a half-life each is worth 2^(-age / half-life) of its points.
    """

    kind: Literal["behaviour"] = "behaviour"
    id: RuleId
    name: str = Field(min_length=1)
    points: Points
    what: Literal["activity", "touch", "contact"] = "activity"
    names: Listed
    within_days: int | None = Field(None, ge=1, le=3650)
    cap: int | None = Field(None, ge=1, le=10_000)
    half_life_days: float | None = Field(None, gt=0, le=3650, allow_inf_nan=False)
    on: bool = True

    @property
    def tenths(self) -> int:
        """The points of one occurrence in tenths."""
        return round(self.points * 10)


Rule = Annotated[FitRule | BehaviourRule, Field(discriminator="kind")]
Bound = Annotated[float, Field(allow_inf_nan=False, ge=-1_000_000, le=1_000_000)]


class BothThresholds(Frozen):
    """A lead qualifies whose fit and whose behaviour both reach their bound."""

    kind: Literal["both"] = "both"
    fit: Bound
    behaviour: Bound


class SumThreshold(Frozen):
    """A lead qualifies whose fit and behaviour together reach the bound."""

    kind: Literal["sum"] = "sum"
    at_least: Bound


class Grid(Frozen):
    """A lead qualifies by its cell: for each band of fit, the behaviour it takes; None where no behaviour is enough.

    `fit_from` are the lower bounds of the bands, the best first, as A, B, C, D; below the last nobody qualifies.

    >>> Grid(fit_from=(75, 50, 25), behaviour_from=(0, 40, None)).behaviour_from[1]
    40.0
    """

    kind: Literal["grid"] = "grid"
    fit_from: tuple[Bound, ...] = Field(min_length=1, max_length=26)
    behaviour_from: tuple[Bound | None, ...]

    @model_validator(mode="after")
    def _a_staircase(self) -> Self:
        if len(self.fit_from) != len(self.behaviour_from):
            raise ValueError("every band of fit needs its bound of behaviour, or none")
        if any(low >= high for high, low in pairwise(self.fit_from)):
            raise ValueError("the bands of fit go from the best down, each lower than the one before")
        asked = [float("inf") if bound is None else bound for bound in self.behaviour_from]
        if any(low < high for high, low in pairwise(asked)):
            raise ValueError("a worse fit cannot need less behaviour than a better one")
        return self


Policy = Annotated[BothThresholds | SumThreshold | Grid, Field(discriminator="kind")]


class Qualification(Frozen):
    """With which points a lead is put before sales, and whose points they are.

    `points`: those of the rules here, or those that the export brings (`fit_score`, `behaviour_score`).
    """

    policy: Policy
    points: Literal["rules", "export"] = "rules"
