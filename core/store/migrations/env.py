"""How Alembic reaches the register: on the connection it is handed, inside that connection's transaction."""

from alembic import context

from core.store.rows import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
