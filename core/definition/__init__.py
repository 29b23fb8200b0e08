"""What marketing and sales agreed: stages, ways out, reasons, and ready-made templates."""

from core.definition.model import IGNORED, Definition, Exit, Reason, Stage, fold, parse
from core.definition.propose import named, propose
from core.definition.templates import TEMPLATES, with_post_sale

__all__ = [
    "IGNORED",
    "TEMPLATES",
    "Definition",
    "Exit",
    "Reason",
    "Stage",
    "fold",
    "named",
    "parse",
    "propose",
    "with_post_sale",
]
