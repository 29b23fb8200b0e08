"""Which stages were recorded against the definition, by whom, since when, and which criterion fails? (MEASURES 10)"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.audited import CANNOT_TELL, TOO_HIGH, VERDICTS, Audited
from core.journeys.in_force import MET, NOT_MET
from core.journeys.people import spellings
from core.journeys.reduce import Facts
from core.measures.cohort import Query, bounds, in_segment
from core.settings import Settings
from core.stats.intervals import FEW, Rate
from core.stats.outliers import excess, stands_out
from core.tables import Column, Table

NOBODY = "(not recorded)"
"""Who put a lead into a stage where nobody is recorded."""
PEOPLE = "(people)"
"""Every person together, in place of one setter."""

AUDIT = Table(
    "audit",
    "stage and whoever put leads into it",
    (
        Column("stage", "text", "stage id", required=True),
        Column("setter", "text", "person_id, or NOBODY where it is not recorded", required=True),
        Column("name", "text", "display name", required=True),
        Column("kind", "text", "person, queue or machine; missing where nobody is recorded"),
        Column("n", "integer", "leads put there (or trips): the sum of the next five", required=True),
        Column("too_high", "integer", "a criterion of the stage was not met then", required=True),
        Column("too_low", "integer", "still there, and meets by now what a later stage asks", required=True),
        Column("as_agreed", "integer", "met all that the stage asks", required=True),
        Column("cannot_tell", "integer", "nothing fails, and something cannot be told", required=True),
        Column("unasked", "integer", "the stage asks nothing", required=True),
        Column("judged", "integer", "of all, those of which it can be told whether they met it then", required=True),
        Column("still", "integer", "of all, those that are still there", required=True),
        Column("still_high", "integer", "of those too high, those that are still there", required=True),
        Column("first_at", "instant", "when the first of those too high was put there; missing without one"),
        Column("last_at", "instant", "when the last of them was"),
    ),
    key=("stage", "setter"),
)
FAILING = Table(
    "failing",
    "stage, setter and part of what the stage asks",
    (
        Column("stage", "text", "stage id", required=True),
        Column("setter", "text", "as in AUDIT", required=True),
        Column("part", "text", "criterion's id; empty: the points agreed for the hand-off", required=True),
        Column("part_name", "text", "its name", required=True),
        Column("fails", "integer", "leads too high that did not meet it; one lead may fail several", required=True),
        Column("untold", "integer", "leads of which nothing can be told that miss it", required=True),
    ),
    key=("stage", "setter", "part"),
)
BY_MONTH = Table(
    "audit_by_month",
    "stage, setter and month",
    (
        Column("stage", "text", "stage id", required=True),
        Column("setter", "text", "as in AUDIT", required=True),
        Column("month", "text", "month of the setting in the data's zone, as 2026-03", required=True),
        Column("judged", "integer", "leads put there of which it can be told", required=True),
        Column("too_high", "integer", "of them, too high", required=True),
    ),
    key=("stage", "setter", "month"),
)
_EPOCH = date(1970, 1, 1)
_COUNTS = tuple(column.name for column in AUDIT.columns if column.kind == "integer")


@dataclass(frozen=True)
class Finding:
    """Somebody, or a machine, who puts more leads into a stage against the definition than the others and chance
    explain; `part` fails most often, in `failing` of them."""

    stage: str
    setter: str
    name: str
    kind: str
    rate: Rate
    others: Rate
    part: str
    failing: int
    first_at: int | None
    beyond: float


@dataclass(frozen=True)
class Audit:
    """Recorded stages held against `definition`. `cells` (`AUDIT`) is the answer; the rest says why and when."""

    query: Query
    definition: Definition
    as_of: int
    cells: pd.DataFrame
    failing: pd.DataFrame
    months: pd.DataFrame
    parts: Mapping[str, str]
    exported: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def total(self, *, stage: str | None = None, setter: str | None = None) -> dict[str, int]:
        """The counts of one stage, one setter, both, or all together."""
        return {str(name): int(n) for name, n in self.only(self.cells, stage, setter)[list(_COUNTS)].sum().items()}

    def rate(self, *, stage: str | None = None, setter: str | None = None) -> Rate:
        """Share put too high among those of which it can be told."""
        counts = self.total(stage=stage, setter=setter)
        return Rate(counts["too_high"], counts["judged"])

    def bounds(self) -> tuple[float, float]:
        """The least and the most that this share can be of all that were asked, however those untold would turn out."""
        counts = self.total()
        asked = counts["judged"] + counts["cannot_tell"]
        high = counts["too_high"]
        return (high / asked, (high + counts["cannot_tell"]) / asked) if asked else (float("nan"), float("nan"))

    def findings(self) -> tuple[Finding, ...]:
        """Who stands out, the most leads beyond the others' rate first: each stage's setters against each other.

        Only of at least 20 (`stats.outliers.stands_out`), and never where nobody is recorded.
        """
        out = []
        for stage, cells in self.cells.groupby("stage"):
            hits, n = (cells[name].to_numpy(dtype=np.int64) for name in ("too_high", "judged"))
            if not hits.sum() or len(cells) < 2:
                continue
            named = stands_out(hits, n, few=FEW) & (cells["setter"] != NOBODY).to_numpy(dtype=np.bool_)
            beyond = excess(hits, n)
            for place in np.flatnonzero(named):
                row = cells.iloc[place]
                failing = self.reasons(str(stage), str(row["setter"])).iloc[0]
                out.append(
                    Finding(
                        str(stage), str(row["setter"]), str(row["name"]), str(row["kind"]),
                        Rate(int(hits[place]), int(n[place])),
                        Rate(int(hits.sum() - hits[place]), int(n.sum() - n[place])), str(failing["part"]),
                        int(failing["fails"]), None if pd.isna(row["first_at"]) else int(row["first_at"]),
                        float(beyond[place]),
                    )
                )  # fmt: skip
        return tuple(sorted(out, key=lambda one: -one.beyond))

    def reasons(self, stage: str | None = None, setter: str | None = None) -> pd.DataFrame:
        """`part`, `part_name`, `fails` and `untold`, what fails most first."""
        rows = self.only(self.failing, stage, setter)
        summed = rows.groupby(["part", "part_name"], as_index=False, sort=False)[["fails", "untold"]].sum()
        return summed.sort_values(["fails", "untold", "part"], ascending=[False, False, True], ignore_index=True)

    def only(self, rows: pd.DataFrame, stage: str | None, setter: str | None) -> pd.DataFrame:
        """The rows of one stage, one setter (`PEOPLE`: every person), or both."""
        if stage is not None:
            rows = rows[rows["stage"] == stage]
        if setter == PEOPLE:
            return rows[rows["setter"].isin(set(self.cells.loc[self.cells["kind"] == "person", "setter"]))]
        return rows if setter is None else rows[rows["setter"] == setter]

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Stage and setter of what is worth a line each: who stands out, automations, all people together; only where
        something is too high, most leads beyond what the others do first."""
        apart = dict.fromkeys((one.stage, one.setter) for one in self.findings())
        high = self.cells[self.cells["too_high"] > 0]
        person = high["kind"] == "person"
        rest = high.assign(setter=high["setter"].mask(person, PEOPLE)).groupby(["stage", "setter"])["too_high"].sum()
        ordered = rest.sort_values(ascending=False, kind="stable").index
        return tuple(dict.fromkeys([*apart, *((str(stage), str(setter)) for stage, setter in ordered)]))


def audit(
    engine: Engine, facts: Facts, found: Audited, definition: Definition, query: Query, settings: Settings,
    people: pd.DataFrame,
) -> Audit:  # fmt: skip
    """Who put how many leads into which stage, and how many of them against the definition.

    Unit: a lead and a stage, with its last trip that was put there; counting passes, each trip. The period is that of
    the setting; without one, stages known from a status alone count too. `people`: `journeys.people.EVERYBODY`.
    """
    rows = counted(engine, facts, found, query, settings)
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)

    def number(flag: nw.Expr) -> nw.Expr:
        return nw.when(flag).then(one).otherwise(none)

    verdict, answer = nw.col("verdict"), nw.col("answer")
    high = verdict == TOO_HIGH
    flags = {name: number(verdict == code) for code, name in enumerate(VERDICTS)}
    flags |= {"judged": number(answer.is_in([MET, NOT_MET])), "still": number(nw.col("still"))}
    flags |= {"still_high": number(high & nw.col("still"))}
    parts = list(found.parts)
    flags |= {f"f{k}": number(_bit("fails", k)) for k in range(len(parts))}
    flags |= {f"u{k}": number((verdict == CANNOT_TELL) & _bit("untold", k)) for k in range(len(parts))}
    grouped = (
        rows.with_columns(**{f"_{name}": flag for name, flag in flags.items()}, _high_at=nw.when(high).then("set_at"))
        .group_by("stage", "set_by")
        .agg(
            n=nw.len(),
            first_at=nw.col("_high_at").min(),
            last_at=nw.col("_high_at").max(),
            **{name: nw.col(f"_{name}").sum() for name in flags},
        )
    )
    counts = _named(engine.collect(grouped), facts, people)
    keys = ["stage", "setter", "name", "kind"]
    sums = {name: (name, "sum") for name in (*_COUNTS, *(f"{letter}{k}" for letter in "fu" for k in range(len(parts))))}
    ends = {"first_at": ("first_at", "min"), "last_at": ("last_at", "max")}
    cells = counts.groupby(keys, dropna=False, as_index=False).agg(**sums, **ends)
    cells = _ordered(cells, facts)
    return Audit(
        query,
        definition,
        facts.as_of,
        AUDIT.conform(cells[list(AUDIT.names)]),
        _failing(cells, found.parts),
        _by_month(engine, rows, facts, people),
        found.parts,
        found.exported,
        found.absent,
    )


def counted(engine: Engine, facts: Facts, found: Audited, query: Query, settings: Settings) -> Lazy:
    """The recorded stages that the question is about, with `segment`."""
    start, end = bounds(query, settings)
    rows = in_segment(engine, found.rows, facts, query)
    if start is not None:
        rows = rows.filter(nw.col("set_at") >= start)
    if end is not None:
        rows = rows.filter(nw.col("set_at") < end)
    if query.counting == "leads":
        rows = rows.filter(nw.col("pass") == nw.col("pass").max().over("unit", "stage"))
    return rows


def _bit(mask: str, place: int) -> nw.Expr:
    return nw.coalesce(nw.col(mask) // (1 << place) % 2 == 1, nw.lit(False))


def _named(rows: pd.DataFrame, facts: Facts, people: pd.DataFrame) -> pd.DataFrame:
    """With `setter`, `name` and `kind` of whoever is called `set_by`, and ids of stages for their places."""
    said = spellings(people)
    names = dict(zip(people["person_id"], people["name"], strict=True))
    kinds = dict(zip(people["person_id"], people["kind"], strict=True))
    stages = dict(enumerate(facts.definition.stage_ids))
    setter = [NOBODY if pd.isna(text) else said.get(text, text) for text in rows["set_by"]]
    return rows.assign(
        setter=pd.array(setter, dtype="str"),
        name=pd.array([names.get(one, one) for one in setter], dtype="str"),
        kind=pd.array([kinds.get(one) for one in setter], dtype="str"),
        stage=rows["stage"].astype("int64").map(stages),
    )


def _ordered(cells: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    places = {stage: place for place, stage in enumerate(facts.definition.stage_ids)}
    order = cells.assign(_place=cells["stage"].map(places))
    return order.sort_values(["_place", "n", "setter"], ascending=[True, False, True], ignore_index=True)


def _failing(cells: pd.DataFrame, parts: Mapping[str, str]) -> pd.DataFrame:
    out = [
        cells[["stage", "setter"]].assign(part=part, part_name=name, fails=cells[f"f{k}"], untold=cells[f"u{k}"])
        for k, (part, name) in enumerate(parts.items())
    ]
    if not out:
        return FAILING.empty()
    rows = pd.concat(out, ignore_index=True)
    return FAILING.conform(rows[(rows["fails"] > 0) | (rows["untold"] > 0)]).reset_index(drop=True)


def _by_month(engine: Engine, rows: Lazy, facts: Facts, people: pd.DataFrame) -> pd.DataFrame:
    told = rows.filter(nw.col("answer").is_in([MET, NOT_MET]), ~nw.col("day").is_null())
    days = engine.collect(told.select("day").unique("day"))["day"].astype("int64")
    if days.empty:
        return BY_MONTH.empty()
    months = pd.DataFrame({"day": days, "month": [f"{_EPOCH + timedelta(day):%Y-%m}" for day in days]})
    known = engine.frame(months.astype({"day": "int32", "month": "str"}))
    high = nw.when(nw.col("verdict") == TOO_HIGH).then(nw.lit(1).cast(nw.Int64)).otherwise(nw.lit(0).cast(nw.Int64))
    grouped = (
        told.with_columns(_high=high)
        .join(known, on="day", how="inner")
        .group_by("stage", "set_by", "month")
        .agg(judged=nw.len(), too_high=nw.col("_high").sum())
    )
    found = _named(engine.collect(grouped), facts, people)
    summed = found.groupby(["stage", "setter", "month"], as_index=False)[["judged", "too_high"]].sum()
    return BY_MONTH.conform(summed)
