"""What is each leak worth? Won leads or money that better rates would have added, if nothing else changed."""

import math

import pandas as pd
import streamlit as st

from core.charts.gains import gains
from core.measures.change import change
from core.measures.findings import OWNED
from core.measures.worth import best_quartile, rates_of, worth
from core.report import TELLING, Report
from core.words import count, money, percent
from pages._funnel_controls import BOUND, Asked, columns, named
from pages._ui import funnel, look, plain


def worth_view(report: Report, asked: Asked) -> None:
    """The benchmark is chosen and named; without another choice it is the best quarter of the data's own sources."""
    found = funnel(report, asked.query)
    titles = columns(report)
    telling = [name for name in TELLING if name in titles]
    options = {f"best:{name}": f"The best quarter by {titles[name].lower()}" for name in telling}
    if asked.other is not None:
        options = {"period": "The other period", **options}
    if not options:
        st.info("These data have no column to take a benchmark from.", icon=":material/info:")
        return
    chosen = st.selectbox("Held against", list(options), 0, named(options), key="benchmark", **BOUND)
    if chosen == "period" and asked.other is not None:
        goal = rates_of(funnel(report, asked.other))
    else:
        goal = best_quartile(funnel(report, asked.query.model_copy(update={"by": chosen.removeprefix("best:")})))
        if chosen.removeprefix("best:") in OWNED:
            # Before the hand-off an owner only says how far a lead has come.
            early = found.definition.stage_ids[: found.definition.hand_off]
            goal = {stage: rate for stage, rate in goal.items() if stage not in early}
    unit, value = _value(report, asked)
    table = worth(found, goal, value)
    best = table.dropna(subset="gain_joint").sort_values("gain_joint", ascending=False)
    if not int(table["n"].sum()):
        st.header("No lead has matured yet: what a leak is worth cannot be said", anchor=False)
        return
    if best.empty or float(best["gain_joint"].iloc[0]) < 0.5:
        st.header("No stage is behind this benchmark by more than chance", anchor=False)
        return
    top = best.iloc[0]
    said = _said(float(top["gain_joint"]), unit)
    sure = f"; it is the largest leak with {percent(float(top['largest']))} probability"
    st.header(plain(f"{top['name']} at {percent(float(top['benchmark']))} would have added {said}{sure}"), anchor=False)
    labels = [_said(float(gain), unit) for gain in best["gain_joint"]]
    st.plotly_chart(
        gains(list(best["name"]), [float(gain) for gain in best["gain_joint"]], labels, look(present=asked.present)),
        key="gains",
        config={"displayModeBar": False},
        alt=f"Gain per stage; the largest is {top['name']} with {said}",
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Stage": table["name"],
                "Entered, matured": table["n"].astype(int),
                "Share that went on": [_percent(rate) for rate in table["rate"]],
                "Benchmark": [_percent(rate) for rate in table["benchmark"]],
                "Alone": [_said(gain, unit) for gain in table["gain_alone"]],
                "Share of the joint gain": [_said(gain, unit) for gain in table["gain_joint"]],
                "Largest leak": [_percent(share) for share in table["largest"]],
            }
        ),
        hide_index=True,
        alt="What each stage's leak is worth",
    )
    st.caption(
        f"Of leads that entered {asked.query.mature_days} days before or earlier: one that still waits is no leak. "
        "If nothing else changed; not a forecast. Stages multiply, so single gains do not add up: the joint gain is "
        "split fairly among them (Shapley). Small groups are pulled towards the rest before the best quarter is taken."
    )


def why_changed(report: Report, asked: Asked) -> None:
    """Why this period brought more or fewer won leads than the other: volume, mix, or a stage's rate."""
    if asked.other is None:
        return
    by = None if asked.split is None else asked.split.by
    now, then = (funnel(report, query.model_copy(update={"by": by})) for query in (asked.query, asked.other))
    if now.stages.empty or then.stages.empty:
        return
    causes = change(then, now)
    whole = float(causes["effect"].sum())
    shown = causes if by is not None else causes[causes["cause"] != "mix"]
    first = shown.iloc[int(shown["effect"].abs().to_numpy().argmax())]
    direction = "more" if whole > 0 else "fewer" if whole < 0 else "as many"
    st.header(
        plain(
            f"{abs(whole):.0f} {direction} won than in the other period, most of it by: {str(first['name']).lower()}"
        ),
        anchor=False,
    )
    st.dataframe(
        pd.DataFrame({"Cause": shown["name"], "Won leads": [f"{effect:+.1f}" for effect in shown["effect"]]}),
        hide_index=True,
        alt="Won leads more or fewer, by cause",
    )
    st.caption(
        "The causes add up to the change exactly (Shapley). Choose two periods that had the same time to mature."
    )


def _value(report: Report, asked: Asked) -> tuple[str | None, float]:
    """Currency and won amount where one currency alone states amounts, else the number of won leads."""
    won = report.won_value(asked.query).groupby("currency", dropna=False)["amount_minor"].sum()
    found = funnel(report, asked.query)
    if len(won) == 1 and int(won.iloc[0]) > 0:
        currency = won.index[0]
        return ("" if pd.isna(currency) else str(currency)), float(won.iloc[0])
    rows = found.total().set_index("stage")["entered"]
    return None, float(rows.get(found.definition.stages[found.definition.won].id, 0))


def _said(gain: float, unit: str | None) -> str:
    if math.isnan(gain):
        return "no figure"
    if unit is None:
        return f"{count(round(gain))} won"
    return money(round(gain), unit or None, short=True)


def _percent(rate: float) -> str:
    return "" if math.isnan(rate) else percent(rate)
