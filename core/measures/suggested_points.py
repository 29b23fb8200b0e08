"""Which points for what a lead is would history suggest, and what does it cost that they are whole? (MEASURES 6)"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import AnyOf, Definition, FitRule
from core.engine import Engine, Lazy
from core.errors import NotYet
from core.journeys.reduce import Facts
from core.measures.outcomes import Target, known_outcomes
from core.measures.suggested_groups import Column as Grouped
from core.measures.suggested_groups import Group, grouped
from core.stats.scorecard import (
    Drift,
    Fitted,
    Floats,
    Ints,
    drift,
    logistic,
    separation,
    surprise,
    weight_of_evidence,
    whole,
)
from core.tables import Column, Table

DOUBLING = (2, 5, 10, 20)
"""Points that double the odds, to choose from: the more, the finer, and the longer the numbers that people sign."""
EARLY = 0.7
"""Share of the hand-offs, the oldest, that is learned from; the rest says how well it holds."""
MOST_COLUMNS, FEWEST, BANDS = 8, 50, 5

POINTS = Table(
    "suggested_points",
    "column and group of its values",
    (
        Column("column", "text", "column of the lead", required=True),
        Column("group", "text", "its values; everything else has no points", required=True),
        Column("n", "integer", "early hand-offs of a known outcome in it", required=True),
        Column("hits", "integer", "of them, with that outcome", required=True),
        Column("evidence", "number", "weight of evidence: ln(share of hits / share of misses)", required=True),
        Column("exact", "number", "points before rounding, against everything else", required=True),
        Column("points", "integer", "whole points", required=True),
    ),
    key=("column", "group"),
)
CALIBRATION = Table(
    "calibration",
    "band of points, of later hand-offs",
    (
        Column("low", "integer", "fewest points in it", required=True),
        Column("high", "integer", "most points in it", required=True),
        Column("n", "integer", "later hand-offs of a known outcome", required=True),
        Column("expected", "number", "hits that the points, learned from earlier ones, lead to expect", required=True),
        Column("hits", "integer", "hits that came", required=True),
    ),
    key=("low",),
)


@dataclass(frozen=True)
class Fit:
    """How well points tell hits from misses: separation is 0.5 for a coin, surprise is the smaller the better."""

    n: int
    hits: int
    separation: float
    surprise: float


@dataclass(frozen=True)
class Suggestion:
    """Whole points for fit that history suggests. `early` was learned from, `late` came after `split_at`."""

    target: Target
    doubling: int
    points: pd.DataFrame
    calibration: pd.DataFrame
    split_at: int
    exact_early: Fit
    exact_late: Fit
    early: Fit
    late: Fit
    drift: Drift
    left_out: tuple[str, ...]
    """Columns that tell nothing, by themselves or beside the others."""
    rules: tuple[FitRule, ...]

    def taken_up(self, definition: Definition) -> Definition:
        """The definition with these rules in place of its own for fit; nothing else of it changes."""
        others = tuple(rule for rule in definition.rules if not isinstance(rule, FitRule))
        return Definition.model_validate({**definition.model_dump(), "rules": (*self.rules, *others)})


def suggest_points(
    engine: Engine,
    facts: Facts,
    rows: Lazy,
    columns: Sequence[str],
    target: Target,
    *,
    doubling: int,
    mature_days: int,
    titles: dict[str, str],
) -> Suggestion:
    """Weight of evidence → logistic regression → whole points (Siddiqi 2006), from `rows` (`clocks.TIMED`).

    Learned from the oldest 70 % of the hand-offs of a known outcome. Each value is held against everything else and
    what is not stated, which has no points. Left out is a column that tells hits from misses no better than chance
    (its information value against the limit of `stats.scorecard.drift`), and one whose weight turns against its own
    evidence beside the others. `NotYet` where there are too few outcomes of either kind, or nothing tells.
    """
    cases = known_outcomes(facts, rows, target, mature_days=mature_days)
    counted = engine.collect(
        cases.select(n=nw.len(), hits=nw.col("hit").sum(), at=nw.col("handed_at").quantile(EARLY, "linear"))
    )
    n, hits = int(counted["n"].iloc[0]), int(counted["hits"].fillna(0).iloc[0])
    if min(hits, n - hits) < FEWEST:
        raise NotYet(
            f"Points cannot be learned from {hits:,} hits and {n - hits:,} misses.",
            f"At least {FEWEST} of each are needed: import more of the past, or choose another outcome.",
        )
    split = int(counted["at"].iloc[0])
    units = facts.units(engine).select("unit", *columns)
    cases = cases.join(units, on="unit", how="inner").with_columns(late=nw.col("handed_at") > split)
    early = cases.filter(~nw.col("late"))
    found = [one for one in (grouped(engine, early, name) for name in columns[:MOST_COLUMNS]) if one.groups]
    if not found:
        raise NotYet("No column has values that enough leads share.", "Choose columns such as source or industry.")
    patterns = _patterns(engine, cases, found)
    return _suggested(patterns, found, target, doubling, split, titles)


def _patterns(engine: Engine, cases: Lazy, columns: Sequence[Grouped]) -> pd.DataFrame:
    """Equal cases together: `late`, `c0`, `c1`, … , `n` and `hits`."""
    for place, column in enumerate(columns):
        cases = column.coded(engine, cases, f"c{place}")
    keys = ["late", *(f"c{place}" for place in range(len(columns)))]
    found = engine.collect(cases.group_by(*keys).agg(n=nw.len(), hits=nw.col("hit").sum()))
    numbers = found[[*keys[1:], "n", "hits"]].astype("int64")
    return numbers.assign(late=found["late"].astype(bool)).sort_values(keys, ignore_index=True)


@dataclass(frozen=True)
class _Scale:
    """What each code of a column is worth: `evidence` by itself, `exact` and `points` beside the other columns."""

    column: Grouped
    place: int
    n: Ints
    hits: Ints
    evidence: Floats
    exact: Floats
    points: Ints


def _suggested(
    patterns: pd.DataFrame,
    columns: Sequence[Grouped],
    target: Target,
    doubling: int,
    split: int,
    titles: dict[str, str],
) -> Suggestion:
    early = patterns[~patterns["late"]]
    scales, base, left_out = _scales(early, columns, doubling)
    exact = sum((scale.exact[patterns[f"c{scale.place}"]] for scale in scales), np.zeros(len(patterns)))
    points = sum((scale.points[patterns[f"c{scale.place}"]] for scale in scales), np.zeros(len(patterns), np.int64))
    scored = Fitted(base, np.array([np.log(2) / doubling]))
    rows = patterns.assign(
        exact=exact,
        points=points,
        expected_exact=scored.chance(exact[:, None]),
        expected_points=scored.chance(points[:, None].astype(float)),
    )
    bands = _bands(rows[~rows["late"]])
    sizes = [_by_band(rows[rows["late"] == late], bands)["n"].to_numpy(dtype=np.int64) for late in (False, True)]
    return Suggestion(
        target,
        doubling,
        _table(scales),
        CALIBRATION.conform(_by_band(rows[rows["late"]], bands)),
        split,
        _fit(rows[~rows["late"]], "exact"),
        _fit(rows[rows["late"]], "exact"),
        _fit(rows[~rows["late"]], "points"),
        _fit(rows[rows["late"]], "points"),
        drift(sizes[0], sizes[1]),
        left_out,
        _rules(scales, titles),
    )


def _scales(
    early: pd.DataFrame, columns: Sequence[Grouped], doubling: int
) -> tuple[list[_Scale], float, tuple[str, ...]]:
    n, hits = early["n"].to_numpy(dtype=np.int64), early["hits"].to_numpy(dtype=np.int64)
    counts: dict[int, tuple[Ints, Ints]] = {}
    evidence: dict[int, Floats] = {}
    for place, column in enumerate(columns):
        code, sides = early[f"c{place}"].to_numpy(dtype=np.int64), len(column.groups) + 1
        counts[place] = np.bincount(code, n, sides).astype(np.int64), np.bincount(code, hits, sides).astype(np.int64)
        evidence[place] = weight_of_evidence(counts[place][1], counts[place][0])
    telling = [place for place, (size, got) in counts.items() if drift(got, size - got).drifted]
    if not telling:
        raise NotYet(
            "None of these columns tells more than chance explains.", "Choose others, or another outcome to learn from."
        )
    while True:
        values = np.column_stack([evidence[place][early[f"c{place}"]] for place in telling])
        fitted = logistic(values, hits, n)
        if (fitted.weights > 0).all() or len(telling) == 1:
            break
        telling = [place for place, weight in zip(telling, fitted.weights, strict=True) if weight > 0] or telling[:1]
    scales, base = [], fitted.base
    for place, weight in zip(telling, np.maximum(fitted.weights, 0.0), strict=True):
        own, (cases, got) = evidence[place], counts[place]
        # Where nobody is in everything else, the least of the groups stands for it.
        ground = own[0] if cases[0] else own[1:].min()
        base += float(weight * ground)
        effects = weight * (own - ground)
        effects[0] = 0.0
        scales.append(
            _Scale(columns[place], place, cases, got, own, effects * doubling / np.log(2), whole(effects, doubling))
        )
    left_out = tuple(column.name for place, column in enumerate(columns) if place not in telling)
    return scales, base, left_out


def _table(scales: Sequence[_Scale]) -> pd.DataFrame:
    out = [
        (scale.column.name, group.said, scale.n[code], scale.hits[code], scale.evidence[code], scale.exact[code],
         scale.points[code])
        for scale in scales
        for code, group in enumerate(scale.column.groups, start=1)
    ]  # fmt: skip
    return POINTS.conform(pd.DataFrame(out, columns=list(POINTS.names)))


def _fit(rows: pd.DataFrame, name: str) -> Fit:
    n, hits = rows["n"].to_numpy(dtype=np.int64), rows["hits"].to_numpy(dtype=np.int64)
    scores, chance = rows[name].to_numpy(dtype=float), rows[f"expected_{name}"].to_numpy(dtype=float)
    return Fit(int(n.sum()), int(hits.sum()), separation(scores, hits, n), surprise(chance, hits, n))


def _bands(early: pd.DataFrame) -> Ints:
    """Lower bounds of bands of about equally many early cases; the first is open below."""
    counted = early.groupby("points")["n"].sum().sort_index()
    share = (counted.cumsum() - counted) / counted.sum()
    starts = [int(share.index[int(np.searchsorted(share.to_numpy(), cut))]) for cut in np.arange(1, BANDS) / BANDS
              if np.searchsorted(share.to_numpy(), cut) < len(share)]  # fmt: skip
    return np.unique(np.array([int(counted.index[0]), *starts], dtype=np.int64))


def _by_band(rows: pd.DataFrame, bands: Ints) -> pd.DataFrame:
    place = np.clip(np.searchsorted(bands, rows["points"].to_numpy(), side="right") - 1, 0, None)
    out = []
    for band in range(len(bands)):
        inside = rows[place == band]
        points = inside["points"] if len(inside) else pd.Series([bands[band]])
        expected = float((inside["expected_points"] * inside["n"]).sum())
        out.append((int(points.min()), int(points.max()), int(inside["n"].sum()), expected, int(inside["hits"].sum())))
    return pd.DataFrame(out, columns=list(CALIBRATION.names))


def _rules(scales: Sequence[_Scale], titles: dict[str, str]) -> tuple[FitRule, ...]:
    """One rule per column and number of points; none for no points."""
    out: list[FitRule] = []
    for scale in scales:
        worth = sorted(zip(scale.points[1:].tolist(), scale.column.groups, strict=True), key=lambda one: -one[0])
        for points, same in groupby(worth, key=lambda one: one[0]):
            groups = [group for _, group in same]
            if points:
                out.append(_rule(scale.column.name, groups, points, titles, len(out) + 1))
    return tuple(out)


def _rule(column: str, groups: Sequence[Group], points: int, titles: dict[str, str], number: int) -> FitRule:
    said = ", ".join(group.said for group in groups)
    name = f"{titles.get(column, column)}: {said}"
    if all(group.words for group in groups):
        when = Group(words=tuple(word for group in groups for word in group.words)).condition(column)
    else:
        parts = tuple(group.condition(column) for group in groups)
        when = parts[0] if len(parts) == 1 else AnyOf(of=parts)
    return FitRule(id=f"suggested_{number}", name=name[:200], points=float(points), when=when)
