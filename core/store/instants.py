"""Instants in the register: always UTC, never without a zone."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; `ValueError` for one that states no zone, since nobody can say when it was.

    >>> from datetime import timedelta, timezone
    >>> utc(datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=2)))).isoformat()
    '2026-03-01T07:00:00+00:00'
    >>> utc(datetime(2026, 3, 1, 9))
    Traceback (most recent call last):
    ...
    ValueError: an instant without a zone: 2026-03-01 09:00:00
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"an instant without a zone: {instant}")
    return instant.astimezone(UTC)


class Utc(TypeDecorator[datetime]):
    """A column of instants: naive ones are refused, SQLite's lost zone is put back (it stores 09:00+02:00 as 09:00)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: as UTC."""
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database: with the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
