"""One installation on this machine: where its state lives, which servers it uses, how far its first start came."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import note, secret_files
from deploy.local.kafka import KafkaServer, jar_folder
from deploy.local.note import OWN, FirstStart, Note, Servers
from deploy.local.postgres import PostgresServer
from deploy.local.trouble import EXIT_USAGE, Trouble
from shared.settings import Settings

PROJECT = Path(__file__).parents[2]
# Below the range from which systems take ports for outgoing connections.
POSTGRES_PORT = 15432
KAFKA_PORT = 19092
KAFKA_CONTROLLER_PORT = 19093


@dataclass(frozen=True)
class Installation:
    """The installation whose state lives in `folder`."""

    folder: Path

    @classmethod
    def chosen(cls) -> "Installation":
        """The installation of DYAD_STATE_DIR, otherwise `.dyad` in the project's folder."""
        return cls(Path(os.environ.get("DYAD_STATE_DIR") or PROJECT / ".dyad").absolute())

    @property
    def logs(self) -> Path:
        """Folder of the services' logs."""
        return self.folder / "logs"

    @property
    def records(self) -> Path:
        """Folder that remembers which processes are the services."""
        return self.folder / "run"

    @property
    def secrets(self) -> Path:
        """Folder of the secrets."""
        return Path(os.environ.get("DYAD_SECRETS_DIR") or self.folder / "secrets")

    @property
    def local_issuer(self) -> bool:
        """Whether this installation signs its own access tokens; not when DYAD_JWKS names another issuer's keys."""
        return not os.environ.get("DYAD_JWKS")

    @cached_property
    def postgres(self) -> PostgresServer | None:
        """Our own PostgreSQL; None when DYAD_DATABASE_URL names another."""
        if os.environ.get("DYAD_DATABASE_URL"):
            return None
        return PostgresServer(
            folder=self.folder / "postgres",
            port=_port("DYAD_POSTGRES_PORT", POSTGRES_PORT),
            password_file=self.folder / "secrets" / "administrator-password",
        )

    @cached_property
    def kafka(self) -> KafkaServer | None:
        """Our own Kafka; None when DYAD_KAFKA_BOOTSTRAP names another. Its jars are looked for when it starts."""
        if os.environ.get("DYAD_KAFKA_BOOTSTRAP"):
            return None
        return KafkaServer(
            folder=self.folder / "kafka",
            port=_port("DYAD_KAFKA_PORT", KAFKA_PORT),
            controller_port=_port("DYAD_KAFKA_CONTROLLER_PORT", KAFKA_CONTROLLER_PORT),
            jar_folder=jar_folder(),
        )

    @cached_property
    def settings(self) -> Settings:
        """The settings of this installation's services, with the administrator's rights (migrations need them)."""
        return Settings(
            database_url=self.postgres.url if self.postgres else os.environ["DYAD_DATABASE_URL"],
            kafka_bootstrap=self.kafka.bootstrap if self.kafka else os.environ["DYAD_KAFKA_BOOTSTRAP"],
            secrets_dir=self.secrets,
        )

    def make_secrets(self) -> None:
        """Make the secrets that are missing; settings read before are read again."""
        secret_files.make(self.secrets)
        if self.postgres:
            secret_files.read_or_make(self.postgres.password_file)
        self.__dict__.pop("settings", None)

    def service_environment(self) -> dict[str, str]:
        """The environment of the services: these servers, without the administrator's password."""
        url = urlsplit(self.settings.database_url)
        without_password = urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2]))
        return dict(os.environ) | {
            "DYAD_DATABASE_URL": without_password,
            "DYAD_KAFKA_BOOTSTRAP": self.settings.kafka_bootstrap,
            "DYAD_SECRETS_DIR": str(self.secrets),
            "DYAD_LETTERS": os.environ.get("DYAD_LETTERS") or f"file:{self.folder / 'letters'}",
            "DYAD_ISSUER_MEMORY": str(self.folder / "issuer.sqlite3"),
            **self._sign_in,
        }

    @property
    def demo_sign_in(self) -> bool:
        """Whether one signs in to the pages by choosing a demo user at the local issuer.

        Not where a real provider is named, where DYAD_DEMO_SIGN_IN says no, and where services listen beyond this
        machine and it does not say yes.
        """
        if not self.local_issuer or os.environ.get("DYAD_OIDC_ISSUER"):
            return False
        return self.settings.demo_sign_in or (
            not os.environ.get("DYAD_DEMO_SIGN_IN") and self.settings.host in {"127.0.0.1", "localhost"}
        )

    @property
    def _sign_in(self) -> dict[str, str]:
        if not self.demo_sign_in:
            return {}
        return {
            "DYAD_DEMO_SIGN_IN": "true",
            "DYAD_OIDC_ISSUER": f"http://127.0.0.1:{self.settings.issuer_port}",
        }

    @property
    def servers(self) -> Servers:
        """The servers that the environment names now."""
        return Servers(
            postgres=OWN if self.postgres else note.address_of(os.environ["DYAD_DATABASE_URL"]),
            kafka=OWN if self.kafka else os.environ["DYAD_KAFKA_BOOTSTRAP"],
            namespace=self.settings.namespace,
        )

    def first_start(self) -> FirstStart:
        """How far the first start came. Raises Trouble when its note cannot be read."""
        written = note.read(self._note)
        return written.first_start if written else FirstStart.NOT_YET

    def require_servers_of_first_start(self) -> None:
        """Refuse to finish on other servers what was begun on one: it would remove, or write to, stores of others.

        Raises:
            Trouble: the first start is unfinished, and the environment names other servers than it was begun on.
        """
        written = note.read(self._note)
        unfinished = written is not None and written.first_start is not FirstStart.DONE
        if written and unfinished and written.servers != self.servers:
            raise Trouble(
                f"The first start was begun on other servers ({written.servers}) than are named now ({self.servers}).",
                "Name those again and say `make up`; or forget that first start with `make clean`, then say `make up`.",
            )

    def note_first_start(self, stage: FirstStart) -> None:
        """Write down how far the first start came on these servers, whole or not at all."""
        note.write(self._note, Note(first_start=stage, servers=self.servers))

    @property
    def _note(self) -> Path:
        return self.folder / "state.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else starts, stops or removes this installation meanwhile. Raises Trouble if somebody does now."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Trouble(
                    f"Another `dyad` command (process {lock.read().strip() or 'unknown'}) is at work on {self.folder}.",
                    "Wait until it has ended, or end it, then say this again.",
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def _port(variable: str, default: int) -> int:
    given = os.environ.get(variable) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Trouble(f"{variable} is not a port number.", "Set it to a number from 1 to 65535.", EXIT_USAGE)
    return int(given)
