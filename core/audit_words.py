"""The stage audit in words: the finding, what each verdict means, and what to doubt."""

from collections.abc import Mapping
from datetime import tzinfo

from core.definition import Definition
from core.definition.plain_conditions import field_words
from core.measures.audit import NOBODY, Audit, Finding
from core.stats.intervals import Rate
from core.words import count, counted, day, percent, share, things

NAMES: Mapping[str, str] = {
    "too_high": "Too high",
    "too_low": "Too low",
    "as_agreed": "As agreed",
    "cannot_tell": "Cannot tell",
    "unasked": "Nothing asked",
}
MEANINGS: Mapping[str, str] = {
    "too_high": "a criterion of the stage was not met on what was known when the lead was put there",
    "too_low": "still there, and by now it meets what a later stage asks",
    "as_agreed": "met all that the stage asks when it was put there",
    "cannot_tell": "nothing fails, but something that the stage asks is not known",
    "unasked": "the stage asks for nothing",
}
KINDS: Mapping[str, str] = {"machine": "automation", "person": "person", "queue": "queue"}


def unit(found: Audit, number: int = 2) -> str:
    """What is counted: a lead in each stage that it was put in, or each trip."""
    return "lead" if number == 1 else "leads" if found.query.counting == "leads" else "trips"


def headline(found: Audit, *, hide: bool = False) -> str:
    """The finding in one sentence; `hide`: without names of people."""
    whole, said = found.total(), found.findings()
    if not whole["n"]:
        return "No recorded stage fits this question"
    if not any(stage.criteria for stage in found.definition.stages) and found.definition.qualification is None:
        return "No stage asks for anything yet, so that none can be held against it"
    if said:
        return sentence(said[0], found, hide=hide)
    if whole["too_high"]:
        part = found.reasons().iloc[0]
        return (
            f"{count(whole['too_high'])} of {count(whole['judged'])} recorded stages are too high, "
            f'{count(int(part["fails"]))} of them for "{part["part_name"]}"'
        )
    if whole["too_low"]:
        return (
            f"No stage is recorded too high; {things(whole['too_low'], 'lead')} stand lower than the definition gives"
        )
    if not whole["judged"]:
        return f"Nobody can tell whether {things(whole['cannot_tell'], 'recorded stage')} met what was agreed"
    return f"All {count(whole['judged'])} recorded stages of which it can be told are as agreed"


def sentence(finding: Finding, found: Audit, *, hide: bool = False) -> str:
    """One setter who stands out, in one sentence."""
    stage = stage_names(found.definition).get(finding.stage, finding.stage)
    who = "A person" if hide and finding.kind != "machine" else finding.name
    put, of = count(finding.rate.hits), count(finding.rate.n)
    return f"{who} put {put} of {of} leads, {percent(finding.rate.value)}, into {stage} against the definition"


def why(finding: Finding, found: Audit, zone: tzinfo) -> str:
    """What fails most, since when, and how the others do."""
    failing = f'"{found.parts[finding.part]}" fails in {count(finding.failing)}'
    others = f"all others at this stage: {counted(finding.others)}" if finding.others.n else "nobody else put any there"
    begun = "the day is not known" if finding.first_at is None else f"since {day(finding.first_at, zone)}"
    return f"{failing}, {begun}; {others}"


def identity(found: Audit) -> str:
    """Is every recorded stage in exactly one place? In words."""
    whole = found.total()
    parts = [f"{count(whole[name])} {NAMES[name].lower()}" for name in NAMES]
    if whole["n"] != sum(whole[name] for name in NAMES):
        return f"not every recorded stage is accounted for: {count(whole['n'])} recorded"
    return f"{count(whole['n'])} recorded = {' + '.join(parts)}"


def doubts(found: Audit) -> list[str]:
    """What speaks against these numbers."""
    out, whole = [], found.total()
    if found.absent:
        names = ", ".join(field_words(name) for name in found.absent)
        out.append(f"These data have no {names}: what asks for it cannot be told of anybody.")
    if found.exported:
        names = ", ".join(field_words(name) for name in found.exported)
        out.append(
            f"No history is in the data of {names}: what the export says now stands for what was known then, and may "
            "have been filled or emptied since."
        )
    if whole["cannot_tell"]:
        low, high = found.bounds()
        out.append(
            f"Of all that was asked, the share too high lies between {percent(low)} and {percent(high)}, however the "
            f"{count(whole['cannot_tell'])} that cannot be told would turn out."
        )
    unnamed = found.total(setter=NOBODY)
    if nobody := unnamed["n"] - unnamed["unasked"]:
        out.append(f"Of {count(nobody)} it is not recorded who or what put them there.")
    return out


def share_of(rate: Rate) -> str:
    """A share and what it is a share of, as short as a card asks."""
    if not rate.n:
        return "of none"
    return share(rate) if rate.few else f"{percent(rate.value)} of {count(rate.n)}"


def stage_names(definition: Definition) -> dict[str, str]:
    """Id → name of each stage."""
    return {stage.id: stage.name for stage in definition.stages}
