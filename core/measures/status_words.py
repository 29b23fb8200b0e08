"""With which words does this CRM's status say that sales took a lead, or turned it down?"""

import narwhals as nw

from core.definition import Definition, fold
from core.engine import Engine, Lazy


def status_words(engine: Engine, leads: Lazy, definition: Definition) -> dict[str, tuple[str, ...]]:
    """`yes` and `no` → the statuses of leads that mean it, the most frequent first.

    A yes is the stage after the hand-off, a no the way out by which sales rejects. `leads`: rows of the leads table.
    """
    counted = engine.collect(leads.filter(~nw.col("status").is_null()).group_by("status").agg(n=nw.len()))
    ordered = counted.sort_values(["n", "status"], ascending=[False, True])["status"].astype(str)
    after = definition.stage_ids[definition.hand_off + 1 : definition.hand_off + 2]
    means = {**dict.fromkeys(after, "yes"), **{way.id: "no" for way in definition.exits if way.kind == "rejected"}}
    known = definition.labels()
    said = [(means.get(known.get(fold(word), "")), word) for word in ordered]
    return {verdict: tuple(word for meaning, word in said if meaning == verdict) for verdict in ("yes", "no")}
