"""Migrations: from nothing to the newest schema, said again without effect, and nobody gets more than he needs."""

import asyncio
from collections.abc import Iterator

import asyncpg
import psycopg
import pytest
from psycopg import sql

from deploy.local.trouble import from_error
from shared.migrations import UnreleasedVersion, ensure_roles, first_files, migrate_all
from shared.schema import newest_revision
from shared.settings import DATABASE_ROLES, SERVICES, STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.store_kit import settings_of


@pytest.fixture
def installation(platform: Platform) -> Iterator[Settings]:
    settings = settings_of(platform, servers.new_namespace())
    yield settings
    with psycopg.connect(settings.database_url, autocommit=True) as admin:
        for service in SERVICES:
            name = sql.Identifier(settings.database(service))
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


async def _value(settings: Settings, service: str, query: str, role: str = "dyad_owner") -> object:
    conn = await asyncpg.connect(settings.dsn(service, role))
    try:
        return await conn.fetchval(query)
    finally:
        await conn.close()


async def test_two_at_once_and_once_more_make_every_services_database(installation: Settings) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate_all, installation) for _ in range(2)))
    migrate_all(installation)
    for service in SERVICES:
        revision = await _value(installation, service, "SELECT version_num FROM alembic_version")
        assert revision == newest_revision(service)
        has_store = await _value(installation, service, "SELECT to_regclass('events') IS NOT NULL")
        assert has_store == (service in STORES)


async def test_a_database_of_an_unreleased_version_is_left_as_it_is_and_told_so(installation: Settings) -> None:
    migrate_all(installation)
    owner = await asyncpg.connect(installation.dsn("assessment", "dyad_owner"))
    await owner.execute("UPDATE alembic_version SET version_num = '0001'")
    await owner.close()
    with pytest.raises(UnreleasedVersion) as told:
        migrate_all(installation)
    trouble = from_error(told.value)
    assert trouble is not None
    assert "never released" in trouble.sentence
    assert "make clean" in trouble.way_out
    assert await _value(installation, "assessment", "SELECT version_num FROM alembic_version") == "0001"


async def test_a_database_that_was_only_just_made_is_healed(installation: Settings) -> None:
    ensure_roles(installation)  # as `migrate` does first
    with psycopg.connect(installation.database_url, autocommit=True) as admin:
        # As `migrate` makes it: a server's own encoding may be SQL_ASCII, in which psycopg answers bytes.
        made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        admin.execute(made.format(sql.Identifier(installation.database("referral"))))
        admin.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO dyad_owner").format(sql.Identifier(installation.database("referral")))
        )
    migrate_all(installation)
    assert not await _may_enter(installation, "referral", "public")


async def test_roles_are_no_superusers_and_strangers_stay_outside(installation: Settings) -> None:
    migrate_all(installation)
    for service in SERVICES:
        assert not await _may_enter(installation, service, "public")
        assert all([await _may_enter(installation, service, role) for role in DATABASE_ROLES])
    powers = await _value(
        installation,
        "referral",
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dyad\\_%' AND rolname = ANY"
        " (ARRAY['dyad_owner', 'dyad_writer', 'dyad_relay', 'dyad_consumer', 'dyad_reader'])"
        " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)",
    )
    assert powers == 0
    for role in set(DATABASE_ROLES) - {"dyad_owner"}:
        # A mark holds every reader of the store until its transaction ends.
        assert await _value(installation, "referral", "SELECT current_setting('transaction_timeout')", role) != "0"


async def test_every_role_waits_for_the_disk_whatever_the_servers_default_is(installation: Settings) -> None:
    migrate_all(installation)
    for role in DATABASE_ROLES:
        said = f"SELECT 'synchronous_commit=on' = ANY (rolconfig) FROM pg_roles WHERE rolname = '{role}'"
        assert await _value(installation, "referral", said) is True


async def _may_enter(settings: Settings, service: str, role: str) -> bool:
    query = f"SELECT has_database_privilege('{role}', current_database(), 'CONNECT')"
    return bool(await _value(settings, service, query))


def test_a_store_comes_before_what_stands_on_it() -> None:
    names = [path.parent.parent.name for path in first_files("referral")]
    assert list(dict.fromkeys(names))[:4] == ["eventstore", "bus", "relay", "process"]
    assert "eventstore" in [path.parent.parent.name for path in first_files("reporting")][:1]
    assert not any(path.name == "010_events.sql" for path in first_files("reporting"))
