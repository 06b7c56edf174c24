"""Status, down and clean of a whole installation."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg

from deploy.local import ports, processes, supervisor
from deploy.local.installation import Installation
from deploy.local.note import FirstStart
from deploy.local.output import step
from deploy.local.supervisor import Health
from deploy.local.trouble import EXIT_USAGE, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an installation as it is now."""

    name: str
    address: str
    pid: int | None
    health: Health


def status(installation: Installation) -> list[Part]:
    """The two servers, then the issuer and the services. `pid` is None for what is not ours or does not run."""
    services = supervisor.parts(installation)
    with ThreadPoolExecutor(len(services)) as pool:
        healths = list(pool.map(lambda service: supervisor.health(installation, service), services))
    parts = [_postgres(installation), _kafka(installation)]
    for service, health in zip(services, healths, strict=True):
        process = supervisor.running(installation, service)
        address = installation.settings.url(service)
        parts.append(Part(name=service, address=address, pid=process.pid if process else None, health=health))
    return parts


def everything_runs(installation: Installation) -> bool:
    """Whether the first start is finished and every part is healthy."""
    if installation.first_start() is not FirstStart.DONE:
        return False
    return all(part.health is Health.HEALTHY for part in status(installation))


def bring_down(installation: Installation) -> int:
    """Stop what was started here, services first; how many processes ran."""
    if not installation.folder.exists():
        return 0
    with installation.locked():
        stopped = 0
        if any(supervisor.running(installation, service) for service in supervisor.EVERY):
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
        for name in ("state.json", "state.new", "issuer.sqlite3", "lock"):
            (installation.folder / name).unlink(missing_ok=True)
        if not any(installation.folder.iterdir()):
            installation.folder.rmdir()


def require_servers(installation: Installation) -> None:
    """Raise Trouble when PostgreSQL or Kafka does not answer."""
    for part in (_postgres(installation), _kafka(installation)):
        if part.health is not Health.HEALTHY:
            raise Trouble(
                f"{part.name} at {part.address} does not answer.", "Start it, or say `make down` and `make up` again."
            )


def _postgres(installation: Installation) -> Part:
    server, settings = installation.postgres, installation.settings
    address = settings.database_url.rpartition("@")[2].partition("/")[0]
    process = processes.recall(server.record) if server else None
    if server and process is None:
        health = Health.STOPPED
    else:
        health = Health.HEALTHY if _database_answers(settings.admin_dsn("postgres")) else Health.UNHEALTHY
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
