"""Up, down and status of a whole installation. Every step may be cut off at any point; the next `up` heals it."""

import asyncio
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from aiokafka.admin import AIOKafkaAdminClient
from psycopg import sql

from deploy.local import jars, network, ports, processes, supervisor
from deploy.local.installation import FirstStart, Installation
from deploy.local.output import messages, step
from deploy.local.supervisor import Health
from deploy.local.trouble import EXIT_USAGE, Trouble, require_free_space
from shared.migrations import migrate_all
from shared.settings import SERVICES, STORES, Settings

TOPICS = (*STORES, "watermarks")
TOPICS_GONE_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an installation as it is now."""

    name: str
    address: str
    pid: int | None
    health: Health


def status(installation: Installation) -> list[Part]:
    """Every part: the two servers, then the services. `pid` is None for what is not ours or does not run."""
    with ThreadPoolExecutor(len(SERVICES)) as pool:
        healths = list(pool.map(lambda service: supervisor.health(installation, service), SERVICES))
    parts = [_postgres(installation), _kafka(installation)]
    for service, health in zip(SERVICES, healths, strict=True):
        process = supervisor.running(installation, service)
        address = installation.settings.url(service)
        parts.append(Part(name=service, address=address, pid=process.pid if process else None, health=health))
    return parts


def bring_up(installation: Installation) -> None:
    """Start whatever does not run; on the first start restore two years of history and post the last week.

    Raises:
        Trouble: with the way out; what runs by then keeps running.
    """
    with installation.locked():
        first_start = installation.first_start()
        if first_start is FirstStart.DONE and all(part.health is Health.HEALTHY for part in status(installation)):
            messages.print("Everything runs already.")
            return
        require_free_space(installation.folder)
        _require_free_ports(installation)
        installation.make_secrets()
        _start_servers(installation)
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
        with step("Posting the network's last week") as tell:
            network.post_last_week(settings, progress=lambda posted, of: tell(f"{posted} of {of}"))
        installation.note_first_start(FirstStart.DONE)


def migrate(installation: Installation) -> None:
    """Bring roles, databases and schemas to this version's state. Raises Trouble when a server does not answer."""
    _require_answers(installation)
    installation.make_secrets()
    with step("Roles, databases and schemas"):
        migrate_all(installation.settings)


def bring_down(installation: Installation) -> int:
    """Stop what was started here, services first; how many processes ran."""
    if not installation.folder.exists():
        return 0
    with installation.locked():
        stopped = 0
        if any(supervisor.running(installation, service) for service in SERVICES):
            with step("Stopping the services"):
                stopped += supervisor.stop(installation)
        for name, server in (("Kafka", installation.kafka), ("PostgreSQL", installation.postgres)):
            process = processes.recall(server.record) if server else None
            if server and process:
                with step(f"Stopping {name}"):
                    server.stop(process)
                stopped += 1
        return stopped


def remove(installation: Installation) -> None:
    """Stop everything and delete the state folder with all its data. Servers of others keep what they hold."""
    if not (installation.folder / "lock").exists():
        raise Trouble(
            f"{installation.folder} does not look like Dyad's state folder.", "Look at DYAD_STATE_DIR.", EXIT_USAGE
        )
    bring_down(installation)
    with step(f"Removing {installation.folder}"):
        for name in ("run", "logs", "kafka", "postgres", "secrets"):
            if (installation.folder / name).exists():
                shutil.rmtree(installation.folder / name)
        for name in ("state.json", "state.new", "lock"):
            (installation.folder / name).unlink(missing_ok=True)
        if not any(installation.folder.iterdir()):
            installation.folder.rmdir()


def _start_servers(installation: Installation) -> None:
    postgres, kafka = installation.postgres, installation.kafka
    if kafka and processes.recall(kafka.record) is None:
        with step("Kafka's jars, each compared with its SHA-256"):
            jars.kafka_class_path(kafka.jar_folder)
    for name, server in (("PostgreSQL", postgres), ("Kafka", kafka)):
        if server and processes.recall(server.record) is None:
            with step(f"Starting {name} (port {server.port})"):
                server.initialise()
                server.start()
    _require_answers(installation)


def _require_answers(installation: Installation) -> None:
    for part in (_postgres(installation), _kafka(installation)):
        if part.health is not Health.HEALTHY:
            raise Trouble(
                f"{part.name} at {part.address} does not answer.", "Start it, or say `make down` and `make up` again."
            )


def _require_free_ports(installation: Installation) -> None:
    """Say which port is taken before anything is started."""
    postgres, kafka = installation.postgres, installation.kafka
    wanted: list[tuple[int, str, str]] = []
    if postgres and processes.recall(postgres.record) is None:
        wanted.append((postgres.port, "PostgreSQL", "DYAD_POSTGRES_PORT"))
    if kafka and processes.recall(kafka.record) is None:
        wanted.append((kafka.port, "Kafka", "DYAD_KAFKA_PORT"))
        wanted.append((kafka.controller_port, "Kafka's controller", "DYAD_KAFKA_CONTROLLER_PORT"))
    for service in SERVICES:
        if supervisor.running(installation, service) is None:
            port = installation.settings.port(service)
            wanted.append((port, f"the {service} service", f"DYAD_{service.upper()}_PORT"))
    for port, purpose, variable in wanted:
        ports.require_free(port, purpose=purpose, variable=variable)


def _postgres(installation: Installation) -> Part:
    server, settings = installation.postgres, installation.settings
    address = settings.database_url.rpartition("@")[2].partition("/")[0]
    process = processes.recall(server.record) if server else None
    if server and process is None:
        health = Health.STOPPED
    else:
        health = Health.HEALTHY if _database_answers(settings.database_url) else Health.UNHEALTHY
    return Part(name="postgres", address=address, pid=process.pid if process else None, health=health)


def _kafka(installation: Installation) -> Part:
    server, address = installation.kafka, installation.settings.kafka_bootstrap
    process = processes.recall(server.record) if server else None
    if server and process is None:
        health = Health.STOPPED
    else:
        health = Health.HEALTHY if ports.accepts_at(address.partition(",")[0]) else Health.UNHEALTHY
    return Part(name="kafka", address=address, pid=process.pid if process else None, health=health)


def _database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _stores_exist(settings: Settings) -> bool:
    with psycopg.connect(settings.database_url) as connection:
        names = [settings.database(service) for service in SERVICES]
        return connection.execute("select from pg_database where datname = any(%s)", [names]).rowcount > 0


def _remove_stores(settings: Settings) -> None:
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
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
