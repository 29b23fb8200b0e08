"""What came back from sales: the verdict, anything it recorded, or a lead that left without it (MEASURES 4)."""

import narwhals as nw
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.actors import named
from core.journeys.labels import EXIT
from core.journeys.order import UNDATED
from core.journeys.passes import DISQUALIFIED, LOST, NOT_RECORDED, RECYCLED, REJECTED, agreed_reasons

_OVER = ("unit", "pass")


def replies(engine: Engine, rows: Lazy, spans: Lazy, known: pd.DataFrame, definition: Definition) -> Lazy:
    """The stage rows of each pass that follow its hand-off, with who made them and `agreed`, the reason.

    Where the hand-off itself is not dated, those of stages beyond it and of ways out.
    """
    joined = rows.join(spans.select(*_OVER, "entry_seq"), on=list(_OVER), how="inner")
    undated = nw.col("entry_seq").is_null() & (nw.col("code") > definition.hand_off)
    after = joined.filter(nw.coalesce(nw.col("seq") > nw.col("entry_seq"), nw.lit(False)) | undated)
    reasons = agreed_reasons(engine, rows, definition)[["said", "agreed"]].astype("str")
    worded = after.join(engine.frame(reasons), left_on="reason", right_on="said", how="left")
    return named(engine, worded, known, column="actor")


def recorded(
    engine: Engine, events: Lazy, ids_of: Lazy, known: pd.DataFrame, owner_fields: list[str], *, as_of: int
) -> Lazy:
    """What people of sales wrote into fields other than the owner: `unit`, `at`, `day`, `by_day`, `who`."""
    rows = events.filter(
        nw.col("kind") == "change",
        ~nw.coalesce(nw.col("name"), nw.lit("")).is_in(owner_fields or [""]),
        nw.col("happened_at") <= as_of,
        ~nw.col("actor").is_null(),
    ).select("lead_id", "day", "actor", at=nw.col("happened_at"), by_day=nw.col("precision") == "day")
    joined = rows.join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner").drop("lead_id")
    return (
        named(engine, joined, known, column="actor")
        .filter(nw.col("sells"))
        .select("unit", "at", "day", "by_day", "who")
    )


def answers(after: Lazy, entries: Lazy, optings: Lazy, passes: Lazy, definition: Definition) -> Lazy:
    """Everything that came back, per pass: verdict, first disposition, a way out without sales, and its end.

    `after`: `replies`; `entries`: changes of fields inside the window (`recorded`); `optings`: those of
    `opting_out.optings_out` inside it.
    """
    key = nw.col("at") * 2 + nw.when(nw.col("by_day")).then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64)
    opted = optings.group_by(*_OVER).agg(_key=key.min())
    opted = opted.select(*_OVER, _opted=nw.col("_key") // 2, _opted_by_day=nw.col("_key") % 2 == 0)
    out = passes.select(*_OVER)
    for part in (
        verdicts(after, definition),
        bypassings(after, definition),
        dispositions(after, entries, definition),
        left(after, passes, opted),
        over(after, passes, opted, definition),
    ):
        out = out.join(part, on=list(_OVER), how="left")
    return out


def verdicts(after: Lazy, definition: Definition) -> Lazy:
    """The first yes or no of each pass: `verdict`, `verdict_at`, `verdict_by_day`, `verdict_by`, `reason`.

    A yes is the entry to the stage after the hand-off, a no the way out by which sales rejects.
    """
    noes = [EXIT + place for place, way in enumerate(definition.exits) if way.kind == "rejected"]
    said = after.filter(nw.col("code").is_in([definition.hand_off + 1, *noes]))
    first = said.filter(nw.col("seq") == nw.col("seq").min().over(*_OVER))
    no = nw.col("code") >= EXIT
    return first.select(
        *_OVER,
        verdict=nw.when(no).then(nw.lit("no")).otherwise(nw.lit("yes")),
        verdict_at=nw.col("happened_at"),
        verdict_by_day=nw.col("precision") == "day",
        verdict_by=nw.col("who"),
        reason=nw.when(no).then(nw.col("agreed")),
    )


def dispositions(after: Lazy, entries: Lazy, definition: Definition) -> Lazy:
    """The first thing that sales recorded: `disposed_at`, `disposed_by_day`, `disposed_by`.

    `entries` are changes of fields inside the window (`recorded`). A machine or marketing moving the lead is none, and
    neither is a stage of marketing that nobody is named for: a second record of the lead may have come in there.
    """
    beyond = nw.col("code") > definition.hand_off
    by_sales = nw.col("works_leads") & (beyond | (~nw.col("who").is_null() & (nw.col("code") < definition.hand_off)))
    moved = after.filter(by_sales, nw.col("at") < UNDATED).select(
        *_OVER, "who", at=nw.col("happened_at"), by_day=nw.col("precision") == "day"
    )
    both = nw.concat([moved, entries.select(*_OVER, "who", "at", "by_day")], how="vertical")
    key = nw.col("at") * 2 + nw.when(nw.col("by_day")).then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64)
    ordered = both.with_columns(_key=key)
    first = ordered.filter(nw.col("_key") == nw.col("_key").min().over(*_OVER))
    # Several at one instant: any of them says that something was recorded; who did is the least name, for one answer.
    return first.group_by(*_OVER).agg(
        disposed_at=nw.col("at").min(), disposed_by_day=nw.col("by_day").any(), disposed_by=nw.col("who").min()
    )


def bypassings(after: Lazy, definition: Definition) -> Lazy:
    """The first dated stage beyond the verdict: `bypassed_at`, `bypassed_by_day`. Only where there is no verdict."""
    beyond = after.filter(nw.col("code") > definition.hand_off + 1, nw.col("code") < EXIT, nw.col("at") < UNDATED)
    first = beyond.filter(nw.col("seq") == nw.col("seq").min().over(*_OVER))
    spoken = verdicts(after, definition).select(*_OVER)
    return first.join(spoken, on=list(_OVER), how="anti").select(
        *_OVER, bypassed_at=nw.col("happened_at"), bypassed_by_day=nw.col("precision") == "day"
    )


def left(after: Lazy, passes: Lazy, opted: Lazy) -> Lazy:
    """Leads that left without sales: `left_at`, `left_how`.

    `exit`: marketing or a machine took them out. `opted_out`: they asked not to be contacted. `returned`: they began
    anew, and nobody recorded a way out.
    """
    taken = after.filter(nw.col("code") >= EXIT, ~nw.col("works_leads"), nw.col("at") < UNDATED)
    out = taken.group_by(*_OVER).agg(_out=nw.col("happened_at").min())
    again = passes.filter(nw.col("end") == RECYCLED, nw.col("reason") == NOT_RECORDED).select(
        *_OVER, _again=nw.col("ended_at")
    )
    every = passes.select(*_OVER)
    for part in (out, again, opted):
        every = every.join(part, on=list(_OVER), how="left")
    first = nw.coalesce(nw.min_horizontal("_out", "_opted"), nw.col("_again"))
    how = (
        nw.when(nw.coalesce(nw.col("_opted") <= nw.coalesce(nw.col("_out"), nw.col("_opted")), nw.lit(False)))
        .then(nw.lit("opted_out"))
        .when(~nw.col("_out").is_null())
        .then(nw.lit("exit"))
        .otherwise(nw.lit("returned"))
    )
    return every.filter(~first.is_null()).select(*_OVER, left_at=first, left_how=how)


def over(after: Lazy, passes: Lazy, opted: Lazy, definition: Definition) -> Lazy:
    """Passes of which nothing is waited for any more: `over`, `over_at` and `over_by_day`, missing where not dated.

    They have left by a way out, by whomever it was taken, began anew, opted out, or were won.
    """
    stage = nw.when((nw.col("code") < EXIT) & (nw.col("at") < UNDATED)).then(nw.col("seq"))
    beyond = after.with_columns(_last=nw.coalesce(stage.max().over(*_OVER), nw.lit(-1)))
    out = beyond.filter(nw.col("code") >= EXIT, nw.col("seq") > nw.col("_last"))
    won = after.filter(nw.col("code") == definition.won, nw.col("at") < UNDATED)
    every = passes.select(*_OVER, "furthest", "end", "ended_at")
    for name, rows in (("out", out), ("won", won)):
        first = rows.filter(nw.col("seq") == nw.col("seq").min().over(*_OVER))
        by_day = nw.col("precision") == "day"
        part = first.select(*_OVER, **{f"_{name}_at": nw.col("happened_at"), f"_{name}_by_day": by_day})
        every = every.join(part, on=list(_OVER), how="left")
    ended = nw.col("end").is_in([REJECTED, RECYCLED, DISQUALIFIED, LOST])
    at = nw.when(ended).then(nw.coalesce(nw.col("_out_at"), nw.col("ended_at"))).otherwise(nw.col("_won_at"))
    by_day = nw.when(ended).then(nw.col("_out_by_day")).otherwise(nw.col("_won_by_day"))
    every = every.join(opted, on=list(_OVER), how="left").with_columns(_at=at)
    first_opted = nw.coalesce(nw.col("_opted") <= nw.coalesce(nw.col("_at"), nw.col("_opted")), nw.lit(False))
    return every.select(
        *_OVER,
        over=ended | (nw.col("furthest") >= definition.won) | ~nw.col("_opted").is_null(),
        over_at=nw.min_horizontal("_at", "_opted"),
        over_by_day=nw.when(first_opted).then(nw.col("_opted_by_day")).otherwise(by_day),
    )
