"""Ready-made definitions: the common vocabulary of CRM and marketing automation, and the published waterfalls."""

from core.definition.model import Definition
from core.definition.parts import MQL_STAGE, OPPORTUNITY_STAGE, RAW_STAGE, SAL_STAGE, SQL_STAGE, WON_STAGE, made, stage
from core.definition.vocabulary import OPPORTUNITY_WORDS, SAL_WORDS, SQL_WORDS, VALIDATED_WORDS, VIABLE_WORDS
from core.definition.waterfalls import REVENUE_WATERFALL, SIRIUS_2006, SIRIUS_2012

THREE_STAGES = made(
    "three_stages",
    "MQL, Opportunity, Won",
    "the least that can leak",
    (MQL_STAGE, OPPORTUNITY_STAGE, WON_STAGE),
    "opportunity",
)

PIPELINE = made(
    "pipeline",
    "Sales pipeline: Prospecting, Engaging, Won",
    "an export of opportunities alone",
    (
        stage(
            "prospecting",
            "Prospecting",
            "sales",
            "A deal is opened.",
            ("opportunity", "opportunity created", "deal", "opp"),
            hands_over=True,
            clock_days=30,
        ),
        stage(
            "engaging",
            "Engaging",
            "sales",
            "The buyer talks with us.",
            tuple(
                w
                for w in OPPORTUNITY_WORDS
                if w not in ("opportunity", "opportunity created", "deal", "opp", "prospecting", "engaging", "pipeline")
            ),
            clock_days=180,
        ),
        WON_STAGE,
    ),
    None,
)

VALIDATED = made(
    "validated",
    "MQL, sales-validated lead, Opportunity, Won",
    "validation in place of acceptance",
    (
        MQL_STAGE,
        stage(
            "validated",
            "Sales-validated lead",
            "sales",
            "Sales confirms: it meets what we agreed.",
            (*VALIDATED_WORDS, *SAL_WORDS, *SQL_WORDS),
            clock_days=30,
        ),
        OPPORTUNITY_STAGE,
        WON_STAGE,
    ),
    "opportunity",
)

CLASSIC = made(
    "classic",
    "Raw, Viable, MQL, SAL, SQL, Opportunity, Won",
    "the common vocabulary of CRM and marketing automation",
    (
        RAW_STAGE,
        stage(
            "viable", "Viable", "marketing", "A real person in a company that could buy.", VIABLE_WORDS, clock_days=90
        ),
        MQL_STAGE,
        SAL_STAGE,
        SQL_STAGE,
        OPPORTUNITY_STAGE,
        WON_STAGE,
    ),
    "opportunity",
)

TEMPLATES: tuple[Definition, ...] = (
    THREE_STAGES,
    PIPELINE,
    VALIDATED,
    SIRIUS_2006,
    CLASSIC,
    SIRIUS_2012,
    REVENUE_WATERFALL,
)
"""Smallest first, so that the first that fits is the smallest that fits."""

_POST_SALE = (
    stage(
        "onboarded",
        "Onboarded",
        "sales",
        "The customer uses what it bought.",
        ("onboarded", "onboarding", "activated", "live"),
        clock_days=90,
    ),
    stage("renewed", "Renewed", "sales", "The customer stayed.", ("renewed", "renewal", "retained"), clock_days=400),
    stage(
        "expanded", "Expanded", "sales", "The customer bought more.", ("expanded", "expansion", "upsell", "evangelist")
    ),
)


def with_post_sale(definition: Definition) -> Definition:
    """The definition with Onboarded, Renewed and Expanded after Won.

    >>> with_post_sale(THREE_STAGES).stage_ids
    ('mql', 'opportunity', 'won', 'onboarded', 'renewed', 'expanded')
    """
    return Definition.model_validate(
        {
            **definition.model_dump(),
            "id": f"{definition.id}_post_sale",
            "name": f"{definition.name}, then post-sale",
            "stages": (*definition.stages, *_POST_SALE),
        }
    )
