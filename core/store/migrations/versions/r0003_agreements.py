"""The life of an agreement."""

import sqlalchemy as sa
from alembic import op

from core.store.instants import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SIDES = "side in ('marketing', 'sales')"


def upgrade() -> None:
    """Tables for drafts, proposals, signatures and voices; an agreement may choose what is measured by."""
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("discarded_at", Utc(), nullable=True),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_draft_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_definition_id"), "draft", ["definition_id"])
    op.create_table(
        "draft_revision",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_revision_draft")),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_draft_revision")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=True),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id", "version"],
            ["definition.definition_id", "definition.version"],
            name=op.f("fk_proposal_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_proposal_definition_id"), "proposal", ["definition_id"])
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.CheckConstraint(_SIDES, name=op.f("ck_signature_side")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_signature_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signature_proposal_id"), "signature", ["proposal_id"])
    op.create_table(
        "voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("lead_ids", sa.JSON(), nullable=False),
        sa.Column("left_at", Utc(), nullable=False),
        sa.CheckConstraint("kind in ('question', 'objection')", name=op.f("ck_voice_kind")),
        sa.CheckConstraint(_SIDES, name=op.f("ck_voice_side")),
        sa.ForeignKeyConstraint(
            ["definition_id", "version"],
            ["definition.definition_id", "definition.version"],
            name=op.f("fk_voice_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_voice_definition_id"), "voice", ["definition_id"])
    op.create_table(
        "voice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("answered_at", Utc(), nullable=False),
        sa.CheckConstraint("outcome in ('changed', 'kept', 'reopened')", name=op.f("ck_voice_answer_outcome")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_voice_answer_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_answer")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_voice_answer_voice_id"), "voice_answer", ["voice_id"])
    with op.batch_alter_table("definition_use", table_kwargs={"sqlite_autoincrement": True}) as use:
        use.drop_constraint(op.f("ck_definition_use_chosen_by"), type_="check")
        use.create_check_constraint(
            op.f("ck_definition_use_chosen_by"), "chosen_by in ('person', 'import', 'agreement')"
        )
