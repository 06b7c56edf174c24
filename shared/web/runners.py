"""The runners of one service: one for each of its aggregates, each with a turnstile for single requests."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from shared.eventstore.teams import team_transaction
from shared.process.aggregate import Aggregate
from shared.process.answers import Asked, Reference
from shared.process.cases import Answer, CaseRunner
from shared.process.turnstile import Turnstile
from shared.vault.vault import Vault
from shared.web.posted import PostedType, PostedTypes

_STREAM = "SELECT stream FROM events WHERE event_id = $1"


class Runners:
    """Finds who answers a request. Requests to different aggregates never share a transaction.

    Args:
        types: what may be asked of the service.
        pool: connections to its database as `dyad_writer`.
        vault: seals personal data.
    """

    def __init__(self, types: PostedTypes, pool: asyncpg.Pool, vault: Vault | None = None) -> None:
        self._types = types
        self._pool = pool
        self._by_category = {each.decider.category: CaseRunner(each, pool, vault) for each in types.aggregates}
        self._turnstiles = {category: Turnstile(runner) for category, runner in self._by_category.items()}

    async def category(self, posted: PostedType, commands: Sequence[Any], teams: frozenset[str] | None) -> str:
        """The category of the streams that a request of this type is about.

        A void does not say whose event it takes back: a team has several streams, so the event is looked up; one that
        is nowhere is refused by whichever stream is asked.
        """
        if posted.name == "EventVoided" and posted.aggregate.of_team:
            async with team_transaction(self._pool, teams) as conn:
                stream = await conn.fetchval(_STREAM, commands[0].corrects_event_id)
            category = "" if stream is None else str(stream).partition("-")[0]
            if category in self._by_category and self._by_category[category].aggregate.of_team:
                return category
        return posted.aggregate.decider.category

    async def one(self, category: str, asked: Asked) -> Answer:
        """The answer to a single request, in company of others that came at the same time."""
        return await self._turnstiles[category].ask(asked)

    async def all(self, category: str, asked: Sequence[Asked]) -> list[Answer]:
        """The answers to some requests in one transaction; see `CaseRunner.ask`."""
        return await self._by_category[category].ask(asked)

    async def cases_of(
        self, references: Collection[Reference], teams: frozenset[str] | None
    ) -> Mapping[Reference, set[UUID]]:
        """The cases of these teams that senders' references are linked to at the moment."""
        return await self._by_category[self._types.aggregate.decider.category].cases_of(references, teams)

    def aggregate(self, category: str) -> Aggregate[Any, Any, Any, Any]:
        """The aggregate of a category."""
        return self._by_category[category].aggregate
