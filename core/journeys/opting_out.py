"""Who asked not to be contacted any more, and when?"""

from collections.abc import Callable

import narwhals as nw

from core.definition import fold
from core.engine import Engine, Lazy

_FIELDS = frozenset(
    map(fold, ("HasOptedOutOfEmail", "Email Opt Out", "Opted Out", "Opt Out", "Unsubscribed", "Do Not Email",
               "DoNotCall", "Do Not Contact", "hs_email_optout"))
)  # fmt: skip
"""Fields of a history of changes that say that a lead is to be left alone."""
_YES = frozenset(("true", "yes", "1", "on", "ja", "sim", "oui"))
_SAID = ("unsubscribe", "optedout", "optout")


def optings_out(engine: Engine, events: Lazy, ids_of: Lazy, *, as_of: int) -> Lazy:
    """Every dated opting out: `unit`, `at`, `day`, `by_day`. The export's own flag is not dated and tells nothing."""
    changed = _names(engine, events, "change", lambda name: name in _FIELDS)
    meant = _names(engine, events.filter(nw.col("name").is_in(changed)), "change", lambda name: name in _YES, "detail")
    did = _names(engine, events, "activity", lambda name: any(word in name for word in _SAID))
    field = (nw.col("kind") == "change") & nw.col("name").is_in(changed) & nw.col("detail").is_in(meant)
    rows = events.filter(
        nw.coalesce(field | ((nw.col("kind") == "activity") & nw.col("name").is_in(did)), nw.lit(False)),
        nw.col("happened_at") <= as_of,
    ).select("lead_id", "day", at=nw.col("happened_at"), by_day=nw.col("precision") == "day")
    return rows.join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner").drop("lead_id")


def _names(engine: Engine, events: Lazy, kind: str, fits: Callable[[str], bool], field: str = "name") -> list[str]:
    """The spellings in these events whose folded form fits; one that none has, where none does."""
    found = engine.collect(events.filter(nw.col("kind") == kind).select(field).unique(field))[field].dropna()
    return sorted(text for text in found if fits(fold(text))) or [""]
