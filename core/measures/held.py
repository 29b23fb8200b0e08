"""How many of each thing do these data hold?"""

from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.labels import EXIT
from core.journeys.sources import Sources
from core.tables import DEAL_LEAD


@dataclass(frozen=True)
class Held:
    """How many of each thing the live data hold."""

    leads: int = 0
    leads_sourced: int = 0
    leads_described: int = 0
    """Leads with a title, company, industry, country or number of employees."""
    leads_scored: int = 0
    stages_dated: int = 0
    """Agreed stages that at least one lead entered on a known day."""
    entries_dated: int = 0
    entries_undated: int = 0
    """Stages known only as the current status."""
    handoffs: int = 0
    handoffs_timed: int = 0
    replies: int = 0
    """Dated moves after the hand-off and verdicts: sales said or did something."""
    verdicts: int = 0
    verdicts_signed: int = 0
    """Verdicts of which we know who gave them."""
    noes: int = 0
    noes_reasoned: int = 0
    returns: int = 0
    """Dated ways out other than lost."""
    returns_reasoned: int = 0
    touches: int = 0
    touches_timed: int = 0
    activities: int = 0
    deals: int = 0
    deals_won: int = 0
    deals_amounts: int = 0
    """Won deals with an amount."""
    deals_linked: int = 0
    """Deals of which we know the lead."""
    people: int = 0


def count(engine: Engine, sources: Sources, labels: pd.DataFrame, definition: Definition) -> Held:
    """Count the rows of the sources. `labels`: what each stage label means (`journeys.labels.LABELS`)."""
    return Held(
        **_of_events(_events(engine, sources), labels, definition),
        **_of_leads(engine, sources),
        **_of_deals(engine, sources),
        people=_length(engine, sources.people),
    )


def _events(engine: Engine, sources: Sources) -> pd.DataFrame:
    """Events counted by kind, stage label, shape, precision and whether the lead is known; `signed` and `reasoned`
    count those with an actor and with a reason."""
    label = nw.when(nw.col("kind") == "stage").then(nw.col("name")).otherwise(nw.lit(""))
    return engine.collect(
        sources.events.with_columns(
            label=label,
            of_deal=nw.col("lead_id").str.starts_with(DEAL_LEAD),
            is_signed=_given("actor").cast(nw.Int64),
            is_reasoned=_given("reason").cast(nw.Int64),
        )
        .group_by("kind", "label", "shape", "precision", "of_deal")
        .agg(n=nw.len(), signed=nw.col("is_signed").sum(), reasoned=nw.col("is_reasoned").sum())
    ).astype({"n": "int64", "signed": "int64", "reasoned": "int64"})


def _of_events(events: pd.DataFrame, labels: pd.DataFrame, definition: Definition) -> dict[str, int]:
    codes = labels.set_index("name")["code"].astype("Float64")
    code = events["label"].map(codes).astype("Float64").where(events["kind"] == "stage")
    dated = (events["shape"] != "status") & (events["precision"] != "unknown")
    stage, way_out = (code < EXIT).fillna(False), (code >= EXIT).fillna(False)
    kinds = code.map({EXIT + place: way.kind for place, way in enumerate(definition.exits)})
    after = (stage & (code > definition.hand_off)).fillna(False) & dated
    handed, stated = (code == definition.hand_off).fillna(False) & dated, events["kind"] == "verdict"
    # A deal of which nobody knows the lead moves on without anybody's verdict on a lead.
    first_yes = (code == definition.hand_off + 1).fillna(False) & dated & ~events["of_deal"].astype(bool)
    no = (kinds == "rejected").fillna(False) & dated
    back = way_out & (kinds != "lost").fillna(False) & dated
    timed = events["precision"] == "instant"
    touch = events["kind"] == "touch"
    verdict = stated | first_yes | no

    def total(which: pd.Series, column: str = "n") -> int:
        return int(events.loc[which.astype(bool), column].sum())

    return {
        "stages_dated": int(code[stage & dated].nunique()),
        "entries_dated": total(stage & dated),
        "entries_undated": total(stage & ~dated),
        "handoffs": total(handed),
        "handoffs_timed": total(handed & timed),
        "replies": total(after | (way_out & dated) | stated),
        "verdicts": total(verdict),
        "verdicts_signed": total(verdict, "signed"),
        "noes": total(no),
        "noes_reasoned": total(no | stated, "reasoned"),
        "returns": total(back),
        "returns_reasoned": total(back, "reasoned"),
        "touches": total(touch),
        "touches_timed": total(touch & timed),
        "activities": total(events["kind"] == "activity"),
    }


def _of_leads(engine: Engine, sources: Sources) -> dict[str, int]:
    known = nw.any_horizontal(*map(_given, ("title", "company", "industry", "country")), ignore_nulls=True)
    return _sums(
        engine,
        sources.leads,
        leads=nw.lit(True),
        leads_sourced=_given("source"),
        leads_described=known | ~nw.col("employees").is_null(),
        leads_scored=~nw.col("fit_score").is_null() | ~nw.col("behaviour_score").is_null(),
    )


def _of_deals(engine: Engine, sources: Sources) -> dict[str, int]:
    converted = sources.leads.filter(_given("deal_id")).select("deal_id").unique().with_columns(converted=nw.lit(True))
    won = nw.col("outcome") == "won"
    return _sums(
        engine,
        sources.deals.join(converted, on="deal_id", how="left"),
        deals=nw.lit(True),
        deals_won=won,
        deals_amounts=won & ~nw.col("amount_minor").is_null(),
        deals_linked=_given("lead_id") | ~nw.col("converted").is_null(),
    )


def _given(column: str) -> nw.Expr:
    return ~nw.col(column).is_null()


def _sums(engine: Engine, rows: Lazy, **flags: nw.Expr) -> dict[str, int]:
    sums = engine.collect(rows.select(**{n: flag.cast(nw.Int64) for n, flag in flags.items()}).select(nw.all().sum()))
    return {name: int(sums[name].fillna(0).iloc[0]) for name in flags}


def _length(engine: Engine, rows: Lazy) -> int:
    return int(engine.collect(rows.select(nw.len().alias("n")))["n"].iloc[0])
