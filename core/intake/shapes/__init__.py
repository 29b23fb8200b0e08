"""What rows become, per shape of file."""

from collections.abc import Callable

from core.intake.shapes import deals, history, leads, others, touches
from core.intake.shapes.rows import Rows
from core.intake.shapes.staging import Staging

CONVERTERS: dict[str, Callable[[Rows, Staging], None]] = {
    "leads": leads.convert,
    "history": history.convert,
    "touches": touches.convert,
    "deals": deals.convert,
    "people": others.convert_people,
    "campaigns": others.convert_campaigns,
    "lookup": others.convert_lookup,
}
