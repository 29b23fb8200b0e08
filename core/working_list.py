"""An owner's working list as a file that goes back into the CRM: its own names for what is to be filled."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from core.export import csv_bytes
from core.measures.silent_leads import id_heading
from core.measures.status_words import status_words
from core.report import Report
from core.silence import Silence
from core.words import amount

HEADINGS = {
    "owner": "Owner",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "phone": "Phone",
    "email": "Email",
    "source": "Source",
    "stage": "Last stage",
    "handed_at": "Handed over",
    "attempts": "Attempts",
    "last_touch_at": "Last touch",
}
"""What a list of leads shows."""

VERDICT, REASON, NEXT = "Verdict (yes/no)", "Reason", "Next step"
"""Headings of what the owner fills, where the CRM's own are not known."""

READ = "{} (to read)"
"""Heading of what is there to be read: no import may take it for a column of its own and write it back, escaped."""


@dataclass(frozen=True)
class Form:
    """What the CRM calls the lead's id and the columns to fill, and which words it takes for a yes and a no.

    The words are those of its status column, the most frequent first; none where no status says so: then the verdict
    has a column of its own.
    """

    lead: str
    verdict: str = VERDICT
    reason: str = REASON
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    @property
    def filled(self) -> tuple[str, ...]:
        """The columns to fill."""
        return (self.verdict, self.reason, NEXT)


def form(report: Report, ids: pd.Series) -> Form:
    """The names under which the newest export of leads has them, so that the CRM matches the columns by itself."""
    known = _imported_as(report)
    lead, reason = id_heading(ids, known.get("lead_id")), known.get("reason", REASON)
    said = status_words(report.engine, report.sources.leads, report.facts.definition)
    if "status" not in known or not (said["yes"] and said["no"]):
        return Form(lead, reason=reason)
    return Form(lead, known["status"], reason, said["yes"], said["no"])


def working_list(asked: Silence, listed: pd.DataFrame) -> bytes:
    """The list (`Silence.to_work`) as CSV: the id, the columns to fill, then what there is to read of each lead."""
    made = form(asked.report, listed["lead_id"])
    money = {}
    shown = listed.assign(_verdict="", _reason="", _next="")
    for place, code in enumerate(asked.currencies()):
        name = f"value_{place}"
        shown[name] = [None if pd.isna(value) else amount(float(value), code) for value in listed[name]]
        money[name] = f"Expected value {code or '(currency not stated)'}"
    fill = {"_verdict": made.verdict, "_reason": made.reason, "_next": NEXT}
    read = {name: READ.format(heading) for name, heading in {**HEADINGS, **money}.items()}
    return csv_bytes(
        shown,
        headings={"lead_id": made.lead, **fill, **read},
        instants=("handed_at", "last_touch_at"),
        zone=asked.report.settings.tz,
    )


def _imported_as(report: Report) -> Mapping[str, str]:
    """What a lead has → its heading in the newest export of leads."""
    for batch in reversed(report.workspace.live_batches()):
        if batch.shape == "leads" and batch.id in report.facts.live:
            return {str(target): str(heading) for heading, target in batch.mapping.get("columns", {}).items()}
    return {}
