"""Which fields of a lead can a definition ask for?"""

from core.tables import EXTRA, LEADS

OF_OWNER = ("owner_name", "owner_team", "owner_manager")
"""What is known of a lead by way of its owner."""
_OF_RECORD = ("lead_id", "merged_into", "deal_id", "batch", "line")
FIELDS: tuple[str, ...] = (*(name for name in LEADS.names if name not in _OF_RECORD), *OF_OWNER)
"""Our own; beside them any further column of an export, by its name behind `x:`."""


def is_field(name: str) -> bool:
    """Can it be asked for?

    >>> [is_field(name) for name in ("employees", "x:landing page", "emplyees")]
    [True, True, False]
    """
    return name in FIELDS or (name.startswith(EXTRA) and name != EXTRA)
