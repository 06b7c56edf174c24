"""Where planted words could have ended up, read from outside: tables, Kafka, logs, metrics."""

import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from psycopg import sql

from shared.settings import SERVICES, STORES, Settings
from shared.testing.platform import Platform

_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1
"""


WITHIN_S = 60.0


@dataclass
class Clinic:
    """All services of one installation, and every answer that was ever got."""

    settings: Settings
    platform: Platform
    environment: dict[str, str]
    logs: Path
    http: httpx.Client
    answers: list[httpx.Response] = field(default_factory=list)

    def call(self, method: str, service: str, path: str, **more: Any) -> httpx.Response:
        answer = self.http.request(method, self.settings.url(service) + path, **more)
        self.answers.append(answer)
        return answer

    def post(self, service: str, path: str, body: Any, status: int = 201, **headers: str) -> Any:
        answer = self.call("POST", service, path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def dyad(self, who: dict[str, str], *words: str, code: int = 0) -> str:
        """What a command of `dyad` writes, in somebody's name."""
        environment = {**self.environment, "DYAD_TOKEN": who["authorization"].removeprefix("Bearer ")}
        command = [sys.executable, "-m", "deploy.local.cli", *words]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN_S)
        assert ended.returncode == code, ended.stderr
        return ended.stdout + ended.stderr if code else ended.stdout

    def get(self, service: str, path: str, who: dict[str, str] | None = None) -> httpx.Response:
        return self.call("GET", service, path, headers=who or {})


def forms(word: str) -> list[bytes]:
    """How a word may stand in bytes: as it is, in hex (PostgreSQL's text of bytes), and in base64 at any offset."""
    plain = word.encode()
    coded = [b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, plain.hex().encode(), *coded]


def found_in(content: bytes, words: list[str]) -> list[str]:
    """The words that stand in some bytes, in whatever form."""
    return [word for word in words if any(form in content for form in forms(word))]


def tables(platform: Platform, settings: Settings, services: Iterable[str] = SERVICES) -> Iterator[tuple[str, bytes]]:
    """Every table of some services, of all if none are named, as PostgreSQL copies it out, by name."""
    for service in services:
        database = settings.database(service)
        with psycopg.connect(platform.database(database)) as connection:
            for (name,) in connection.execute(_TABLES).fetchall():
                statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.SQL(name))
                with connection.cursor().copy(statement) as copy:
                    yield f"{service}.{name}", b"".join(bytes(part) for part in copy)


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below some folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes()


def metrics(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """What each service tells of itself."""
    for service in SERVICES:
        yield f"{service}/metrics", httpx.get(f"{settings.url(service)}/metrics").content


async def records(settings: Settings) -> list[tuple[str, bytes, bytes]]:
    """Every record of every topic: topic, key and headers, value."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, group_id=None, enable_auto_commit=False)
    await consumer.start()
    try:
        found: list[tuple[str, bytes, bytes]] = []
        for topic, parts in (await _partitions(settings)).items():
            ends = await consumer.end_offsets(parts)
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            while any([await consumer.position(part) < ends[part] for part in parts]):
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    found += [
                        (topic, (item.key or b"") + repr(item.headers).encode(), item.value or b"") for item in batch
                    ]
        return found
    finally:
        await consumer.stop()


async def _partitions(settings: Settings) -> dict[str, list[TopicPartition]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        names = [settings.topic(name) for name in (*STORES, "watermarks")]
        described = await admin.describe_topics(names)
    finally:
        await admin.close()
    return {
        topic["topic"]: [TopicPartition(topic["topic"], part["partition"]) for part in topic["partitions"]]
        for topic in described
    }
