"""Ready-made definitions from the field, and which of them fits the stage words seen in an export.

Sources: SiriusDecisions Demand Waterfall (2006) and its rearchitected form (2012); Forrester B2B Revenue Waterfall
(2021); the MQL, SAL, SQL vocabulary of the common systems. The stages are theirs; clocks are our starting offer.
"""

from collections.abc import Iterable

from core.definition.model import Definition, Exit, Reason, Stage, fold

_CREATED = (
    "created",
    "lead created",
    "new",
    "open",
    "open - not contacted",
    "lead",
    "subscriber",
    "raw lead",
    "attempted to contact",
    "contact in future",
    "none",
)
_INQUIRY = (*_CREATED, "inquiry", "enquiry", "known", "response")
_VIABLE = (
    "viable",
    "engaged",
    "prospect",
    "viable lead",
    "warm",
    "nurturing",
    "nurture",
    "pre-qualified",
    "prequalified",
)
_MQL = (
    "mql",
    "marketing qualified",
    "marketing qualified lead",
    "qualified by marketing",
    "marketing ready",
    "assigned",
    "handed over",
    "sales ready",
)
_SAL = (
    "sal",
    "sales accepted",
    "sales accepted lead",
    "accepted",
    "working",
    "working - contacted",
    "contacted",
    "in progress",
    "connected",
    "attempting",
)
_VALIDATED = ("svl", "sales validated", "sales validated lead", "validated")
_SQL = (
    "sql",
    "sales qualified",
    "sales qualified lead",
    "qualified",
    "qualified lead",
    "closed - converted",
    "converted",
    "lead converted",
)
_OPPORTUNITY = (
    "opportunity",
    "opportunity created",
    "opp",
    "deal",
    "prospecting",
    "engaging",
    "qualification",
    "needs analysis",
    "value proposition",
    "id. decision makers",
    "perception analysis",
    "proposal",
    "proposal/price quote",
    "quote",
    "negotiation",
    "negotiation/review",
    "appointment scheduled",
    "qualified to buy",
    "presentation scheduled",
    "decision maker bought-in",
    "contract sent",
    "identify decision makers",
    "proposal or price quote",
    "pipeline",
)
_WON = ("won", "closed won", "customer", "closed/won", "closed - won", "closed")

_EXITS = (
    Exit(
        id="rejected",
        name="Rejected by sales",
        kind="rejected",
        synonyms=("rejected", "sales rejected", "rejected by sales", "not accepted"),
    ),
    Exit(
        id="recycled",
        name="Recycled",
        kind="recycled",
        synonyms=("recycled", "recycle", "back to nurture", "returned to marketing", "recycled to nurture"),
    ),
    Exit(
        id="disqualified",
        name="Disqualified",
        kind="disqualified",
        synonyms=(
            "disqualified",
            "unqualified",
            "not qualified",
            "junk",
            "junk lead",
            "lost lead",
            "bad data",
            "closed - not converted",
            "do not contact",
            "dead",
        ),
    ),
    Exit(
        id="lost",
        name="Lost",
        kind="lost",
        synonyms=(
            "lost",
            "closed lost",
            "closed/lost",
            "closed - lost",
            "closed lost to competition",
            "lost to competition",
        ),
    ),
)

REASONS = (
    Reason(id="no_budget", name="No budget", route="recycle", synonyms=("budget", "no money")),
    Reason(id="no_authority", name="No authority", route="recycle", synonyms=("not a decision maker",)),
    Reason(id="no_need", name="No need", route="remove", synonyms=("not interested", "no interest")),
    Reason(id="bad_timing", name="Bad timing", route="recycle", synonyms=("timing", "no timeline", "not now")),
    Reason(id="unable_to_reach", name="Unable to reach", route="recycle", synonyms=("no response", "unresponsive")),
    Reason(
        id="inaccurate_data",
        name="Inaccurate data",
        route="remove",
        synonyms=("bad data", "wrong number", "invalid contact"),
    ),
    Reason(id="no_fit", name="Not a fit", route="remove", synonyms=("no fit", "bad fit", "outside target market")),
)


def _stage(stage_id: str, name: str, side: str, meaning: str, words: tuple[str, ...] = (), **more: object) -> Stage:
    return Stage.model_validate(
        {"id": stage_id, "name": name, "side": side, "meaning": meaning, "synonyms": words, **more}
    )


def _made(template_id: str, name: str, source: str, stages: Iterable[Stage], pipeline: str | None) -> Definition:
    exits = tuple(way.model_copy(update={"leaves": pipeline}) if way.kind == "lost" else way for way in _EXITS)
    return Definition(id=template_id, name=name, source=source, stages=tuple(stages), exits=exits, reasons=REASONS)


_RAW = _stage(
    "raw",
    "Raw",
    "marketing",
    "A name we have, nothing more.",
    (*_CREATED, "inquiry", "enquiry", "known"),
    clock_days=30,
)
_MQL_STAGE = _stage(
    "mql",
    "MQL",
    "marketing",
    "Meets what we agreed a lead is, and is put before sales.",
    _MQL,
    hands_over=True,
    clock_days=14,
)
_SAL_STAGE = _stage("sal", "SAL", "sales", "Sales has taken it up and works it.", (*_SAL, *_VALIDATED), clock_days=30)
_SQL_STAGE = _stage(
    "sql", "SQL", "sales", "Sales has spoken with it and finds a need worth pursuing.", _SQL, clock_days=30
)
_OPP_STAGE = _stage(
    "opportunity", "Opportunity", "sales", "A deal with an amount and a date is open.", _OPPORTUNITY, clock_days=180
)
_WON_STAGE = _stage("won", "Won", "sales", "They bought.", _WON, won=True)

THREE_STAGES = _made(
    "three_stages",
    "MQL, Opportunity, Won",
    "the least that can leak",
    (_MQL_STAGE, _OPP_STAGE, _WON_STAGE),
    "opportunity",
)

PIPELINE = _made(
    "pipeline",
    "Sales pipeline: Prospecting, Engaging, Won",
    "an export of opportunities alone",
    (
        _stage(
            "prospecting",
            "Prospecting",
            "sales",
            "A deal is opened.",
            ("opportunity", "opportunity created", "deal", "opp"),
            hands_over=True,
            clock_days=30,
        ),
        _stage(
            "engaging",
            "Engaging",
            "sales",
            "The buyer talks with us.",
            tuple(
                w
                for w in _OPPORTUNITY
                if w not in ("opportunity", "opportunity created", "deal", "opp", "prospecting", "engaging", "pipeline")
            ),
            clock_days=180,
        ),
        _WON_STAGE,
    ),
    None,
)

VALIDATED = _made(
    "validated",
    "MQL, sales-validated lead, Opportunity, Won",
    "validation in place of acceptance",
    (
        _MQL_STAGE,
        _stage(
            "validated",
            "Sales-validated lead",
            "sales",
            "Sales confirms: it meets what we agreed.",
            (*_VALIDATED, *_SAL, *_SQL),
            clock_days=30,
        ),
        _OPP_STAGE,
        _WON_STAGE,
    ),
    "opportunity",
)

CLASSIC = _made(
    "classic",
    "Raw, Viable, MQL, SAL, SQL, Opportunity, Won",
    "the common vocabulary of CRM and marketing automation",
    (
        _RAW,
        _stage("viable", "Viable", "marketing", "A real person in a company that could buy.", _VIABLE, clock_days=90),
        _MQL_STAGE,
        _SAL_STAGE,
        _SQL_STAGE,
        _OPP_STAGE,
        _WON_STAGE,
    ),
    "opportunity",
)

SIRIUS_2006 = _made(
    "sirius_2006",
    "SiriusDecisions 2006: Inquiry, MQL, SAL, SQL, Won",
    "SiriusDecisions Demand Waterfall, 2006",
    (
        _stage("inquiry", "Inquiry", "marketing", "Somebody answered.", (*_INQUIRY, "raw"), clock_days=30),
        _MQL_STAGE,
        _SAL_STAGE,
        _stage("sql", "SQL", "sales", "An opportunity is in the pipeline.", (*_SQL, *_OPPORTUNITY), clock_days=180),
        _WON_STAGE,
    ),
    "sql",
)

SIRIUS_2012 = _made(
    "sirius_2012",
    "SiriusDecisions 2012: Inquiry, AQL, TAL, TQL, SAL, SQL, Won",
    "SiriusDecisions Rearchitected Demand Waterfall, 2012",
    (
        _stage(
            "inquiry", "Inquiry", "marketing", "Somebody answered, or was found.", (*_INQUIRY, "raw"), clock_days=30
        ),
        _stage(
            "aql",
            "Automation qualified",
            "marketing",
            "The scoring rules are met.",
            ("aql", "automation qualified lead", *_MQL),
            clock_days=14,
        ),
        _stage(
            "tal",
            "Teleprospecting accepted",
            "marketing",
            "The calling team took it up.",
            ("tal", "teleprospecting accepted lead"),
            clock_days=14,
        ),
        _stage(
            "tql",
            "Teleprospecting qualified",
            "marketing",
            "The calling team put it before sales.",
            ("tql", "teleprospecting qualified lead"),
            hands_over=True,
            clock_days=14,
        ),
        _SAL_STAGE,
        _stage(
            "sql",
            "SQL",
            "sales",
            "An opportunity is in the pipeline.",
            (*_SQL, *_OPPORTUNITY, "sgl", "sales generated lead"),
            clock_days=180,
        ),
        _WON_STAGE,
    ),
    "sql",
)

REVENUE_WATERFALL = _made(
    "revenue_waterfall",
    "B2B Revenue Waterfall: Targeted to Won",
    "Forrester B2B Revenue Waterfall, 2021",
    (
        _stage(
            "targeted",
            "Targeted",
            "marketing",
            "An account that could buy.",
            ("target", "targeted", "target demand", *_CREATED, "raw"),
            clock_days=90,
        ),
        _stage(
            "detected",
            "Detected",
            "marketing",
            "A sign that it is looking.",
            ("detected", "active demand", "intent", "inquiry"),
            clock_days=90,
        ),
        _stage(
            "engaged",
            "Engaged",
            "marketing",
            "It answered us.",
            ("engaged", "engaged demand", "responded", "viable"),
            clock_days=60,
        ),
        _stage(
            "prioritized",
            "Prioritized",
            "marketing",
            "Worth sales' time, and put before sales.",
            ("prioritized", "prioritised", "prioritized demand", *_MQL),
            hands_over=True,
            clock_days=14,
        ),
        _stage(
            "qualified",
            "Qualified",
            "sales",
            "Sales confirms the need.",
            ("qualified demand", *_SAL, *_VALIDATED, *_SQL),
            clock_days=30,
        ),
        _stage(
            "pipeline",
            "Pipeline",
            "sales",
            "An opportunity is open.",
            (*_OPPORTUNITY, "pipeline demand"),
            clock_days=180,
        ),
        _WON_STAGE,
    ),
    "pipeline",
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
    _stage(
        "onboarded",
        "Onboarded",
        "sales",
        "The customer uses what it bought.",
        ("onboarded", "onboarding", "activated", "live"),
        clock_days=90,
    ),
    _stage("renewed", "Renewed", "sales", "The customer stayed.", ("renewed", "renewal", "retained"), clock_days=400),
    _stage(
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


def named(template_id: str) -> Definition | None:
    """The template of that id, post-sale forms included, or None."""
    for template in TEMPLATES:
        for form in (template, with_post_sale(template)):
            if form.id == template_id:
                return form
    return None


def propose(labels: Iterable[str]) -> Definition:
    """The smallest template that names every stage label seen; the one that names most where none names all.

    `created` counts as a label only for choosing between equals: every system dates a record's creation, and that
    alone makes no stage. Nothing is signed by proposing.

    >>> propose(["MQL", "Won"]).id
    'three_stages'
    >>> propose(["MQL", "Sales Accepted", "Sales Qualified", "Opportunity", "Won", "Viable"]).id
    'classic'
    """
    seen = {fold(label) for label in labels}
    wanted = {word for word in seen if word not in (fold("created"), fold("lead created"))}
    forms = sorted([*TEMPLATES, *map(with_post_sale, TEMPLATES)], key=lambda form: len(form.stages))
    return max(forms, key=lambda form: _fit(form, wanted))


def _fit(form: Definition, wanted: set[str]) -> tuple[int, int, int]:
    known = form.labels()
    named_words = sum(word in known for word in wanted)
    # A word that is a stage's own name or short form tells more than one that is only a synonym of it; stages that
    # nothing in the data names are a cost.
    own = {fold(word) for stage in form.stages for word in (stage.id, stage.name, *stage.synonyms[:2])}
    return named_words, sum(word in own for word in wanted), -len(form.stages)
