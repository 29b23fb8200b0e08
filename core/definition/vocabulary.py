"""The words that CRMs and marketing automation use for stages, ways out and reasons."""

from core.definition.stages import Exit, Reason

# fmt: off
CREATED_WORDS = (
    "created", "lead created", "new", "open", "open - not contacted", "lead", "subscriber", "raw lead",
    "attempted to contact", "contact in future", "none",
)
INQUIRY_WORDS = (*CREATED_WORDS, "inquiry", "enquiry", "known", "response")
VIABLE_WORDS = (
    "viable", "engaged", "prospect", "viable lead", "warm", "nurturing", "nurture", "pre-qualified",
    "prequalified",
)
MQL_WORDS = (
    "mql", "marketing qualified", "marketing qualified lead", "qualified by marketing", "marketing ready",
    "assigned", "handed over", "sales ready",
)
SAL_WORDS = (
    "sal", "sales accepted", "sales accepted lead", "accepted", "working", "working - contacted", "contacted",
    "in progress", "connected", "attempting",
)
VALIDATED_WORDS = ("svl", "sales validated", "sales validated lead", "validated")
SQL_WORDS = (
    "sql", "sales qualified", "sales qualified lead", "qualified", "qualified lead", "closed - converted",
    "converted", "lead converted",
)
OPPORTUNITY_WORDS = (
    "opportunity", "opportunity created", "opp", "deal", "prospecting", "engaging", "qualification",
    "needs analysis", "value proposition", "id. decision makers", "perception analysis", "proposal",
    "proposal/price quote", "quote", "negotiation", "negotiation/review", "appointment scheduled",
    "qualified to buy", "presentation scheduled", "decision maker bought-in", "contract sent",
    "identify decision makers", "proposal or price quote", "pipeline",
)
WON_WORDS = ("won", "closed won", "customer", "closed/won", "closed - won", "closed")

EXITS = (
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
