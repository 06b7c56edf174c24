"""Clinical systems that post families without pause, whatever is being killed, and remember what each post came to.

Every post has an id of its own and is said again with that id until it is accepted, as a sender does that got no
answer. What each try came to stands in the history: `ok` (acknowledged), `not-yet` (certainly not stored), `info`
(nobody knows: no answer, or a 5xx).
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import orjson

from shared.settings import Settings
from shared.testing.tokens import bearer
from tests.e2e import says
from tests.e2e.clinic import STRUCTURED, Family, cloud_event

ACCEPTED_WITHIN_S = 150.0
"""Bound of one post with all its repetitions: longer than any server here takes to come back."""
TRY_TIMEOUT_S = 10.0
PAUSE_S = 0.05

Said = tuple[str, str, Mapping[str, Any]]
"""(store, name of the event, data)."""


@dataclass(slots=True)
class Post:
    """One post and what each try came to."""

    id: str
    store: str
    event: dict[str, Any]
    tries: list[str] = field(default_factory=list)
    answer: bytes = b""
    """The first receipt, byte for byte."""

    @property
    def event_ids(self) -> list[str]:
        """Ids of what it recorded, as acknowledged."""
        return [str(each) for each in orjson.loads(self.answer)["event_ids"]]


@dataclass(frozen=True, slots=True)
class Story:
    """One way of a family: what its clinical system says, and what the whole system must have said in the end."""

    says: Callable[[dict[str, Any], dict[str, Any]], Sequence[Said]]
    ends: Mapping[str, Sequence[str]]
    """Store to the names of the case's events there, rules' own ones included, each exactly once, in this order."""
    closed_by: str


def _programme(baby: dict[str, Any], mother: dict[str, Any]) -> Sequence[Said]:
    dyad = [says.relationship(baby, mother)]
    return (
        ("referral", "ReferralAccepted", says.acceptance()),
        ("assessment", "AssessmentCompleted", says.completion("2025-04-14", dyad)),
        ("intervention", "ProgrammeAssigned", says.programme("2025-04-22", dyad)),
        ("intervention", "SessionHeld", says.session("2025-04-29", [baby], [mother])),
        ("intervention", "Discharged", says.discharge("2025-08-19")),
    )


def _signposted(baby: dict[str, Any], mother: dict[str, Any]) -> Sequence[Said]:
    done = says.completion("2025-04-14", [says.relationship(baby, mother)], recommendation="SIGNPOST")
    return (("referral", "ReferralAccepted", says.acceptance()), ("assessment", "AssessmentCompleted", done))


def _withdrawn(_baby: dict[str, Any], _mother: dict[str, Any]) -> Sequence[Said]:
    withdrawal = {"on": "2025-03-12", "by": "family", "reason": "help_elsewhere"}
    return (("referral", "ReferralAccepted", says.acceptance()), ("referral", "ReferralWithdrawn", withdrawal))


def _declined(_baby: dict[str, Any], _mother: dict[str, Any]) -> Sequence[Said]:
    return (("referral", "ReferralDeclined", {"decided_on": "2025-03-10", "reason": "capacity_closed"}),)


RECEIVED = ("ReferralReceived", "CaseReferenceLinked")
SUMMARY = "TaskRaised"
"""Rule P11: a discharge asks for its summary."""
STORIES = (
    Story(
        _programme,
        {
            "referral": (*RECEIVED, "ReferralAccepted", SUMMARY),
            "assessment": ("AssessmentRequested", "AssessmentCompleted"),
            "intervention": (
                "EpisodeOpened", "TaskRaised", "ProgrammeAssigned", "TaskDone", "SessionHeld", "Discharged",
            ),
        },
        "discharged",
    ),
    Story(
        _signposted,
        {
            "referral": (*RECEIVED, "ReferralAccepted", SUMMARY),
            "assessment": ("AssessmentRequested", "AssessmentCompleted"),
            "intervention": ("EpisodeOpened", "Discharged"),
        },
        "discharged",
    ),
    Story(
        _withdrawn,
        {
            "referral": (*RECEIVED, "ReferralAccepted", "ReferralWithdrawn", SUMMARY),
            "assessment": ("AssessmentRequested",),
            "intervention": ("EpisodeOpened", "Discharged"),
        },
        "withdrawn",
    ),
    Story(_declined, {"referral": (*RECEIVED, "ReferralDeclined"), "assessment": (), "intervention": ()}, "declined"),
)  # fmt: skip


class Generator:
    """Posts families until told to stop, then brings those that have begun to their end.

    Args:
        settings: where the services are.
        clients: how many clinical systems post at the same time.
        team: that all families are referred to.
    """

    def __init__(self, settings: Settings, clients: int = 4, team: str = "team-chaos") -> None:
        self._settings = settings
        self._clients = clients
        self.team = team
        self._numbers: Iterator[int] = count()
        self.posts: list[Post] = []
        self.families: list[tuple[Family, Story]] = []

    @property
    def acknowledged(self) -> int:
        """How many posts have been accepted so far."""
        return sum(1 for post in self.posts if post.answer)

    async def run(self, stop: asyncio.Event) -> None:
        """Posts until `stop` is set."""
        async with (
            httpx.AsyncClient(timeout=TRY_TIMEOUT_S, headers=bearer(self._settings)) as client,
            asyncio.TaskGroup() as tasks,
        ):
            for _ in range(self._clients):
                tasks.create_task(self._families(client, stop))

    async def _families(self, client: httpx.AsyncClient, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.one_family(client, STORIES[next(self._numbers) % len(STORIES)])

    async def one_family(self, client: httpx.AsyncClient, story: Story) -> Family:
        """One family's whole story."""
        family, baby, mother = Family(self.team), says.infant(), says.caregiver()
        self.families.append((family, story))
        received: Said = ("referral", "ReferralReceived", says.referral([baby], [mother]))
        for store, name, data in (received, *story.says(baby, mother)):
            post = self.new_post(store, cloud_event(family, name, dict(data)))
            await self.deliver(client, post)
            family.case_id = orjson.loads(post.answer)["case_id"]
        return family

    def new_post(self, store: str, event: dict[str, Any]) -> Post:
        """A post that stands in the history from now on."""
        self.posts.append(Post(event["id"], store, event))
        return self.posts[-1]

    async def deliver(self, client: httpx.AsyncClient, post: Post) -> None:
        """Says it until it is accepted.

        Raises:
            AssertionError: it is refused for good, or not accepted within ACCEPTED_WITHIN_S seconds.
        """
        ends = time.monotonic() + ACCEPTED_WITHIN_S
        while not post.answer:
            post.tries.append(await self.once(client, post))
            assert time.monotonic() < ends, f"{post.event['type']} not accepted in {ACCEPTED_WITHIN_S} s: {post.tries}"
            if not post.answer:
                await asyncio.sleep(PAUSE_S)

    async def once(self, client: httpx.AsyncClient, post: Post, *, url: str | None = None) -> str:
        """One try: `ok`, `not-yet` or `info`. `url`: of another process than the service's usual one."""
        events = f"{url or self._settings.url(post.store)}/events"
        try:
            answer = await client.post(events, content=orjson.dumps(post.event), headers={"content-type": STRUCTURED})
        except httpx.TransportError:
            return "info"
        if answer.is_success:
            post.answer = answer.content
            return "ok"
        if answer.is_server_error:
            return "info"
        assert answer.json()["code"] == "not-known-yet", f"{post.event['type']} was refused: {answer.text}"
        return "not-yet"
