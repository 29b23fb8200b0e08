"""What marketing and sales agreed: stages, criteria, points, reasons, clocks; and ready-made templates.

stages.py       stages, ways out, reasons          conditions.py   what can be asked of a lead
agreed.py       criteria, facts behind reasons     scoring.py      rules and qualification
clocks.py       limits after the hand-off          model.py        one version of all of it
consistency.py  does it contradict itself?         parsing.py      from a file or form, and to one
plain.py        every part in plain words          comparing.py    what changed between two versions
merging.py      the changes of two people, put together
"""

from core.definition.agreed import Attempts, Attention, Criterion, Holds
from core.definition.clocks import MILESTONES, Clock, Milestone, Time, reached
from core.definition.conditions import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Flagged,
    Happened,
    Has,
    HasDeal,
    Meets,
    Not,
    OneOf,
    Says,
    Scored,
    Stated,
    Valid,
    fields_of,
    leaves,
)
from core.definition.frozen import fold
from core.definition.model import IGNORED, Definition
from core.definition.parsing import parse, written
from core.definition.propose import named, propose
from core.definition.scoring import BehaviourRule, BothThresholds, FitRule, Grid, Qualification, Rule, SumThreshold
from core.definition.stages import Exit, Reason, Stage
from core.definition.templates import TEMPLATES, with_post_sale

__all__ = [
    "IGNORED",
    "MILESTONES",
    "TEMPLATES",
    "All",
    "AnyOf",
    "AtLeast",
    "Attempts",
    "Attention",
    "BehaviourRule",
    "BothThresholds",
    "Clock",
    "Compare",
    "Condition",
    "Criterion",
    "Definition",
    "Exit",
    "FitRule",
    "Flagged",
    "Grid",
    "Happened",
    "Has",
    "HasDeal",
    "Holds",
    "Meets",
    "Milestone",
    "Not",
    "OneOf",
    "Qualification",
    "Reason",
    "Rule",
    "Says",
    "Scored",
    "Stage",
    "Stated",
    "SumThreshold",
    "Time",
    "Valid",
    "fields_of",
    "fold",
    "leaves",
    "named",
    "parse",
    "propose",
    "reached",
    "with_post_sale",
    "written",
]
