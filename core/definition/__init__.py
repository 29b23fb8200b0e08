"""What marketing and sales agreed: stages, ways out, reasons, and ready-made templates."""

from core.definition.clocks import MILESTONES, Clock, Milestone, Time, reached
from core.definition.frozen import fold
from core.definition.model import IGNORED, Definition, Exit, Reason, Stage, parse
from core.definition.propose import named, propose
from core.definition.templates import TEMPLATES, with_post_sale

__all__ = [
    "IGNORED",
    "MILESTONES",
    "TEMPLATES",
    "Clock",
    "Definition",
    "Exit",
    "Milestone",
    "Reason",
    "Stage",
    "Time",
    "fold",
    "named",
    "parse",
    "propose",
    "reached",
    "with_post_sale",
]
