"""People and calendars."""

import sqlalchemy as sa
from alembic import op

from core.store.instants import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables beside the others: hours, whose they are, and what is stated of people."""
    op.create_table(
        "calendar",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("calendar", sa.JSON(), nullable=False),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    op.create_table(
        "calendar_use",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("calendar_id", sa.String(), nullable=False),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_use_calendar")),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_calendar_use")),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("capacity", sa.Float(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.Column("calendar", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=True),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.CheckConstraint("kind in ('person', 'queue', 'machine')", name=op.f("ck_person_kind")),
        sa.CheckConstraint("side in ('marketing', 'sales')", name=op.f("ck_person_side")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_person_capacity")),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.id"], name=op.f("fk_person_calendar")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
