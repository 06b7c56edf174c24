"""Which revision of its schema a service's code needs, and whether its database is there."""

from functools import cache
from importlib.resources import files

from shared.eventstore.store import Connection

_FOUND = "SELECT version_num FROM alembic_version"


@cache
def newest_revision(service: str) -> str:
    """The newest revision among the files `services/<service>/sql/versions/<revision>_<name>.py`."""
    folder = files("services").joinpath(service, "sql", "versions")
    return max(item.name.partition("_")[0] for item in folder.iterdir() if item.name[:1].isdigit())


async def schema_is_current(conn: Connection, service: str) -> bool:
    """Whether a database is at the revision that the code needs, or above (the next release migrates first)."""
    found = await conn.fetchval(_FOUND)
    return found is not None and str(found) >= newest_revision(service)
