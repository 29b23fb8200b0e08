"""Every part of a definition as sentences that a tired director understands; see `plain_conditions` for conditions.

Each function takes a part, and the definition where the part speaks of others by their id. Nothing here is markdown:
names and values come from people and data, and are escaped where they are shown.
"""

from core.definition.agreed import Attempts, Attention, Criterion
from core.definition.clocks import MILESTONES, Clock
from core.definition.model import Definition
from core.definition.plain_conditions import clause, days, field_words, happening, listed, number, times
from core.definition.scoring import BothThresholds, FitRule, Grid, Qualification, Rule, SumThreshold
from core.definition.stages import Exit, Reason, Stage

ROUTES = {"recycle": "goes back to nurture", "remove": "is taken out"}
EXIT_KINDS = {
    "rejected": "sales says no",
    "recycled": "it goes back to marketing",
    "disqualified": "it is taken out of the funnel",
    "lost": "the deal is lost",
}
_MINUTES_PER_DAY, _MINUTES_PER_HOUR = 24 * 60, 60


def criterion_names(definition: Definition) -> dict[str, str]:
    """Id of each criterion → its name."""
    return {criterion.id: criterion.name for criterion in definition.criteria}


def criterion_words(criterion: Criterion, definition: Definition) -> str:
    """What a criterion asks of a lead.

    >>> from core.definition.templates import THREE_STAGES
    >>> from core.definition import Compare
    >>> big = Criterion(id="big", name="Big enough", condition=Compare(field="employees", op=">=", value=50))
    >>> criterion_words(big, THREE_STAGES)
    'Number of employees is at least 50.'
    """
    said = _sentence(clause(criterion.condition, criterion_names(definition)))
    return f"{said} Sales fills this itself after the hand-off." if criterion.sales_own else said


def stage_words(stage: Stage, definition: Definition) -> str:
    """What a stage is, whose it is, what a lead in it meets, and how long it may stay."""
    said = [stage.meaning] if stage.meaning else []
    said.append(f"Belongs to {stage.side}.")
    names = criterion_names(definition)
    if stage.criteria:
        said.append(f"A lead here meets: {'; '.join(names[one] for one in stage.criteria)}.")
    if stage.hands_over:
        by = {"stage": "entering it hands the lead to sales", "assignment": "being given to a person hands it to sales"}
        said.append(_sentence(by[definition.hands_over_by]))
    if stage.won:
        said.append("It is won.")
    said += [f"{title}: {text.rstrip('.')}." for title, text in _told(stage) if text]
    if stage.clock_days is not None:
        said.append(f"After {days(stage.clock_days)} without a move it has stalled.")
    return " ".join(said)


def _told(stage: Stage) -> tuple[tuple[str, str], ...]:
    return ("What happens", stage.happens), ("Moves on", stage.forward), ("Moves back or out", stage.back)


def exit_words(way: Exit, definition: Definition) -> str:
    """What a way out means, and which stage it leaves."""
    names = {stage.id: stage.name for stage in definition.stages}
    leaves = "" if way.leaves is None else f", always from {names[way.leaves]}"
    return _sentence(f"{EXIT_KINDS[way.kind]}{leaves}")


def reason_words(reason: Reason, definition: Definition) -> str:
    """What becomes of a lead refused for this reason, and what should hold where it is given."""
    said = f"The lead {ROUTES[reason.route]}."
    if reason.facts is None:
        return said
    if isinstance(reason.facts, Attempts):
        tried, on = reason.facts.attempts, reason.facts.days
        more = f" on {on} different days" if on > 1 else ""
        return f"{said} It holds once the lead was tried at least {times(tried)}{more}."
    return f"{said} It holds where {clause(reason.facts.condition, criterion_names(definition))}."


def rule_words(rule: Rule) -> str:
    """How many points a rule gives, and for what.

    >>> from core.definition import BehaviourRule
    >>> rule_words(BehaviourRule(id="w", name="Webinars", points=5, names=("webinar",), cap=3, half_life_days=30))
    '5 points for each webinar, the newest 3 at most, losing half their worth every 30 days.'
    """
    off = "" if rule.on else "Switched off: "
    if isinstance(rule, FitRule):
        return _sentence(f"{off}{_points(rule.points)} where {clause(rule.when)}")
    said = f"{off}{_points(rule.points)} for each {happening(rule.what, rule.names)}"
    if rule.cap is not None:
        said += f", the newest {rule.cap:,} at most"
    if rule.within_days is not None:
        said += f", of the last {days(rule.within_days)}"
    if rule.half_life_days is not None:
        said += f", losing half their worth every {days(rule.half_life_days)}"
    return _sentence(said)


def qualification_words(qualification: Qualification | None) -> str:
    """With which points a lead is put before sales.

    >>> qualification_words(Qualification(policy=BothThresholds(fit=30, behaviour=20)))
    'A lead qualifies with at least 30 points for fit and at least 20 for behaviour.'
    >>> qualification_words(None)
    'Nothing is agreed on points.'
    """
    if qualification is None:
        return "Nothing is agreed on points."
    whose = ", counted by the points that the export brings" if qualification.points == "export" else ""
    policy = qualification.policy
    if isinstance(policy, BothThresholds):
        fit, behaviour = number(policy.fit), number(policy.behaviour)
        return f"A lead qualifies with at least {fit} points for fit and at least {behaviour} for behaviour{whose}."
    if isinstance(policy, SumThreshold):
        return f"A lead qualifies with at least {number(policy.at_least)} points in all{whose}."
    return f"A lead qualifies{whose} {'; '.join(_bands(policy))}; with less fit, never."


def _bands(grid: Grid) -> list[str]:
    return [
        f"with fit from {number(fit)}: {'never' if need is None else f'with at least {number(need)} for behaviour'}"
        for fit, need in zip(grid.fit_from, grid.behaviour_from, strict=True)
    ]


def clock_words(clock: Clock) -> str:
    """What must have happened how soon after the hand-off.

    >>> from core.definition.clocks import USUAL_CLOCKS
    >>> clock_words(USUAL_CLOCKS[2])
    'Within 40 working hours of the hand-off: sales said yes or no; 8 working hours of grace.'
    """
    grace = "" if not clock.grace_minutes else f"; {_span(clock.grace_minutes, clock.time)} of grace"
    return f"Within {_span(clock.limit_minutes, clock.time)} of the hand-off: {MILESTONES[clock.milestone]}{grace}."


def attention_words(attention: Attention, definition: Definition) -> str:
    """How often a lead in a stage is contacted in a week."""
    parts = [
        f"{how} {count:,} {one if count == 1 else many}"
        for how, count, one, many in (
            ("at least", attention.touches_least, "touch", "touches"),
            ("at most", attention.touches_most, "touch", "touches"),
            ("at most", attention.mails_most, "mail", "mails"),
        )
        if count is not None
    ]
    name = definition.stages[definition.place(attention.stage)].name
    return f"A lead in {name} gets {listed(parts, 'and')} a week." if parts else f"Nothing is agreed for {name}."


def validated_words(definition: Definition) -> str:
    """What sales says yes or no to: the Universal Lead Definition."""
    if not definition.validated:
        return "Nothing is agreed for sales to validate."
    names = criterion_names(definition)
    return f"Sales says yes where all of these are met: {'; '.join(names[one] for one in definition.validated)}."


def _points(points: float) -> str:
    return f"{number(points)} point{'' if points == 1 else 's'}"


def _span(minutes: int, time: str) -> str:
    """A limit in the largest unit that is whole; working time has no days of its own, since their length differs."""
    working = "working " if time == "working" else ""
    for size, unit in ((_MINUTES_PER_DAY, "day"), (_MINUTES_PER_HOUR, "hour"), (1, "minute")):
        if minutes % size == 0 and not (working and unit == "day"):
            return f"{minutes // size:,} {working}{unit}{'' if minutes == size else 's'}"
    raise ValueError(minutes)


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}."


__all__ = [
    "attention_words",
    "clause",
    "clock_words",
    "criterion_names",
    "criterion_words",
    "exit_words",
    "field_words",
    "qualification_words",
    "reason_words",
    "rule_words",
    "stage_words",
    "validated_words",
]
