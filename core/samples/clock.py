"""When the made company's year begins and ends, and which hours count as business hours."""

from datetime import UTC, datetime, timedelta

START, END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2026, 6, 30, 17, tzinfo=UTC)
OPENS, CLOSES = 9, 17


def add_hours(at: datetime, hours: float) -> datetime:
    """The moment so many business hours (Mon-Fri 09-17) after another one."""
    left = timedelta(seconds=int(hours * 3600))
    while True:
        opens, closes = at.replace(hour=OPENS, minute=0, second=0), at.replace(hour=CLOSES, minute=0, second=0)
        if at.weekday() < 5 and at < closes:
            at = max(at, opens)
            if at + left < closes:
                return at + left
            left -= closes - at
        at = opens + timedelta(days=1)


def business_hours(at: datetime) -> float:
    """Business hours from a fixed Monday to a moment, so that two of them can be subtracted."""
    weeks, day = divmod(at.toordinal() - START.toordinal() + START.weekday(), 7)
    today = min(max(at.hour + at.minute / 60 + at.second / 3600 - OPENS, 0), 8) if day < 5 else 0
    return (weeks * 5 + min(day, 5)) * 8 + today
