"""The published waterfalls, ready-made.

Sources: SiriusDecisions Demand Waterfall (2006) and its rearchitected form (2012); Forrester B2B Revenue Waterfall
(2021). The stages are theirs; clocks are our starting offer.
"""

from core.definition.parts import MQL_STAGE, SAL_STAGE, WON_STAGE, made, stage
from core.definition.vocabulary import (
    CREATED_WORDS,
    INQUIRY_WORDS,
    MQL_WORDS,
    OPPORTUNITY_WORDS,
    SAL_WORDS,
    SQL_WORDS,
    VALIDATED_WORDS,
)

SIRIUS_2006 = made(
    "sirius_2006",
    "SiriusDecisions 2006: Inquiry, MQL, SAL, SQL, Won",
    "SiriusDecisions Demand Waterfall, 2006",
    (
        stage("inquiry", "Inquiry", "marketing", "Somebody answered.", (*INQUIRY_WORDS, "raw"), clock_days=30),
        MQL_STAGE,
        SAL_STAGE,
        stage(
            "sql",
            "SQL",
            "sales",
            "An opportunity is in the pipeline.",
            (*SQL_WORDS, *OPPORTUNITY_WORDS),
            clock_days=180,
        ),
        WON_STAGE,
    ),
    "sql",
)

SIRIUS_2012 = made(
    "sirius_2012",
    "SiriusDecisions 2012: Inquiry, AQL, TAL, TQL, SAL, SQL, Won",
    "SiriusDecisions Rearchitected Demand Waterfall, 2012",
    (
        stage(
            "inquiry",
            "Inquiry",
            "marketing",
            "Somebody answered, or was found.",
            (*INQUIRY_WORDS, "raw"),
            clock_days=30,
        ),
        stage(
            "aql",
            "Automation qualified",
            "marketing",
            "The scoring rules are met.",
            ("aql", "automation qualified lead", *MQL_WORDS),
            clock_days=14,
        ),
        stage(
            "tal",
            "Teleprospecting accepted",
            "marketing",
            "The calling team took it up.",
            ("tal", "teleprospecting accepted lead"),
            clock_days=14,
        ),
        stage(
            "tql",
            "Teleprospecting qualified",
            "marketing",
            "The calling team put it before sales.",
            ("tql", "teleprospecting qualified lead"),
            hands_over=True,
            clock_days=14,
        ),
        SAL_STAGE,
        stage(
            "sql",
            "SQL",
            "sales",
            "An opportunity is in the pipeline.",
            (*SQL_WORDS, *OPPORTUNITY_WORDS, "sgl", "sales generated lead"),
            clock_days=180,
        ),
        WON_STAGE,
    ),
    "sql",
)

REVENUE_WATERFALL = made(
    "revenue_waterfall",
    "B2B Revenue Waterfall: Targeted to Won",
    "Forrester B2B Revenue Waterfall, 2021",
    (
        stage(
            "targeted",
            "Targeted",
            "marketing",
            "An account that could buy.",
            ("target", "targeted", "target demand", *CREATED_WORDS, "raw"),
            clock_days=90,
        ),
        stage(
            "detected",
            "Detected",
            "marketing",
            "A sign that it is looking.",
            ("detected", "active demand", "intent", "inquiry"),
            clock_days=90,
        ),
        stage(
            "engaged",
            "Engaged",
            "marketing",
            "It answered us.",
            ("engaged", "engaged demand", "responded", "viable"),
            clock_days=60,
        ),
        stage(
            "prioritized",
            "Prioritized",
            "marketing",
            "Worth sales' time, and put before sales.",
            ("prioritized", "prioritised", "prioritized demand", *MQL_WORDS),
            hands_over=True,
            clock_days=14,
        ),
        stage(
            "qualified",
            "Qualified",
            "sales",
            "Sales confirms the need.",
            ("qualified demand", *SAL_WORDS, *VALIDATED_WORDS, *SQL_WORDS),
            clock_days=30,
        ),
        stage(
            "pipeline",
            "Pipeline",
            "sales",
            "An opportunity is open.",
            (*OPPORTUNITY_WORDS, "pipeline demand"),
            clock_days=180,
        ),
        WON_STAGE,
    ),
    "pipeline",
)
