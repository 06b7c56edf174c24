"""What the tests of the process rules share: everything heard, everything delivered again, kills in the middle."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.settings import STORES, Settings
from shared.testing.bus import query, until
from tests.e2e.clinic import Document
from tests.e2e.story import Story

HEARERS = {each.store: each.hears for each in (referral, assessment, intervention)}
"""Deciding service (and name of its consumer) to the stores that it hears."""
AT_ONCE = 4
"""Clinical systems that tell their stories side by side."""
Each = TypeVar("Each")
Made = TypeVar("Made")

_STORED = "SELECT count(*) FROM events"
_HEARD = "SELECT count(*) FROM inbox WHERE consumer = $1 AND store = $2 AND NOT waiting"
_READ = "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_offsets WHERE consumer = $1"
_RELAYED = "SELECT count(*) FROM relay_position WHERE position < (SELECT max(position) FROM events)"
_SAID = "SELECT position, event_id FROM events ORDER BY position"
_DECIDED = "SELECT rule, cause, outcome, code, stream, version FROM rule_outcomes ORDER BY rule, cause"
_BLOCKED = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


async def number(settings: Settings, service: str, sql: str, *values: object) -> int:
    """What a query that counts gives."""
    return int((await query(settings, service, sql, *values))[0][0])


async def settled(settings: Settings) -> None:
    """Returns once every deciding service has heard everything, and its rules have said what follows."""

    async def quiet() -> bool:
        before = {store: await number(settings, store, _STORED) for store in STORES}
        for service, stores in HEARERS.items():
            for store in stores:
                if await number(settings, service, _HEARD, service, store) != before[store]:
                    return False
        # What a rule says is committed with its cause's row in the inbox: had one acted since, it would show now.
        return {store: await number(settings, store, _STORED) for store in STORES} == before

    await until(quiet, "every service to have heard everything")


async def decided(settings: Settings) -> list[Any]:
    """Every event of every store, and what every rule has decided."""
    return [await query(settings, store, sql) for store in STORES for sql in (_SAID, _DECIDED)]


async def deliver_again(settings: Settings, *, forgetting: bool) -> None:
    """Has every service read all of Kafka again, and waits until it has.

    Args:
        settings: of services at work.
        forgetting: as if none had ever heard any of it; otherwise every record is one that it knows.
    """
    before = {service: await number(settings, service, _READ, service) for service in HEARERS}
    tables = ("consumer_offsets", "inbox", "stream_heads") if forgetting else ("consumer_offsets",)
    for service in HEARERS:
        await query(settings, service, f"TRUNCATE {', '.join(tables)}")

    async def read() -> bool:
        return all([await number(settings, each, _READ, each) >= before[each] for each in HEARERS])

    await until(read, "every consumer to have read all of Kafka again")
    await settled(settings)


def side_by_side(work: Callable[[Each], Made], items: Iterable[Each]) -> list[Made]:
    """The results of some work, a few at a time: it is mostly waiting."""
    with ThreadPoolExecutor(AT_ONCE) as workers:
        return list(workers.map(work, items))


def said_in(story: Story, store: str) -> list[Document]:
    """The case's stored events in one service, as they are at the moment; none where nothing is known of it."""
    answer = story.clinic.look(store, f"/cases/{story.family.case_id}/events")
    return list(answer.json()) if answer.is_success else []


def followed(story: Story, cause: str) -> list[tuple[str, str, str, Document]]:
    """What rules have said because of an event, wherever: (service, rule, name, data)."""
    return [
        (store, said["rule"], said["type"].split(".")[1], said["data"])
        for store in ("assessment", "intervention", "referral")
        for said in said_in(story, store)
        if said.get("causationid") == cause
    ]


def matches(found: Sequence[tuple[str, str, str, Document]], wanted: Sequence[tuple[str, str, str, Document]]) -> bool:
    """Whether exactly this was said; of the data only what is wanted counts."""
    picked = [
        (*said, {name: data.get(name) for name in some})
        for (*said, data), (*_, some) in zip(found, wanted, strict=False)
    ]
    return len(found) == len(wanted) and picked == [tuple(each) for each in wanted]


async def told_to_kafka(settings: Settings, service: str) -> int:
    """Sum of the offsets that Kafka was told by a service's consumer."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        told = await admin.list_consumer_group_offsets(f"{settings.namespace}{service}")
        return sum(max(0, each.offset) for each in told.values())
    finally:
        await admin.close()


async def kept_in_postgres(settings: Settings, service: str) -> int:
    """Sum of the offsets up to which the service has what it heard."""
    return await number(settings, service, _READ, service)


async def relayed(settings: Settings) -> bool:
    """Whether everything that is stored is on Kafka."""
    return not any([await number(settings, store, _RELAYED) for store in STORES])


@asynccontextmanager
async def held_back(settings: Settings, service: str, statement: str) -> AsyncIterator[asyncpg.Connection]:
    """Holds a lock in a service's database; whoever waits for it at the end is thrown out, its transaction with it."""
    gate = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
    try:
        await gate.execute("BEGIN")
        await gate.execute(statement)
        yield gate
        admin = await asyncpg.connect(settings.admin_dsn(settings.database(service)))
        for row in await gate.fetch(_BLOCKED):
            await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", row[0])
        await admin.close()
    finally:
        await gate.close()


async def waits(gate: asyncpg.Connection) -> bool:
    """Whether somebody waits for what this connection holds."""
    return bool(await gate.fetch(_BLOCKED))


async def all_wait(gates: Sequence[asyncpg.Connection]) -> None:
    """Returns once at every gate somebody waits."""

    async def everywhere() -> bool:
        return all([await waits(gate) for gate in gates])

    await until(everywhere, "everybody to be in the middle of a transaction")
