"""Roles, databases and schema of the four services; run by `dyad migrate`, by tests, and by nothing else.

Everything here is idempotent. Migrations are forward only and plain SQL: each service's revisions stand in
`services/<service>/sql/versions` and execute files of SQL.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from shared.settings import DATABASE_ROLES, SERVICES, STORES, Settings

OWNER = "dyad_owner"
_ROLES_LOCK = 7411_0001
"""Roles belong to the whole server: installations that share one must not change them at the same time."""

_TIMEOUTS = {"dyad_writer": "10s", "dyad_relay": "10s", "dyad_consumer": "60s", "dyad_reader": "60s"}
"""Longest transaction of each role: a mark holds every reader of the store until its transaction ends (design 3)."""

_UNRELEASED = frozenset({"0001"})
"""Revisions of databases that versions under development made, and that no migration begins from."""

_ROLE_SETTINGS = {
    "timezone": "UTC",
    "default_transaction_isolation": "read committed",
    # Whoever appends waits for the disk, whatever the server's default is (promise 1).
    "synchronous_commit": "on",
}


class UnreleasedVersion(Exception):
    """A database was made by a version of Dyad that was never released: there is no way from there to this one."""


def migrate_all(settings: Settings) -> None:
    """Brings roles and the databases of all services to the newest schema; nothing happens where they are.

    Raises:
        psycopg.Error: the server cannot be reached, or the administrator may not make roles or databases.
        UnreleasedVersion: see there; nothing is changed in that database.
    """
    ensure_roles(settings)
    for service in SERVICES:
        migrate(settings, service)


def migrate(settings: Settings, service: str) -> None:
    """Brings one service's database to the newest schema, making it first if it is missing; needs the roles.

    Raises:
        psycopg.Error, UnreleasedVersion: as for `migrate_all`.
    """
    _ensure_database(settings, service)
    engine = create_engine(
        make_url(settings.dsn(service, OWNER)).set(drivername="postgresql+psycopg"), poolclass=NullPool
    )
    with engine.begin() as connection:
        # Two migrations of one database at once: the second waits, then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('dyad migrations'))")
        config = Config()
        config.set_main_option("script_location", str(files("shared").joinpath("migrations_env")))
        config.set_main_option("version_locations", str(files("services").joinpath(service, "sql", "versions")))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        found = MigrationContext.configure(connection).get_current_revision()
        if found in _UNRELEASED:
            raise UnreleasedVersion(settings.database(service))
        command.upgrade(config, "head")
        roles = ", ".join(role for role in DATABASE_ROLES if role != OWNER)
        connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {roles}")  # for /readyz


def ensure_roles(settings: Settings) -> None:
    """Makes the five roles of the services, without superuser, with the password and limits of these settings."""
    with psycopg.connect(settings.admin_dsn("postgres"), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [_ROLES_LOCK])
        for role in DATABASE_ROLES:
            _ensure_role(conn, role, settings.role_password)
        # An administrator who is not superuser may give a database only to a role that he could become.
        conn.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def _ensure_role(conn: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    if conn.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    # Hashed here, so that the password itself never stands in a statement that a server may log.
    hashed = conn.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    conn.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(hashed)))
    wanted = dict(_ROLE_SETTINGS)
    if role in _TIMEOUTS:
        wanted["transaction_timeout"] = _TIMEOUTS[role]
    for setting, value in wanted.items():
        conn.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))


def _ensure_database(settings: Settings, service: str) -> None:
    database = settings.database(service)
    name = sql.Identifier(database)
    with psycopg.connect(settings.admin_dsn("postgres"), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtext(%s))", [database])
        if conn.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            conn.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
                    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
                ).format(name, sql.Identifier(OWNER))
            )
        # Said every time: a first attempt may have ended right after the database was made.
        conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        others = sql.SQL(", ").join(sql.Identifier(role) for role in DATABASE_ROLES if role != OWNER)
        conn.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, others))


_EVERYWHERE = ("000_schema.sql", "001_my_teams.sql")
"""What every service's database begins with, also the one without a store."""


def first_files(service: str) -> Iterator[Path]:
    """The files of SQL that make a service's database from nothing, in the order in which they are executed."""
    shared = Path(str(files("shared")))
    yield from (shared / "eventstore" / "sql" / name for name in _EVERYWHERE)
    parts = ("eventstore", "bus", "relay", "process") if service in STORES else ("bus",)
    folders = [shared / part / "sql" for part in parts]
    for folder in [*folders, Path(str(files("services"))) / service / "sql"]:
        yield from (path for path in sorted(folder.glob("*.sql")) if path.name not in _EVERYWHERE)


def execute_files(paths: Iterable[Path]) -> None:
    """Inside a revision: executes files of SQL as they stand (no parameters, no percent signs to escape)."""
    for path in paths:
        op.get_bind().exec_driver_sql(path.read_text(), execution_options={"no_parameters": True})
