"""What access control, sealing, the record of reads and timers cost: each beside the same work without it.

One service with its own histories, without Kafka; both sides of a row in turn, in the same process and connections.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from deploy.local.network.last_week import message
from deploy.local.network.post import Post
from services.intervention.aggregate import aggregate
from shared.eventstore.pool import open_pool
from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.civil import Moment
from shared.kernel.ids import new_id, utc_now
from shared.process.answers import Done
from shared.process.answers import Post as Accepted
from shared.process.deadlines import Timer
from shared.process.open import open_cases
from shared.process.settle import settle
from shared.testing.services import running
from shared.testing.tokens import token
from shared.web.access.verify import Verifier
from tests.bench.http_load import get_request, load, request
from tests.bench.material import Append, Material
from tests.bench.posting import CLIENTS, SINGLE_TYPE, all_taken
from tests.bench.relaying import fill
from tests.bench.rows import Row, compared
from tests.bench.work import Bench, Stopwatch, in_turn

SERVICE = aggregate.store
ROUNDS = 3
CONNECTIONS = 8
TOKENS = 400
CASES_AT_A_TIME = 10
BARE_READ = "SELECT version, doc::text FROM events WHERE stream = $1 ORDER BY version"
Calls = Callable[[], Awaitable[float]]


async def costs(bench: Bench, material: Material) -> list[Row]:
    """The rows about what each promise of access and privacy costs."""
    rows = [await _tokens(bench)]
    rows.append(await _sealing(bench, material.posts(bench.size(400, 2_000))))
    own = [
        each.stored for each in material.network.written if each.store == SERVICE and each.stored.case_id is not None
    ]
    admin = await asyncpg.connect(bench.settings.admin_dsn(bench.settings.database(SERVICE)))
    try:
        await fill(admin, own[: bench.size(20_000, 60_000)])
    finally:
        await admin.close()
    cases = sorted({(each.case_id, each.team_id) for each in own[: bench.size(20_000, 60_000)] if each.case_id})
    rows.append(await _row_level_security(bench, cases))
    rows.append(await _reading(bench, [case_id for case_id, _ in cases]))
    rows.append(await _timers(bench, material.singles(bench.size(4_000, 20_000))))
    return rows


async def _tokens(bench: Bench) -> Row:
    """Verifying an access token for the first time, and one that was seen before."""
    bench.say("cost of tokens")
    verifier = Verifier.of(bench.settings)
    tokens = [token(bench.settings, subject=f"bench-{number}") for number in range(TOKENS)]

    async def verify() -> float:
        watch = Stopwatch()
        for each in tokens:
            await verifier.actor(each)
        return watch.seconds / TOKENS * 1e6

    first = await verify()
    [again] = await in_turn(ROUNDS, verify)
    return compared("access token seen before / for the first time", again, first, "us")


async def _sealing(bench: Bench, posts: Sequence[Post]) -> Row:
    """ReferralReceived with two sealed fields, and without; two halves of the same referrals."""
    received = [post for post in posts if post.name == "ReferralReceived"]
    portions = [received[start :: ROUNDS + 1] for start in range(ROUNDS + 1)]
    bench.say(f"cost of sealing: {len(received)} referrals")
    with running(bench.settings, bench.environment, ["referral"], role="api"):
        await _posted(bench, [_received(post, personal=True) for post in portions.pop()])  # warms up
        plain = iter([portion[0::2] for portion in portions])
        sealed = iter([portion[1::2] for portion in portions])
        without, with_names = await in_turn(
            ROUNDS,
            lambda: _posted(bench, [_received(post, personal=False) for post in next(plain)]),
            lambda: _posted(bench, [_received(post, personal=True) for post in next(sealed)]),
        )
    return compared("POST ReferralReceived, two sealed fields / none", with_names, without, "requests/s")


def _received(post: Post, *, personal: bool) -> bytes:
    event = message(post, by_reference=False)
    if personal:
        infant = event["data"]["subjects"][0]["infant_id"]
        event["data"]["personal"] = [
            {"about": [infant], "field": "full_name", "value": "Robin Example"},
            {"about": ["referrer"], "field": "note", "value": "Seen at home with the health visitor. " * 5},
        ]
    return orjson.dumps(event)


async def _posted(bench: Bench, bodies: Sequence[bytes]) -> float:
    host, port = bench.settings.host, bench.settings.port("referral")
    who = token(bench.settings)
    requests = [request(host, port, "/events", body, SINGLE_TYPE, token=who) for body in bodies]
    watch = Stopwatch()
    answers = await load(host, port, [requests[client::CLIENTS] for client in range(CLIENTS)])
    rate = watch.rate(len(requests))
    all_taken(answer for client in answers for answer in client)
    return rate


async def _row_level_security(bench: Bench, cases: Sequence[tuple[UUID, str]]) -> Row:
    """Opening cases as a person of one team does, and as the owner, to whom no policy applies."""
    bench.say("cost of row-level security")
    team = cases[0][1]
    mine = [case_id for case_id, of in cases if of == team]
    portions = [mine[start : start + CASES_AT_A_TIME] for start in range(0, len(mine), CASES_AT_A_TIME)][:100]
    writer = await open_pool(bench.settings, SERVICE, "dyad_writer", min_size=1, max_size=1)
    owner = await open_pool(bench.settings, SERVICE, "dyad_owner", min_size=1, max_size=1)

    async def opened(pool: asyncpg.Pool) -> float:
        watch = Stopwatch()
        for portion in portions:
            async with team_transaction(pool, frozenset({team})) as conn:
                await open_cases(conn, aggregate, portion, Moment(utc_now()))
        return watch.rate(len(portions))

    try:
        guarded, free = await in_turn(ROUNDS, partial(opened, writer), partial(opened, owner))
    finally:
        await writer.close()
        await owner.close()
    return compared(f"open {CASES_AT_A_TIME} cases with row-level security / as owner", guarded, free, "calls/s")


async def _reading(bench: Bench, cases: Sequence[UUID]) -> Row:
    """GET of a case, with token, right and record of the read, beside the bare query of its stream."""
    bench.say("cost of reading a case")
    wanted = [cases[number % len(cases)] for number in range(bench.size(1_000, 5_000))]
    host, port, who = bench.settings.host, bench.settings.port(SERVICE), token(bench.settings)
    gets = [get_request(host, port, f"/cases/{case_id}", token=who) for case_id in wanted]
    pool = await open_pool(bench.settings, SERVICE, "dyad_owner", min_size=CONNECTIONS, max_size=CONNECTIONS)

    async def get() -> float:
        watch = Stopwatch()
        answers = await load(host, port, [gets[client::CLIENTS] for client in range(CLIENTS)])
        rate = watch.rate(len(gets))
        all_taken(answer for client in answers for answer in client)
        return rate

    async def query(mine: Sequence[UUID]) -> None:
        for case_id in mine:
            await pool.fetch(BARE_READ, aggregate.stream(case_id))

    async def bare() -> float:
        watch = Stopwatch()
        await asyncio.gather(*(query(wanted[number::CONNECTIONS]) for number in range(CONNECTIONS)))
        return watch.rate(len(wanted))

    try:
        with running(bench.settings, bench.environment, [SERVICE], role="api"):
            ours, plain = await in_turn(ROUNDS, get, bare)
    finally:
        await pool.close()
    return compared("GET /cases/{id}, read on record / bare query", ours, plain, "requests/s")


async def _timers(bench: Bench, appends: Sequence[Append]) -> Row:
    """Settling a post and its event with three deadlines, and with none."""
    bench.say("cost of timers")
    pool = await open_pool(bench.settings, SERVICE, "dyad_writer", min_size=CONNECTIONS, max_size=CONNECTIONS)
    numbers = count()

    async def write(mine: Sequence[Append], *, timed: bool) -> None:
        for each in mine:
            async with team_transaction(pool, None) as conn:
                await _settled(conn, each, next(numbers), timed=timed)

    async def settled(*, timed: bool) -> float:
        bench.execute(SERVICE, "TRUNCATE events, posts, timers")
        watch = Stopwatch()
        await asyncio.gather(*(write(appends[number::CONNECTIONS], timed=timed) for number in range(CONNECTIONS)))
        return watch.rate(len(appends))

    appends = [replace(each, stream=f"{aggregate.decider.category}-{new_id()}", stored_version=0) for each in appends]
    try:
        with_timers, without = await in_turn(ROUNDS, partial(settled, timed=True), partial(settled, timed=False))
    finally:
        await pool.close()
    return compared("settle a post with three timers / without", with_timers, without, "posts/s")


async def _settled(conn: Connection, each: Append, number: int, *, timed: bool) -> None:
    case_id = UUID(each.stream.partition("-")[2])
    team = each.pending[0].team_id
    post = Accepted(source="/bench", id=str(number), fingerprint=bytes(32), team_id=team)
    answer = Done(status=201, version=1, case_id=case_id, body=b"{}")
    due_at = utc_now() + timedelta(days=14)
    timers: list[Any] = [Timer(each.stream, name, case_id, team, due_at) for name in ("P8", "P9", "P12") if timed]
    await settle(conn, [each], posts=[(post, answer)], timers=timers)
