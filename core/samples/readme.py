"""Tells the made company's story on a page, with every true number in a table."""

from core.samples.odds import SEED
from core.samples.truths import story

_README = """# Sample company: Lindqvist Pumps

Lindqvist Pumps is invented, and so is everybody in these files. It makes industrial pumps and sells them to
plants in eight countries. These are its exports for one year, 1 July 2025 to 30 June 2026, the way a CRM
gives them. All times are UTC; people work Monday to Friday, 09 to 17.

A lead comes in as Raw, marketing makes it Viable and then an MQL, a rule hands it from the queue to a rep, and
the rep says Sales Accepted or Rejected by Sales. Accepted leads become Sales Qualified and are converted to an
opportunity, which is won or lost. Leads leave early as Rejected by Sales, Recycled or Disqualified, with a
reason. Three teams sell: Enterprise, Mid-Market and Emerging. What a lead is was agreed on the first day:
`handoff demo` opens the files with the common vocabulary, signed by Agnes Holm and Ingrid Vallon.

| file | what it holds |
|---|---|
| leads.csv | every lead as it stands at the end, with merged duplicates |
| lead_history.csv | every change of status and owner, and the reasons; when a lead came in is in leads.csv |
| tasks.csv | calls, mails and meetings, by people and by the marketing machine |
| opportunities.csv | a report of the deals, with its totals line at the end |
| users.csv | reps with their teams, the queue and the machines |

## What was put in on purpose

{stories}

## The true numbers

Counted from the year as it was made. Merged duplicates are left out. Shares are parts of one.
Write the files and this page again with `python -m core.samples`.

| plant | number | value |
|---|---|---|
{truths}
"""


def readme(*, seed: int = SEED) -> str:
    """The page that tells the sample company's story, with every true number in a table."""
    plants = story(seed=seed)
    stories = "\n".join(f"- **{plant.title}** (`{plant.key}`). Where to look: {plant.where}." for plant in plants)
    lines = [f"| {plant.key} | {name} | {value} |" for plant in plants for name, value in plant.truth.items()]
    return _README.format(stories=stories, truths="\n".join(lines))
