"""How many leads there are, where they come from, and which misfortunes were put into the year."""

from datetime import UTC, datetime

SEED = 20260630
LEADS, JUNK_LEADS, DUPLICATES = 5560, 390, 56
# When the phones were slow.
SPRING = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
# Leads that come back need months to do so, so only early ones are picked.
RETURNERS_UNTIL = datetime(2025, 11, 1, tzinfo=UTC)
NEW_REP_WINDOW = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 17, tzinfo=UTC))
# What the new rep's first leads happen to get: a bad start by luck, with everybody's usual odds behind it.
NEW_REP_LUCK = (False, True, False, False, True, False, True, True)
JUNK = "Purchased List"
LIST_UPLOADS = (
    datetime(2025, 9, 9, 10, 5, tzinfo=UTC),
    datetime(2025, 11, 18, 14, 30, tzinfo=UTC),
    datetime(2026, 1, 20, 11, 15, tzinfo=UTC),
)
# Every source with its weight and the campaign it runs.
SOURCES = {
    "Website": (26, "FY26 Always-on Web"),
    "Content Download": (19, "Pump Sizing Guide"),
    "Webinar": (16, "Energy Savings Webinar"),
    "Paid Search": (15, "Search Brand+Generic"),
    "Trade Show": (12, "FlowTech Expo"),
    "Partner": (7, ""),
    "Referral": (5, ""),
}
NO_BUDGET, BAD_TIMING, BAD_DATA = "No budget", "Bad timing", "Inaccurate data"
REASONS = (NO_BUDGET, "No authority", "No need", BAD_TIMING, "Unable to reach", BAD_DATA, "Not a fit")
REASON_ODDS = (14, 12, 20, 22, 17, 4, 11)
