"""Under which names do these data record that a lead went to another owner?"""

import narwhals as nw

from core.definition import fold
from core.engine import Engine, Lazy

_OWNER_FIELDS = frozenset(
    map(
        fold,
        (
            "owner", "owner id", "lead owner", "contact owner", "record owner", "owner assigned", "owner assignment",
            "assigned to", "assignee", "hubspot owner", "hubspot owner id", "hubspot_owner_id", "responsible",
        ),
    )
)  # fmt: skip
"""Fields of a history of changes that say to whom a lead belongs."""


def owner_fields(engine: Engine, events: Lazy) -> list[str]:
    """The names in these events under which changes of owner are recorded."""
    found = engine.collect(events.filter(nw.col("kind") == "change").select("name").unique("name"))["name"].dropna()
    return sorted(name for name in found if fold(name) in _OWNER_FIELDS)
