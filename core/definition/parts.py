"""The stages that several templates share, and how a template is put together."""

from collections.abc import Iterable

from core.definition.clocks import USUAL_CLOCKS, USUAL_CONTACTS
from core.definition.model import Definition
from core.definition.offers import BEHIND, CRITERIA, HANDED_OVER, OF_STAGE, SAID, VALIDATED
from core.definition.stages import Stage
from core.definition.vocabulary import (
    CREATED_WORDS,
    EXITS,
    MQL_WORDS,
    OPPORTUNITY_WORDS,
    REASONS,
    SAL_WORDS,
    SQL_WORDS,
    VALIDATED_WORDS,
    WON_WORDS,
)


def stage(stage_id: str, name: str, side: str, meaning: str, words: tuple[str, ...] = (), **more: object) -> Stage:
    """A stage with its words."""
    return Stage.model_validate(
        {"id": stage_id, "name": name, "side": side, "meaning": meaning, "synonyms": words, **more}
    )


def made(template_id: str, name: str, source: str, stages: Iterable[Stage], pipeline: str | None) -> Definition:
    """A definition with the usual ways out, reasons, clocks and criteria; `lost` leaves the stage `pipeline`."""
    exits = tuple(way.model_copy(update={"leaves": pipeline}) if way.kind == "lost" else way for way in EXITS)
    return Definition(
        id=template_id,
        name=name,
        source=source,
        stages=tuple(map(_offered, stages)),
        exits=exits,
        reasons=tuple(reason.model_copy(update={"facts": BEHIND.get(reason.id)}) for reason in REASONS),
        criteria=CRITERIA,
        validated=VALIDATED,
        clocks=USUAL_CLOCKS,
        contact_words=USUAL_CONTACTS,
    )


def _offered(one: Stage) -> Stage:
    happens, forward, back = SAID.get(one.id, ("", "", ""))
    criteria = OF_STAGE.get(one.id, HANDED_OVER if one.hands_over else ())
    said = {"happens": one.happens or happens, "forward": one.forward or forward, "back": one.back or back}
    return one.model_copy(update={"criteria": one.criteria or criteria, **said})


RAW_STAGE = stage(
    "raw",
    "Raw",
    "marketing",
    "A name we have, nothing more.",
    (*CREATED_WORDS, "inquiry", "enquiry", "known"),
    clock_days=30,
)
MQL_STAGE = stage(
    "mql",
    "MQL",
    "marketing",
    "Meets what we agreed a lead is, and is put before sales.",
    MQL_WORDS,
    hands_over=True,
    clock_days=14,
)
SAL_STAGE = stage(
    "sal", "SAL", "sales", "Sales has taken it up and works it.", (*SAL_WORDS, *VALIDATED_WORDS), clock_days=30
)
SQL_STAGE = stage(
    "sql", "SQL", "sales", "Sales has spoken with it and finds a need worth pursuing.", SQL_WORDS, clock_days=30
)
OPPORTUNITY_STAGE = stage(
    "opportunity",
    "Opportunity",
    "sales",
    "A deal with an amount and a date is open.",
    OPPORTUNITY_WORDS,
    clock_days=180,
)
WON_STAGE = stage("won", "Won", "sales", "They bought.", WON_WORDS, won=True)
