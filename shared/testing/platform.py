"""Real PostgreSQL and real Kafka for tests (design 7).

Which servers, in this order: those of DYAD_DATABASE_URL and DYAD_KAFKA_BOOTSTRAP; containers when
DYAD_TEST_PLATFORM=containers; otherwise the embedded ones. To share one embedded platform between several runs:

    python -m shared.testing.platform --serve
"""

import asyncio
import hashlib
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
from aiokafka.admin import AIOKafkaAdminClient
from psycopg import sql

from deploy.local import ports, processes, secret_files
from deploy.local.servers import RunningServer, embedded_servers

CONTAINERS_READY_WITHIN_S = 120.0
POSTGRES_IMAGE = "postgres:18"
KAFKA_IMAGE = "apache/kafka:4.1.0"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The servers that a test run uses. `postgres` and `kafka` are None where they are not ours to kill."""

    database_url: str
    kafka_bootstrap: str
    secrets_folder: Path
    postgres: RunningServer | None = None
    kafka: RunningServer | None = None

    def environment(self, namespace: str = "") -> dict[str, str]:
        """The whole environment for a service process: this process's own, these servers, free ports."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DYAD_")}
        return inherited | {
            "DYAD_DATABASE_URL": self.database_url,
            "DYAD_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "DYAD_SECRETS_DIR": str(self.secrets_folder),
            "DYAD_NAMESPACE": namespace,
            "DYAD_HOST": ports.LOOPBACK,
            **{
                f"DYAD_{service}_PORT": str(ports.free_port())
                for service in ("ISSUER", "REFERRAL", "ASSESSMENT", "INTERVENTION", "REPORTING", "WATCH")
            },
        }

    def database(self, name: str) -> str:
        """The administrator's connection URL of one database on this platform."""
        return urlunsplit(urlsplit(self.database_url)._replace(path=f"/{name}"))


@contextmanager
def chosen_platform() -> Iterator[Platform]:
    """The platform that the environment asks for, for as long as the block."""
    if "DYAD_DATABASE_URL" in os.environ and "DYAD_KAFKA_BOOTSTRAP" in os.environ:
        with _existing() as platform:
            yield platform
    elif os.environ.get("DYAD_TEST_PLATFORM", "embedded") == "containers":
        with _containers() as platform:
            yield platform
    else:
        with private_platform() as platform:
            yield platform


@contextmanager
def private_platform() -> Iterator[Platform]:
    """Embedded servers of one's own, which may be killed and started again."""
    with embedded_servers() as servers:
        yield Platform(
            database_url=servers.database_url,
            kafka_bootstrap=servers.kafka_bootstrap,
            secrets_folder=servers.secrets_folder,
            postgres=servers.postgres,
            kafka=servers.kafka,
        )


@contextmanager
def _existing() -> Iterator[Platform]:
    url = os.environ["DYAD_DATABASE_URL"]
    with _secrets_for(url, os.environ.get("DYAD_SECRETS_DIR")) as folder:
        yield Platform(database_url=url, kafka_bootstrap=os.environ["DYAD_KAFKA_BOOTSTRAP"], secrets_folder=folder)


@contextmanager
def _secrets_for(database_url: str, given: str | None) -> Iterator[Path]:
    """The given folder; else one whose role password follows from the server.

    Roles belong to the whole server, so every run that shares one must come to the same password.
    """
    if given:
        yield Path(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="dyad-secrets-"))
    try:
        secret_files.write(folder / secret_files.ROLE_PASSWORD, hashlib.sha256(database_url.encode()).hexdigest())
        secret_files.make(folder)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _containers() -> Iterator[Platform]:
    # Imported here: only this way needs them, and they look for a container engine at once.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.container import DockerContainer

    port = ports.free_port()
    broker = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, port).with_envs(**_broker_envs(port))
    database = PostgresContainer(
        POSTGRES_IMAGE, username="dyad_admin", password=secrets.token_hex(16), dbname="postgres", driver=None
    ).with_command("postgres -c max_connections=200 -c max_locks_per_transaction=256")
    with ExitStack() as undo:
        undo.enter_context(database)
        undo.enter_context(broker)
        url = database.get_connection_url(host=ports.LOOPBACK)
        bootstrap = f"{ports.LOOPBACK}:{port}"
        if not processes.wait_until(lambda: _broker_answers(bootstrap), timeout_s=CONTAINERS_READY_WITHIN_S):
            raise TimeoutError(f"{KAFKA_IMAGE} did not answer within {CONTAINERS_READY_WITHIN_S} s")
        folder = undo.enter_context(_secrets_for(url, None))
        yield Platform(database_url=url, kafka_bootstrap=bootstrap, secrets_folder=folder)


def _broker_envs(port: int) -> dict[str, str]:
    # Setting any KAFKA_ variable drops all the image's defaults, so every one that matters is here.
    settings = {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": "1@localhost:9093",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "listeners": "BROKER://:9092,CONTROLLER://:9093",
        "advertised.listeners": f"BROKER://{ports.LOOPBACK}:{port}",
        "log.dirs": "/var/lib/kafka/data",
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "5",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }
    return {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in settings.items()}


def _broker_answers(bootstrap: str) -> bool:
    async def ask() -> bool:
        client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
        try:
            await client.start()
            return bool((await client.describe_cluster())["brokers"])
        except Exception:  # noqa: BLE001  while it starts it fails in every way there is; the caller's bound ends this
            return False
        finally:
            await client.close()

    return _run(ask())


def new_namespace() -> str:
    """A prefix for databases and topics that nobody else has: "t" and 8 hex digits and "_"."""
    return f"t{secrets.token_hex(4)}_"


def remove_namespace(platform: Platform, namespace: str) -> None:
    """Drop every database and every topic whose name begins with this prefix."""
    if not namespace:
        raise ValueError("the empty prefix is everything")
    # Said explicitly, because a server whose own encoding is SQL_ASCII would answer in bytes.
    with psycopg.connect(platform.database_url, autocommit=True, client_encoding="utf8") as connection:
        found = connection.execute("select datname from pg_database where starts_with(datname, %s)", [namespace])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
    _run(_remove_topics(platform.kafka_bootstrap, namespace))


async def _remove_topics(bootstrap: str, namespace: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        names = [name for name in await client.list_topics() if name.startswith(namespace)]
        if names:
            await client.delete_topics(names)
    finally:
        await client.close()


def create_database(platform: Platform, name: str) -> str:
    """Make an empty database and give the administrator's connection URL of it."""
    with psycopg.connect(platform.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return platform.database(name)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    # A thread of its own, because a test's event loop may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def main() -> None:
    """Serve one platform in the foreground until interrupted; the lines to export go to standard output."""
    if sys.argv[1:] != ["--serve"]:
        sys.exit("usage: python -m shared.testing.platform --serve")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with private_platform() as platform:
        print(f"export DYAD_DATABASE_URL='{platform.database_url}'")
        print(f"export DYAD_KAFKA_BOOTSTRAP='{platform.kafka_bootstrap}'")
        print(f"export DYAD_SECRETS_DIR='{platform.secrets_folder}'", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("platform stopped", file=sys.stderr)


if __name__ == "__main__":
    main()
