"""The tables of another version of the projection: made like those in `public`, filled, then given keys and indexes."""

from services.reporting.projections import TABLES
from shared.eventstore.store import Connection

ACTIVE = "public"
"""Schema of the version that is read and written."""
_COLUMNS = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION"
_OPTIONS = "SELECT unnest(reloptions) FROM pg_class WHERE oid = $1::regclass"
_KEYS = """
SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', $2::text, $3::text, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'x') ORDER BY conname
"""
_INDEXES = """
SELECT replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I ', $3::text),
               format(' ON %I.%I ', $2::text, $3::text))
FROM pg_index AS i WHERE i.indrelid = $1::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY i.indexrelid
"""
_POLICIES = """
SELECT format('CREATE POLICY %I ON %I.%I FOR %s TO %s', policyname, $2::text, $1::text, cmd,
              array_to_string(roles, ', '))
       || coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '')
FROM pg_policies WHERE schemaname = 'public' AND tablename = $1 ORDER BY policyname
"""
_GRANTS = """
SELECT format('GRANT %s ON %I.%I TO %I', privilege_type, $2::text, $1::text, grantee)
FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND table_name = $1 AND grantee <> grantor ORDER BY grantee, privilege_type
"""


async def make_tables(conn: Connection, schema: str) -> None:
    """Makes the schema with bare tables in it, to be filled.

    Args:
        conn: of the owner, in a transaction.
        schema: a plain name, not there yet.

    Raises:
        asyncpg.DuplicateSchemaError: it is there.
    """
    await conn.execute(f"CREATE SCHEMA {schema}")
    for table in TABLES:
        await conn.execute(f"CREATE TABLE {schema}.{table} (LIKE {ACTIVE}.{table} {_COLUMNS})")
        for [option] in await conn.fetch(_OPTIONS, f"{ACTIVE}.{table}"):
            await conn.execute(f"ALTER TABLE {schema}.{table} SET ({option})")


async def finish_tables(conn: Connection, schema: str) -> None:
    """Keys, indexes, row-level security, rights and statistics, after the rows are there; in no transaction."""
    await conn.execute("SET maintenance_work_mem = '256MB'")
    for table in TABLES:
        active = f"{ACTIVE}.{table}"
        for statements in (
            await conn.fetch(_KEYS, active, schema, table),
            await conn.fetch(_INDEXES, active, schema, table),
            await conn.fetch(_POLICIES, table, schema),
            await conn.fetch(_GRANTS, table, schema),
        ):
            for [statement] in statements:
                await conn.execute(statement)
        await conn.execute(f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY")
        await conn.execute(f"ANALYZE {schema}.{table}")
