"""Tables → pictures. A picture states one thing, with its numbers as text and what a bar counts in `customdata`."""

from core.charts.flows import flows
from core.charts.look import DARK, LIGHT, Look
from core.charts.rates import rates
from core.charts.waterfall import waterfall

__all__ = ["DARK", "LIGHT", "Look", "flows", "rates", "waterfall"]
