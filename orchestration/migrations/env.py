"""Alembic's entry: one transaction per migration, one migrating process at a time."""

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine("postgresql+psycopg://", poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.exec_driver_sql("select pg_advisory_lock(hashtext('family_context.migrate'))")
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
