"""Connections of a service to its own database, refused where the server would not keep what it acknowledges."""

import asyncpg

from shared.settings import Settings

_NEEDED = {"fsync": "on", "full_page_writes": "on", "max_prepared_transactions": "0"}
"""Server settings without which an acknowledged event may be lost or the tail may wait for ever (design 3, 7)."""

_CONNECTION_SETTINGS = {"timezone": "UTC", "synchronous_commit": "on", "jit": "off"}


class UnsafeServer(Exception):
    """The PostgreSQL server is set up so that acknowledged events could be lost; says which setting."""


async def open_pool(
    settings: Settings, service: str, role: str, *, min_size: int = 1, max_size: int = 8
) -> asyncpg.Pool:
    """A pool of connections to a service's database as one of the five roles, in UTC.

    Raises:
        UnsafeServer: fsync, full_page_writes or max_prepared_transactions is not as it must be.
        OSError, asyncpg.PostgresError: the server cannot be reached or refuses the role.
    """
    pool = await asyncpg.create_pool(
        settings.dsn(service, role),
        min_size=min_size,
        max_size=max_size,
        server_settings=_CONNECTION_SETTINGS,
        reset=_nothing_to_reset,
    )
    try:
        async with pool.acquire() as conn:
            await _check_server(conn)
    except BaseException:
        pool.terminate()
        raise
    return pool


async def _nothing_to_reset(_conn: asyncpg.Connection) -> None:
    """Spares a round trip at each release: nobody changes a session's state beyond its transaction."""


async def _check_server(conn: asyncpg.pool.PoolConnectionProxy) -> None:
    for name, value in _NEEDED.items():
        found = await conn.fetchval("SELECT current_setting($1)", name)
        if found != value:
            raise UnsafeServer(f"the server has {name} = {found}; {value} is needed")
