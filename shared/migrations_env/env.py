"""Alembic's entry: runs the migrations of one service on the connection that `shared.migrations` hands in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
