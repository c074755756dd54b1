"""What Alembic runs to bring the store that `migrating` gives it from one revision to another."""

from alembic import context

from camweave.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, too, since our transactions are begun by us
)
with context.begin_transaction():
    context.run_migrations()
