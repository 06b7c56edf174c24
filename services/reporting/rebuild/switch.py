"""From one version of the projection to another, in one transaction; the one of before is kept, and can come back."""

import asyncio

import asyncpg

from services.reporting.projections import TABLES
from services.reporting.rebuild.catching_up import Follower, follow
from services.reporting.rebuild.shape import ACTIVE
from shared.settings import Settings

TRIES = 60
"""Attempts to get all tables at one moment; a page that is being read holds one for milliseconds."""
AGAIN_S = 0.2
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('dyad projection'))"
_PATIENCE = "SET LOCAL lock_timeout = '200ms'"
_VIEWS = """
SELECT DISTINCT v.oid::regclass::text AS name, pg_get_viewdef(v.oid) AS definition
FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid JOIN pg_class AS v ON v.oid = r.ev_class
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1::regclass[]) AND v.relkind = 'v'
ORDER BY 1
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS definition,
       ARRAY(SELECT grantee::regrole::text FROM aclexplode(p.proacl)
             WHERE grantee <> 0 AND grantee <> p.proowner) AS roles
FROM pg_proc AS p
WHERE p.proargtypes::oid[] && ARRAY(SELECT unnest(ARRAY[t.oid, t.typarray]) FROM pg_type AS t
                                    WHERE t.typrelid = ANY ($1::regclass[]))
ORDER BY 1
"""
_NAMED = """
SELECT 'projection_' || (coalesce(max(substring(nspname FROM '^projection_([0-9]+)$')::integer), 0) + 1)
FROM pg_namespace
"""


class NotReached(Exception):
    """The tables were in use each time; nothing was changed."""


async def new_name(conn: asyncpg.Connection) -> str:
    """A schema's name that is free."""
    name: str = await conn.fetchval(_NAMED)
    return name


async def switch(settings: Settings, schema: str) -> str:
    """Makes `schema` the version that is read and written; gives the schema in which the one of before now is.

    It is caught up with while writers go on, then once more while they wait. Whoever reads waits for the renaming
    alone. Going back is the same the other way round, and loses nothing: what comes meanwhile is noted for the old one.

    Raises:
        NotReached: see there.
        OSError, asyncpg.PostgresError: the server; nothing was changed.
    """
    conn, follower = await follow(settings, schema)
    try:
        for _ in range(TRIES):
            await follower.catch_up()
            try:
                return await _switch(conn, follower, schema)
            except asyncpg.LockNotAvailableError:
                await asyncio.sleep(AGAIN_S)
    finally:
        await conn.close()
    raise NotReached(schema)


async def _switch(conn: asyncpg.Connection, follower: Follower, schema: str) -> str:
    async with conn.transaction():
        await conn.execute(_ALONE)
        await follower.catch_up_within()
        await conn.execute("SET LOCAL search_path = public")
        await conn.execute(_PATIENCE)
        before = await new_name(conn)
        await _rename(conn, schema, before)
        await conn.execute("DELETE FROM projection_versions WHERE schema = $1", schema)
        await conn.execute("INSERT INTO projection_versions (schema, ready) VALUES ($1, true)", before)
        await conn.execute(f"DROP SCHEMA {schema}")
    return before


async def _rename(conn: asyncpg.Connection, schema: str, before: str) -> None:
    """Moves the tables; what rests on them by more than a name is made anew: views, and functions of their rows."""
    tables = [f"{ACTIVE}.{table}" for table in TABLES]
    views = await conn.fetch(_VIEWS, tables)
    functions = await conn.fetch(_FUNCTIONS, tables)
    for name in (*(view["name"] for view in views), *tables, *(f"{schema}.{table}" for table in TABLES)):
        await conn.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
    await conn.execute(f"CREATE SCHEMA {before}")
    for function in functions:  # while its name still means the old row type
        await conn.execute(f"DROP FUNCTION {function['name']}")
    for table in TABLES:
        await conn.execute(f"ALTER TABLE {ACTIVE}.{table} SET SCHEMA {before}")
        await conn.execute(f"ALTER TABLE {schema}.{table} SET SCHEMA {ACTIVE}")
    for view in views:
        await conn.execute(f"CREATE OR REPLACE VIEW {view['name']} AS {view['definition']}")
    for function in functions:
        await conn.execute(function["definition"])
        await conn.execute(f"REVOKE ALL ON FUNCTION {function['name']} FROM PUBLIC")
        for role in function["roles"]:
            await conn.execute(f"GRANT EXECUTE ON FUNCTION {function['name']} TO {role}")
