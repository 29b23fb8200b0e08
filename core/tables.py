"""What the canonical tables hold: their columns, types and units.

A `Table` is a promise about a DataFrame: `check` says where the frame breaks it. Every other table is declared
beside the function that returns it.
"""

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "integer", "number", "flag", "instant", "day"]
"""text; integer (int64); number (float64); flag (true, false, unknown);
instant (int64 seconds since 1970-01-01 UTC); day (int32 days since 1970-01-01 in the data's zone)."""

_DTYPES: dict[str, Any] = {
    "text": "str",
    "integer": "Int64",
    "number": "Float64",
    "flag": "boolean",
    "instant": "Int64",
    "day": "Int32",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, kind and meaning; `required` columns are never missing."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False

    @property
    def dtype(self) -> Any:
        """The pandas type that holds this kind, with room for a missing value."""
        return _DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """A table's name, what one row is, and its columns; `key` names the columns that identify a row."""

    name: str
    one_row_per: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        """The column of that name.

        >>> LEADS["lead_id"].required
        True
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def empty(self) -> pd.DataFrame:
        """A frame of no rows with every column typed."""
        return pd.DataFrame({column.name: pd.Series([], dtype=column.dtype) for column in self.columns})

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with every declared column present, typed and first; columns beyond them keep their place as text.

        >>> PEOPLE.conform(pd.DataFrame({"person_id": ["p1"], "batch": [1], "line": [2]})).loc[0, "person_id"]
        'p1'
        """
        out = {
            column.name: (
                frame[column.name].astype(column.dtype)
                if column.name in frame.columns
                else pd.Series(pd.NA, index=frame.index, dtype=column.dtype)
            )
            for column in self.columns
        }
        extra = {name: frame[name].astype("str") for name in frame.columns if name not in out}
        return pd.DataFrame({**out, **extra}, index=frame.index)

    def check(self, frame: pd.DataFrame) -> list[str]:
        """What is wrong with the frame, as sentences; empty when nothing is."""
        wrong = [f"{self.name} has no column {name}" for name in self.names if name not in frame.columns]
        for column in self.columns:
            if column.required and column.name in frame.columns and bool(frame[column.name].isna().any()):
                wrong.append(f"{self.name}.{column.name} is missing in some rows")
        return wrong


EXTRA = "x:"
"""Before the name of a column that an export has beyond the canonical ones (`x:landing page`), kept as text."""

DEAL_LEAD = "deal:"
"""Before the id of a deal that stands for its own lead until a lead is found for it."""

_ORIGIN = (
    Column("batch", "integer", "the import that brought the row", required=True),
    Column("line", "integer", "physical line in the imported file, the header's line counted", required=True),
)

LEADS = Table(
    "leads",
    "lead_id and batch",
    (
        Column("lead_id", "text", "the lead's id in the system of origin, byte for byte", required=True),
        Column("created_at", "instant", "when the lead was created"),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("title", "text", "job title"),
        Column("company", "text", "company name"),
        Column("email", "text", "mail address as exported"),
        Column("phone", "text", "phone number as exported"),
        Column("country", "text", "country as exported"),
        Column("region", "text", "state, province or sales region"),
        Column("industry", "text", "industry as exported"),
        Column("employees", "number", "number of employees"),
        Column("source", "text", "where the lead came from"),
        Column("campaign_id", "text", "campaign that brought the lead"),
        Column("owner", "text", "who owns the lead at export (person id or name)"),
        Column("status", "text", "stage label at export"),
        Column("budget", "text", "budget as stated"),
        Column("authority", "text", "authority as stated"),
        Column("need", "text", "need as stated"),
        Column("timeline", "text", "timeline as stated"),
        Column("fit_score", "number", "fit score at export"),
        Column("behaviour_score", "number", "behaviour score at export"),
        Column("opted_out", "flag", "asked not to be contacted"),
        Column("merged_into", "text", "the lead that survives, where this one was merged away"),
        Column("deal_id", "text", "the deal this lead was converted to"),
        Column("email_ok", "flag", "the mail address can be real; missing where none is stated"),
        Column("email_free", "flag", "it is with a provider of free mail; missing where it cannot be real"),
        Column("email_disposable", "flag", "it is one to throw away; missing where it cannot be real"),
        Column("email_domain", "text", "what stands behind its @, in small letters; missing where it cannot be real"),
        Column("phone_ok", "flag", "the phone number can be real; missing where none is stated or no country known"),
        Column("country_code", "text", "the country, as ISO 3166-1 alpha-2; missing where it is none we know"),
        *_ORIGIN,
    ),
    key=("lead_id",),
)

EVENTS = Table(
    "events",
    "event_id and batch",
    (
        Column("event_id", "text", "hash of the event's content", required=True),
        Column("lead_id", "text", "the lead, or `deal:` and a deal's id", required=True),
        Column(
            "happened_at",
            "instant",
            "when; the first second of the day where only a date is known; missing when unknown",
        ),
        Column("day", "day", "the day of `happened_at` in the data's zone"),
        Column("precision", "text", "instant, day or unknown", required=True),
        Column("kind", "text", "stage, verdict, touch, activity or change", required=True),
        Column("name", "text", "stage label, touch or activity type, or field, as exported"),
        Column(
            "shape",
            "text",
            "log (one row of a history), date (one date column) or status (current value)",
            required=True,
        ),
        Column("side", "text", "marketing or sales, where known"),
        Column("actor", "text", "who did it (person id or name)"),
        Column("reason", "text", "reason given"),
        Column("campaign_id", "text", "campaign, where one stands behind it"),
        Column("detail", "text", "anything else that the row says; of a change the new value"),
        Column("before", "text", "the value before a change, where the history says it"),
        *_ORIGIN,
    ),
    key=("event_id",),
)

DEALS = Table(
    "deals",
    "deal_id and batch",
    (
        Column("deal_id", "text", "the deal's id in the system of origin", required=True),
        Column("lead_id", "text", "the lead it belongs to, where the row says so"),
        Column("company", "text", "company or account name"),
        Column("owner", "text", "who owns the deal"),
        Column("opened_at", "instant", "when the deal was created"),
        Column("closed_at", "instant", "when it was won, lost or ended; missing while open"),
        Column(
            "amount_minor", "integer", "amount in the currency's minor unit (hundredths where no currency is stated)"
        ),
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("stage", "text", "stage label at export"),
        Column("outcome", "text", "won, lost, other or open", required=True),
        Column("reason", "text", "why it was lost"),
        Column("source", "text", "where it came from"),
        Column("campaign_id", "text", "campaign, where one stands behind it"),
        *_ORIGIN,
    ),
    key=("deal_id",),
)

PEOPLE = Table(
    "people",
    "person_id and batch",
    (
        Column("person_id", "text", "id, or name where there is no id", required=True),
        Column("name", "text", "display name"),
        Column("side", "text", "marketing or sales, where stated"),
        Column("team", "text", "team, office or role"),
        Column("manager", "text", "manager's name"),
        Column("zone", "text", "time zone"),
        Column("active", "flag", "still active"),
        Column("capacity", "number", "leads that this person can work in a week"),
        Column("active_from", "day", "first day at work"),
        Column("active_to", "day", "last day at work"),
        *_ORIGIN,
    ),
    key=("person_id",),
)

CAMPAIGNS = Table(
    "campaigns",
    "campaign_id and batch",
    (
        Column("campaign_id", "text", "the campaign's id", required=True),
        Column("name", "text", "campaign name"),
        Column("channel", "text", "channel or type"),
        Column("cost_minor", "integer", "actual cost in minor units"),
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("started_at", "instant", "first day"),
        Column("ended_at", "instant", "last day"),
        *_ORIGIN,
    ),
    key=("campaign_id",),
)

LOOKUPS = Table(
    "lookups",
    "cell of a file that fits no canonical table, joined when its key is found",
    (
        Column("lookup", "text", "the lookup's name: its key column, folded", required=True),
        Column("key", "text", "value of the key column", required=True),
        Column("column", "text", "column name", required=True),
        Column("value", "text", "cell as exported"),
        *_ORIGIN,
    ),
    key=("lookup", "key", "column"),
)

PROBLEMS = Table(
    "problems",
    "row or cell that could not be taken as it stands",
    (
        Column("line", "integer", "physical line in the file", required=True),
        Column("column", "text", "column, where one cell is to blame"),
        Column("raw", "text", "the row or cell as it stood in the file"),
        Column("code", "text", "stable reason code", required=True),
        Column("sentence", "text", "what is wrong and what to do", required=True),
        Column(
            "quarantined", "flag", "true: the row was set aside; false: it was taken with this remark", required=True
        ),
        Column("batch", "integer", "the import it belongs to", required=True),
    ),
)

CANONICAL: tuple[Table, ...] = (LEADS, EVENTS, DEALS, PEOPLE, CAMPAIGNS, LOOKUPS)
LEDGER: tuple[Table, ...] = (*CANONICAL, PROBLEMS)
