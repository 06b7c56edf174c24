"""POST /events on real service processes: single events by 16 clients, and batches of a hundred.

The posts of the synthetic network go service by service along the pathway, in the order of recording within a case;
what the teams say of themselves goes before all of them. Between the services relays and consumers carry over what the
next one must know; that is not measured.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from deploy.local.network.diary import INTERVENTION
from deploy.local.network.last_week import ALONG_THE_PATHWAY, BATCH_TYPE, message
from deploy.local.network.post import Post
from shared.testing.bus import query
from shared.testing.services import running
from shared.testing.tokens import token
from tests.bench.cpu import CpuMeter
from tests.bench.http_load import Answer, load, request
from tests.bench.material import Material
from tests.bench.rows import Row, at_least
from tests.bench.work import Bench, Stopwatch, until

CLIENTS = 16
BATCH_CLIENTS = 4
BATCH = 100
CARRIED_WITHIN_S = 300.0
SINGLE_TYPE = "application/cloudevents+json"
LISTENERS: Mapping[str, tuple[str, ...]] = {
    "referral": ("assessment", "intervention"),
    "assessment": ("intervention",),
    "intervention": (),
}


class Refused(Exception):
    """A service refused what it should have taken: then nothing was measured."""


@dataclass(slots=True)
class _Sum:
    """Events taken, over the phases."""

    events: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return self.events / self.seconds


async def posting(bench: Bench, material: Material) -> list[Row]:
    """The two rows about POST /events."""
    posts = material.posts(bench.size(800, 3_000))
    await configure_teams(bench, [post for post in posts if post.stream])
    posts = [post for post in posts if not post.stream]
    cases = list({post.case_id: None for post in posts})
    first_half = set(cases[::2])
    singles, batches = _Sum(), _Sum()
    for store in ALONG_THE_PATHWAY:
        mine = [post for post in posts if post.store == store]
        ones = [post for post in mine if post.case_id in first_half]
        others = [post for post in mine if post.case_id not in first_half]
        bench.say(f"POST /events: {store}, {len(mine):,} events")
        with running(bench.settings, bench.environment, [store], role="api"):
            await _measured(bench, _singles(bench, store, ones, singles), len(ones), "single")
            await _measured(bench, _batches(bench, store, others, batches), len(others), "in batches")
        await carry_over(bench, store, LISTENERS[store])
    return [
        at_least("POST /events single, 16 clients", singles.rate, "requests/s", target=1_000),
        at_least("POST /events in batches of 100", batches.rate, "events/s", target=5_000),
    ]


async def configure_teams(bench: Bench, posts: Sequence[Post]) -> None:
    """Posts what the teams say of themselves, and lets it reach every service: all of them decide by it."""
    with running(bench.settings, bench.environment, [INTERVENTION], role="api"):
        await _batches(bench, INTERVENTION, posts, _Sum())
    await carry_over(bench, INTERVENTION, ("referral", "assessment"))


async def _measured(bench: Bench, work: Awaitable[None], events: int, how: str) -> None:
    meter = CpuMeter()
    await work
    bench.say(f"processor milliseconds an event, {how}: {meter.per_event_ms(events)}")


async def _singles(bench: Bench, store: str, posts: Sequence[Post], total: _Sum) -> None:
    host, port = bench.settings.host, bench.settings.port(store)
    who = token(bench.settings)
    clients = [
        [request(host, port, "/events", _body(post), SINGLE_TYPE, token=who) for post in mine]
        for mine in _by_case(posts, CLIENTS)
    ]
    watch = Stopwatch()
    answers = await load(host, port, clients)
    total.seconds += watch.seconds
    total.events += len(posts)
    all_taken(answer for client in answers for answer in client)


async def _batches(bench: Bench, store: str, posts: Sequence[Post], total: _Sum) -> None:
    host, port = bench.settings.host, bench.settings.port(store)
    clients = []
    who = token(bench.settings)
    for mine in _by_case(posts, BATCH_CLIENTS):
        bodies = [
            b"[" + b",".join(map(_body, mine[start : start + BATCH])) + b"]" for start in range(0, len(mine), BATCH)
        ]
        clients.append([request(host, port, "/events", body, BATCH_TYPE, token=who) for body in bodies])
    watch = Stopwatch()
    answers = await load(host, port, clients)
    total.seconds += watch.seconds
    total.events += len(posts)
    for client in answers:
        all_taken(client)
        all_taken(Answer(line["status"], orjson.dumps(line)) for each in client for line in orjson.loads(each.body))


def _body(post: Post) -> bytes:
    return orjson.dumps(message(post, by_reference=False))


def _by_case(posts: Sequence[Post], clients: int) -> list[list[Post]]:
    """One list per client; a case always with the same one, so that its posts keep their order."""
    lists: list[list[Post]] = [[] for _ in range(clients)]
    for post in posts:
        lists[post.case_id.int % clients].append(post)
    return lists


def all_taken(answers: Iterable[Answer]) -> None:
    """Raises `Refused` unless every request was granted."""
    for answer in answers:
        if answer.status not in {200, 201}:
            raise Refused(f"{answer.status}: {answer.body[:500]!r}")


async def carry_over(bench: Bench, store: str, listeners: Sequence[str]) -> None:
    """What a service said reaches those that listen to it."""
    if not listeners:
        return
    [[said]] = await query(bench.settings, store, "SELECT count(*) FROM events")

    async def heard() -> bool:
        counts = [
            (await query(bench.settings, listener, "SELECT count(*) FROM inbox WHERE store = $1", store))[0][0]
            for listener in listeners
        ]
        return all(count == said for count in counts)

    with (
        running(bench.settings, bench.environment, [store], role="relay"),
        running(bench.settings, bench.environment, listeners, role="consumer"),
    ):
        await until(heard, within_s=CARRIED_WITHIN_S, every_s=0.2)
