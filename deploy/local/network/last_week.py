"""The network's last week, posted over the public HTTP API as a clinical system would: CloudEvents in batches."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import httpx
import orjson

from deploy.local.issuer.minting import clinical_system
from deploy.local.network.diary import ASSESSMENT, INTERVENTION, REFERRAL
from deploy.local.network.install import restored_network
from deploy.local.network.names import personal
from deploy.local.network.post import REFERENCE_SYSTEM, SOURCE, Post
from shared.kernel.civil import civil_date
from shared.kernel.codec import wire_type
from shared.kernel.ids import utc_now
from shared.settings import Settings

BATCH_TYPE = "application/cloudevents-batch+json"
BATCH = 100
ALONG_THE_PATHWAY = (REFERRAL, ASSESSMENT, INTERVENTION)
WITHIN_S = 60.0
"""How long a fact may take over Kafka before a post that rests on it gives up."""
PAUSE_S = 0.25
TIMEOUT_S = 30.0
_TRY_AGAIN = frozenset(
    {
        *("not-known-yet", "earlier-item-refused"),
        *("unknown-caregiver", "unknown-infant", "unknown-member", "not-linked"),
    }
)
"""Codes of refusals that end when the news that a post rests on has arrived: the case, or who belongs to the family."""

Progress = Callable[[int, int], None]
"""(posted so far, all)."""


class PostRefused(Exception):
    """A service refused what the synthetic network posted, or did not know in time what it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What posting came to."""

    accepted: int
    """Posts that stand in the stores now, replayed ones included."""
    replayed: int
    """Of these: posts that stood there already."""


def post_last_week(settings: Settings, *, progress: Progress = lambda _done, _all: None) -> Posted:
    """Posts everything of the last week up to now; said again, it changes nothing.

    Args:
        settings: where the services are, and the key of the installation.
        progress: called after each batch.

    Raises:
        PostRefused: a service refused a post for good.
        NotThisNetwork: the stores hold something else than the synthetic network's history.
        httpx.HTTPError: a service cannot be reached.
        OSError, asyncpg.PostgresError: a store cannot be reached.
    """
    network = restored_network(settings)
    now = utc_now()
    posts = [post for post in network.posts if post.at <= now]
    with httpx.Client(timeout=TIMEOUT_S, headers=clinical_system(settings)) as client:
        return Poster(settings, client).post(posts, progress)


class Pace:
    """Lets at most so many events a second go by, measured over what has gone by so far.

    Args:
        rate: events a second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._free_at_s = 0.0

    def wait(self, events: int) -> None:
        """Waits until so many more may go."""
        now_s = time.monotonic()
        time.sleep(max(0.0, self._free_at_s - now_s))
        self._free_at_s = max(now_s, self._free_at_s) + events / self.rate


class Poster:
    """Posts in batches, along the pathway, again where a fact has not arrived yet.

    Args:
        settings: where the services are.
        client: with a token.
        pace: how fast.
        by_reference: a case that begins is named by the sender's own reference only, and gets its id from the service.
    """

    def __init__(
        self, settings: Settings, client: httpx.Client, pace: Pace | None = None, *, by_reference: bool = True
    ) -> None:
        self._settings = settings
        self._client = client
        self._pace = pace
        self._by_reference = by_reference
        self._events: dict[str, UUID] = {}
        self._opened: set[UUID] = set()

    def post(self, posts: Sequence[Post], progress: Progress = lambda _done, _all: None) -> Posted:
        """Posts all of them; a case that begins among them is known by the sender's reference only.

        Raises:
            PostRefused: a service refused a post for good.
            httpx.HTTPError: a service cannot be reached.
        """
        if self._by_reference:
            self._opened = {post.case_id for post in posts if post.name == "ReferralReceived"}
        done = replayed = 0
        size = BATCH if self._pace is None else max(1, min(BATCH, int(self._pace.rate)))
        for store, batch in batches(posts, size):
            if self._pace is not None:
                self._pace.wait(len(batch))
            replayed += self._batch(store, batch)
            done += len(batch)
            progress(done, len(posts))
        return Posted(accepted=done, replayed=replayed)

    def _batch(self, store: str, batch: Sequence[Post]) -> int:
        """Posts one batch until all of it is accepted; gives how many stood there already."""
        replayed = 0
        left = list(batch)
        give_up_s = time.monotonic() + WITHIN_S
        while True:
            answers = self._send(store, left)
            replayed += sum(1 for answer in answers if answer.get("replayed"))
            left = [post for post, answer in zip(left, answers, strict=True) if not self._accepted(post, answer)]
            if not left:
                return replayed
            if time.monotonic() > give_up_s:
                raise PostRefused(f"{left[0].name} {left[0].id}: what it rests on has not arrived in {WITHIN_S:.0f} s")
            time.sleep(PAUSE_S)

    def _send(self, store: str, posts: Iterable[Post]) -> list[dict[str, Any]]:
        body = orjson.dumps([self._message(post) for post in posts])
        response = self._client.post(
            f"{self._settings.url(store)}/events", content=body, headers={"content-type": BATCH_TYPE}
        )
        response.raise_for_status()
        answers: list[dict[str, Any]] = orjson.loads(response.content)
        return answers

    def _accepted(self, post: Post, answer: dict[str, Any]) -> bool:
        if (receipt := answer.get("receipt")) is not None:
            if receipt["event_ids"]:
                self._events[post.id] = UUID(receipt["event_ids"][0])
            return True
        problem = answer["problem"]
        if problem.get("code") in _TRY_AGAIN:
            return False
        if post.soft:
            return True  # the task has gone meanwhile
        raise PostRefused(f"{post.name} {post.id}: {problem.get('code')} {problem.get('field', '')}")

    def _message(self, post: Post) -> dict[str, Any]:
        known_by_reference = post.case_id in self._opened
        event = message(post, by_reference=known_by_reference)
        if post.name == "ReferralReceived":
            event["data"]["personal"] = personal(post.data)
        if post.amends is not None:
            event["data"]["corrects_event_id"] = str(post.target or self._events[post.amended_id])
        return event


def message(post: Post, *, by_reference: bool) -> dict[str, Any]:
    """A post as a CloudEvent in structured mode.

    Args:
        post: what is said.
        by_reference: name the case by the sender's own reference instead of its id.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": post.id,
        "source": SOURCE,
        "type": wire_type(post.name, 1),
        "time": post.occurred_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "teamid": post.team_id,
        "data": dict(post.data),
    }
    if post.stream:
        return event
    if by_reference:
        event["data"]["case_reference"] = {"system": REFERENCE_SYSTEM, "value": post.reference}
    else:
        event["subject"] = str(post.case_id)
    return event


def batches(posts: Sequence[Post], size: int = BATCH) -> Iterator[tuple[str, list[Post]]]:
    """Day by day, along the pathway within a day, in order of time within a service; at most so many each."""
    for _, of_day in groupby(posts, key=lambda post: civil_date(post.at)):
        day = list(of_day)
        for store in ALONG_THE_PATHWAY:
            mine = [post for post in day if post.store == store]
            for start in range(0, len(mine), size):
                yield store, mine[start : start + size]
