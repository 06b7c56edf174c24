"""What is measured with: the synthetic network's events and posts, in the order in which they were recorded."""

import gc
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.generate import Network, generate
from deploy.local.network.post import Post
from shared.eventstore.envelope import NewEvent
from shared.kernel.ids import team_key
from shared.kernel.letter import Letter

LAST_DAY = date(2026, 10, 30)
BY_PEOPLE = frozenset({"BreakGlassOpened"})
"""What everybody says for himself alone."""
TEN_YEARS = 3_650
"""In days: nothing is history then, all is posted."""


@dataclass(frozen=True, slots=True)
class Append:
    """One stream and what one call puts behind it."""

    stream: str
    stored_version: int
    pending: tuple[NewEvent, ...]
    letters: Mapping[UUID, Sequence[Letter]] = field(default_factory=dict)
    erases: frozenset[UUID] = frozenset()

    @property
    def case_id(self) -> UUID:
        """Of its events; for a team's own stream the team's key."""
        return self.pending[0].case_id or team_key(self.pending[0].team_id)

    @property
    def team_id(self) -> str:
        """Of its events."""
        return self.pending[0].team_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A network that is large enough."""

    network: Network

    def singles(self, count: int) -> list[Append]:
        """The first events of all stores, one append each."""
        return [
            Append(each.stored.stream, each.stored.version - 1, (each.new,))
            for each in islice(self.network.written, count)
        ]

    def hundreds(self, count: int) -> list[Append]:
        """The same events, a hundred a call, each call a stream of its own."""
        chance = Chance(1, "hundreds")
        events = [each.new for each in islice(self.network.written, count * 100)]
        return [
            Append(f"episode-{chance.id()}", 0, tuple(events[place : place + 100]))
            for place in range(0, count * 100, 100)
        ]

    def posts(self, families: int) -> list[Post]:
        """Everything that is posted about so many families, less those of whom anything is voided or corrected.

        Such a post names the id of an event, which is not known before it is posted. Left out too is what somebody does
        about a task that a deadline raised (here no day passes), and what no clinical system may say.
        """
        posts = generate(2, last_day=LAST_DAY, families=families, posted_days=TEN_YEARS).posts
        amended = {post.case_id for post in posts if post.amends is not None}
        return [post for post in posts if post.case_id not in amended and not post.soft and post.name not in BY_PEOPLE]


@cache
def material(families: int) -> Material:
    """The network of so many families; made once a run."""
    gc.disable()  # two million small objects that stay: looking through them again and again takes half the time
    network = generate(last_day=LAST_DAY, families=families)
    gc.freeze()
    gc.enable()
    return Material(network=network)


def split(appends: Sequence[Append], writers: int) -> list[list[Append]]:
    """One list per writer, a stream always with the same one: as the lock on a case orders its writers."""
    lists: dict[int, list[Append]] = defaultdict(list)
    for each in appends:
        lists[hash(each.stream) % writers].append(each)
    return [lists[writer] for writer in range(writers)]
