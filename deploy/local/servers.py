"""PostgreSQL and Kafka side by side, and one of them as something that can be killed and started again."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports, processes, secret_files
from deploy.local.kafka import KafkaServer, jar_folder
from deploy.local.postgres import PostgresServer
from deploy.local.processes import Process


@dataclass(slots=True)
class RunningServer:
    """A server that was started here; tests reach their kill points through it."""

    server: PostgresServer | KafkaServer
    process: Process

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone; what clients had open is cut off."""
        processes.end(self.process, with_signal=signal.SIGKILL, grace_s=30)

    def stop(self) -> None:
        """Clean shutdown."""
        self.server.stop(self.process)

    def start(self) -> None:
        """Start again on the same port and the same data, and wait until it answers."""
        self.process = self.server.start(die_with_parent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedServers:
    """Both servers, with secrets of their own, for as long as a `with` block."""

    postgres: RunningServer
    kafka: RunningServer
    database_url: str
    kafka_bootstrap: str
    secrets_folder: Path


@contextmanager
def embedded_servers() -> Iterator[EmbeddedServers]:
    """Start both servers in a temporary folder, stop them and remove the folder afterwards.

    They die with this process even when it is killed. Ports are free ones.
    """
    folder = Path(tempfile.mkdtemp(prefix="dyad-platform-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        secret_files.make(folder / "secrets")
        postgres = PostgresServer(
            folder=folder / "postgres",
            port=ports.free_port(),
            password_file=folder / "secrets" / "administrator-password",
        )
        kafka = KafkaServer(
            folder=folder / "kafka",
            port=ports.free_port(),
            controller_port=ports.free_port(),
            jar_folder=jar_folder(),
        )
        running = []
        for server in (postgres, kafka):
            server.initialise()
            running.append(RunningServer(server, server.start(die_with_parent=True)))
            # Nothing in here outlives the block, so there is nothing to shut down cleanly.
            undo.callback(running[-1].kill)
        yield EmbeddedServers(
            postgres=running[0],
            kafka=running[1],
            database_url=postgres.url,
            kafka_bootstrap=kafka.bootstrap,
            secrets_folder=folder / "secrets",
        )
