"""The five cards: the same, in the same order, on every page. Each says what its share is of."""

import pandas as pd
import streamlit as st

from core.measures.cohort import Query
from core.measures.funnel import Funnel
from core.report import Report
from core.stats.intervals import Rate
from core.words import count, counted, interval, money, share, things, unit
from pages._ui import funnel, kept, plain


def cards(report: Report, query: Query) -> None:
    """Entered, handed over, the stage after the hand-off, won, and what was won."""
    found = funnel(report, query)
    stages = found.definition.stages
    rows = found.total().set_index("stage")
    base = query.base or stages[0].id
    handed, won = stages[found.definition.hand_off], stages[found.definition.won]
    after = stages[min(found.definition.hand_off + 1, len(stages) - 1)]
    value = kept(report, "won value", query.model_dump_json(), lambda: report.won_value(query))
    with st.container(key="cards"):
        places = st.columns(5, gap="small")
    name = {stage.id: stage.name for stage in stages}
    stock = query.policy == "current"

    def number(stage: str) -> int:
        return int(rows["entered"].get(stage, 0))

    def card(
        place: int,
        label: str,
        stage: str,
        rate: Rate | None,
        of: str,
        short: str,
        more: str = "",
        *,
        matured: bool = False,
    ) -> None:
        said, words = (
            ("in it now" if stock else plain(name[stage]) if rate is None else None),
            f"{things(number(stage), *_noun(found))} {'are in' if stock else 'entered'} {name[stage]}.",
        )
        if rate is not None and not stock:
            said = f"{share(rate)} of {'matured' if matured else short}" if rate.n else "none matured yet"
            words += f" That is {counted(rate)} of {of}{_aged(query) if matured else ''}. {more}"
        places[place].metric(
            plain(name[stage] if stock else label),
            count(number(stage)),
            said,
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=plain(words),
        )

    card(0, "Entered", base, None, "", "")
    card(1, "Handed over", handed.id, found.reached(handed.id), name[base], "entered")
    matured = found.headline_matured(handed.id)
    step = found.rate(handed.id, matured=matured)
    card(2, after.name, after.id, step, name[handed.id], "those", _sure(step), matured=matured)
    final, aged = _won(report, found, base, won.id)
    card(3, won.name, won.id, final, name[base], "entered", _sure(final), matured=aged)
    _value(places[4], value)


def _noun(found: Funnel) -> tuple[str, str]:
    return unit(found, 1), unit(found, 2)


def _aged(query: Query) -> str:
    return f", counting only those that entered at least {query.mature_days} days before"


def _sure(rate: Rate) -> str:
    return f"95 % interval {interval(rate)} (Wilson)." if rate.n and not rate.few else ""


def _won(report: Report, found: Funnel, base: str, won: str) -> tuple[Rate, bool]:
    """Share of the cohort that won: of the leads old enough, where more than a tenth are not."""
    if not found.headline_matured(base):
        return found.reached(won), False
    aged = report.matured(found.query)
    return (Rate(0, 0) if aged is None else funnel(report, aged).reached(won)), True


def _value(place: "st.delta_generator.DeltaGenerator", value: pd.DataFrame) -> None:
    """Won amounts, each currency by itself."""
    summed = value.groupby("currency", dropna=False)[["deals", "amount_minor", "without_amount"]].sum().reset_index()
    summed = summed.sort_values(["deals"], ascending=False)
    deals, missing = int(summed["deals"].sum()), int(summed["without_amount"].sum())
    stated = [
        (int(row["amount_minor"]), None if pd.isna(row["currency"]) else str(row["currency"]))
        for _, row in summed.iterrows()
        if int(row["deals"]) > int(row["without_amount"])
    ]
    help_text = ". ".join(money(*amount) for amount in stated) or "No won deal states an amount"
    help_text += (
        f". {things(deals, 'won deal')}, {count(missing)} of them without an amount. Currencies are never added up."
    )
    if not stated:
        place.metric(
            "Won value",
            "not stated" if deals else "no deals",
            f"{things(deals, 'won deal')}",
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=plain(help_text),
        )
        return
    first = money(*stated[0], short=True)
    rest = " + ".join(money(*amount, short=True) for amount in stated[1:]) or things(deals, "won deal")
    if stated[0][1] is None:
        first, rest = first.removesuffix(", currency not stated"), "currency not stated"
    place.metric(
        "Won value",
        plain(first),
        plain(rest),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=plain(help_text),
    )
