"""Up: start whatever does not run. Every step may be cut off at any point; the next `up` heals it."""

import asyncio
from collections.abc import Sequence

import psycopg
from aiokafka.admin import AIOKafkaAdminClient
from psycopg import sql

from deploy.local import network, ports, processes, supervisor
from deploy.local.installation import Installation
from deploy.local.lifecycle import everything_runs, require_servers
from deploy.local.network.install import NotThisNetwork
from deploy.local.network.last_week import PostRefused
from deploy.local.note import FirstStart
from deploy.local.output import messages, step
from deploy.local.trouble import Trouble, require_free_space
from shared.migrations import migrate_all
from shared.settings import SERVICES, STORES, Settings

TOPICS = (*STORES, "watermarks", "alerts")
TOPICS_GONE_WITHIN_S = 60.0


def bring_up(installation: Installation) -> None:
    """Start whatever does not run; on the first start restore two years of history and post the last week.

    Raises:
        Trouble: with the way out; what runs by then keeps running.
    """
    with installation.locked():
        if everything_runs(installation):
            return
        first_start = installation.first_start()
        installation.require_servers_of_first_start()
        require_free_space(installation.folder)
        require_free_ports(installation)
        installation.make_secrets()
        start_servers(installation)
        settings = installation.settings
        if first_start is FirstStart.BEGUN:
            with step("Removing the half-finished first start"):
                supervisor.stop(installation)  # they would make topics and rows again
                _remove_stores(settings)
        elif first_start is FirstStart.NOT_YET and _stores_exist(settings):
            messages.print("These servers hold Dyad's databases already: they are used as they are.")
            first_start = FirstStart.DONE
        if first_start in (FirstStart.NOT_YET, FirstStart.BEGUN):
            installation.note_first_start(FirstStart.BEGUN)
            first_start = FirstStart.BEGUN
        _bring_up_services(installation, first_start)


def _bring_up_services(installation: Installation, first_start: FirstStart) -> None:
    settings = installation.settings
    with step("Roles, databases and schemas"):
        migrate_all(settings)
    if first_start is FirstStart.BEGUN:
        supervisor.stop(installation)
        with step("Restoring two years of history of a small synthetic network") as tell:
            network.restore_history(settings, progress=lambda store, events: tell(f"{store}, {events} events"))
        installation.note_first_start(FirstStart.RESTORED)
    with step("Starting the services"):
        supervisor.start(installation)
        supervisor.wait_until_healthy(installation)
    if first_start is not FirstStart.DONE:
        _post_last_week(settings)
    installation.note_first_start(FirstStart.DONE)


def _post_last_week(settings: Settings) -> None:
    try:
        with step("Posting the network's last week") as tell:
            network.post_last_week(settings, progress=lambda posted, of: tell(f"{posted} of {of}"))
    except (PostRefused, NotThisNetwork) as refusal:
        raise Trouble(
            f"The network's last week could not be posted: {refusal}.",
            "Say `make up` again; if that does not help, begin anew with `make clean` and `make up`.",
        ) from refusal


def migrate(installation: Installation) -> None:
    """Bring roles, databases and schemas to this version's state. Raises Trouble when a server does not answer."""
    require_servers(installation)
    installation.make_secrets()
    with step("Roles, databases and schemas"):
        migrate_all(installation.settings)


def start_servers(installation: Installation) -> None:
    """Start PostgreSQL and Kafka where they are this installation's own and do not run."""
    postgres, kafka = installation.postgres, installation.kafka
    if kafka and processes.recall(kafka.record) is None:
        from deploy.local import jars  # noqa: PLC0415 - its packages are not in the image, which starts no server

        with step("Kafka's jars, each compared with its SHA-256"):
            jars.kafka_class_path(kafka.jar_folder)
    for name, server in (("PostgreSQL", postgres), ("Kafka", kafka)):
        if server and processes.recall(server.record) is None:
            with step(f"Starting {name} (port {server.port})"):
                server.initialise()
                server.start()
    require_servers(installation)


def require_free_ports(installation: Installation) -> None:
    """Say which port is taken before anything is started."""
    postgres, kafka = installation.postgres, installation.kafka
    wanted: list[tuple[int, str, str]] = []
    if postgres and processes.recall(postgres.record) is None:
        wanted.append((postgres.port, "PostgreSQL", "DYAD_POSTGRES_PORT"))
    if kafka and processes.recall(kafka.record) is None:
        wanted.append((kafka.port, "Kafka", "DYAD_KAFKA_PORT"))
        wanted.append((kafka.controller_port, "Kafka's controller", "DYAD_KAFKA_CONTROLLER_PORT"))
    for service in supervisor.parts(installation):
        if supervisor.running(installation, service) is None:
            port = installation.settings.port(service)
            wanted.append((port, f"the {service} service", f"DYAD_{service.upper()}_PORT"))
    for port, purpose, variable in wanted:
        ports.require_free(port, purpose=purpose, variable=variable)


def _stores_exist(settings: Settings) -> bool:
    with psycopg.connect(settings.admin_dsn("postgres")) as connection:
        names = [settings.database(service) for service in SERVICES]
        return connection.execute("select from pg_database where datname = any(%s)", [names]).rowcount > 0


def _remove_stores(settings: Settings) -> None:
    with psycopg.connect(settings.admin_dsn("postgres"), autocommit=True) as connection:
        for service in SERVICES:
            name = sql.Identifier(settings.database(service))
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
    asyncio.run(_remove_topics(settings.kafka_bootstrap, [settings.topic(name) for name in TOPICS]))


async def _remove_topics(bootstrap: str, topics: Sequence[str]) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        found = set(topics) & set(await client.list_topics())
        if found:
            await client.delete_topics(sorted(found))
        async with asyncio.timeout(TOPICS_GONE_WITHIN_S):
            # Kafka deletes in its own time and tells nobody.
            while found & set(await client.list_topics()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    finally:
        await client.close()
