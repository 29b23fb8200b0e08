"""The first register."""

import sqlalchemy as sa
from alembic import op

from core.store.instants import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every table, and the single rows of `lease` and `state`."""
    op.create_table(
        "batch",
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("first_instant", sa.BigInteger(), nullable=True),
        sa.Column("last_instant", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("exported_at", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("committed_at", Utc(), nullable=True),
        sa.CheckConstraint("state in ('writing', 'live', 'undone', 'failed')", name=op.f("ck_batch_state")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_batch_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_batch_sha256"), "batch", ["sha256"])
    op.create_index(op.f("ix_batch_state"), "batch", ["state"])
    lease = op.create_table(
        "lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("started", sa.Float(), nullable=True),
        sa.Column("since", Utc(), nullable=True),
        sa.Column("beat_at", Utc(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_lease_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_table(
        "mapping",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("remembered_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_mapping")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "definition",
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_definition_version")),
        sa.PrimaryKeyConstraint("definition_id", "version", name=op.f("pk_definition")),
    )
    op.create_table(
        "definition_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chosen_at", Utc(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.CheckConstraint("chosen_by in ('person', 'import')", name=op.f("ck_definition_use_chosen_by")),
        sa.ForeignKeyConstraint(
            ["definition_id", "version"],
            ["definition.definition_id", "definition.version"],
            name=op.f("fk_definition_use_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_use")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "label_answer",
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("label", name=op.f("pk_label_answer")),
    )
    state = op.create_table(
        "state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_state_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state")),
    )
    op.bulk_insert(lease, [{"id": 1}])
    op.bulk_insert(state, [{"id": 1, "version": "new"}])
