"""Connections of a service to its own database, refused where the server would not keep what it acknowledges."""

import asyncpg

from shared.eventstore.store import Connection
from shared.settings import Settings

_NEEDED = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_prepared_transactions": "0"}
"""Settings without which an acknowledged event may be lost or the tail may wait for ever (design 3, 7)."""

_SESSION = {"timezone": "UTC", "synchronous_commit": "on", "jit": "off"}
"""The roles have the first two as well; a database or a connection string may say otherwise, and these win."""

_FOUND = "SELECT name, current_setting(name) FROM unnest($1::text[]) AS name"


class UnsafeServer(Exception):
    """The PostgreSQL server is set up so that acknowledged events could be lost; says which setting."""


async def open_pool(
    settings: Settings, service: str, role: str, *, min_size: int = 1, max_size: int = 8
) -> asyncpg.Pool:
    """A pool of connections to a service's database as one of the five roles, in UTC.

    Raises:
        UnsafeServer: a setting is not as it must be.
        OSError, asyncpg.PostgresError: the server cannot be reached or refuses the role.
    """
    pool = await asyncpg.create_pool(
        settings.dsn(service, role),
        min_size=min_size,
        max_size=max_size,
        server_settings=_SESSION,
        reset=_nothing_to_reset,
    )
    try:
        async with pool.acquire() as conn:
            await check_server(conn)
    except BaseException:
        pool.terminate()
        raise
    return pool


async def connect(
    settings: Settings, service: str, role: str, *, application_name: str = "dyad", timeout_s: float = 10
) -> asyncpg.Connection:
    """One connection to a service's database as one of the five roles, in UTC; errors as for `open_pool`."""
    conn: asyncpg.Connection = await asyncpg.connect(
        settings.dsn(service, role),
        server_settings=_SESSION | {"application_name": application_name},
        timeout=timeout_s,
    )
    try:
        await check_server(conn)
    except BaseException:
        conn.terminate()
        raise
    return conn


async def _nothing_to_reset(_conn: asyncpg.Connection) -> None:
    """Spares a round trip at each release: nobody changes a session's state beyond its transaction."""


async def check_server(conn: Connection) -> None:
    """Refuses a server, or a session, that would acknowledge what it may lose.

    Raises:
        UnsafeServer: a setting is not as it must be.
    """
    for name, found in await conn.fetch(_FOUND, list(_NEEDED)):
        if found != _NEEDED[name]:
            raise UnsafeServer(f"the server has {name} = {found}; {_NEEDED[name]} is needed")
