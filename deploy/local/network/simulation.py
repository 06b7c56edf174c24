"""One case through the real aggregates in memory: their decisions, their rules, seconds apart as over Kafka.

This is `shared.process` without Postgres and Kafka. What is decided comes from `services.*.aggregate` alone; here is
only the time that passes in between. A refusal means that the story told something a service would not take: it ends
the generation, so the network can never hold a history that the services would not have written.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.post import SOURCE, Post
from deploy.local.network.records import Ruled, Written
from shared.eventstore.envelope import Provenance, StoredEvent, complete, envelope, recorded
from shared.kernel.civil import Moment
from shared.kernel.codec import Codec
from shared.kernel.errors import NotYetKnown, Refusal
from shared.kernel.history import Corrected, EventVoided, Recorded
from shared.kernel.ids import derived_id
from shared.process.aggregate import Aggregate, Rule, said_name
from shared.process.dossier import Dossier, instant

AnyAggregate = Aggregate[Any, Any, Any, Any]


class StoryRefused(Exception):
    """A service refuses what the story tells: a mistake in the story, never in the data of a user."""


@dataclass(slots=True)
class _Service:
    """What one service knows of this case."""

    aggregate: AnyAggregate
    stream: str
    own: list[Recorded[Any]] = field(default_factory=list)
    heard: dict[str, list[Recorded[Any]]] = field(default_factory=dict)
    waiting: list[tuple[Rule[Any, Any], Recorded[Any]]] = field(default_factory=list)


class CaseRun:
    """Runs one case's posts in order; `written` and `ruled` are what the stores hold afterwards."""

    def __init__(self, aggregates: Mapping[str, AnyAggregate], case_id: UUID, team_id: str, chance: Chance) -> None:
        self.written: list[Written] = []
        self.ruled: dict[tuple[str, UUID], Ruled] = {}
        self._case_id = case_id
        self._team_id = team_id
        self._chance = chance
        self._ids: dict[str, UUID] = {}
        self._correlation: dict[UUID, UUID] = {}
        self._on_the_way: list[tuple[datetime, int, str, Recorded[Any]]] = []
        self._sequence = count()
        self._links: dict[tuple[str, str], datetime] = {}
        self._services = {
            store: _Service(aggregate, aggregate.stream(case_id)) for store, aggregate in aggregates.items()
        }

    def run(self, posts: Iterable[Post]) -> None:
        """Post after post in order of time; in between, what was said reaches the other services.

        Raises:
            StoryRefused: a service refuses a post, or a rule's command.
        """
        for post in posts:
            self._deliver(until=post.at)
            self._take(post)
        self._deliver(until=datetime.max.replace(tzinfo=UTC))

    def event_id(self, key: str) -> UUID:
        """The id of the (first) event that a post became."""
        return self._ids[key]

    def _take(self, post: Post) -> None:
        service = self._services[post.store]
        provenance = Provenance(
            actor="synthetic-network",
            actor_role=post.actor_role,
            correlation_id=derived_id("synthetic-post", post.id),
            external_source=SOURCE,
            external_id=post.id,
        )
        try:
            events = self._dossier(service, post.at).decide((self._command(service, post),))
        except Refusal as refusal:
            raise StoryRefused(f"{post.name} {post.key}: {refusal} {refusal.field or ''}") from refusal
        if not events:
            raise StoryRefused(f"{post.name} {post.key}: it changed nothing")
        appended = self._append(service, events, post.at, provenance, occurred_at=post.occurred_at)
        self._ids[post.key] = appended[0].event_id
        self._wake(service, post.at)

    def _dossier(self, service: _Service, at: datetime) -> Dossier[Any, Any, Any, Any]:
        return Dossier(
            service.aggregate,
            self._case_id,
            Moment(at),
            history=service.own,
            heard=service.heard,
            team_id=self._team_id,
        )

    def _command(self, service: _Service, post: Post) -> Any:
        if post.amends is None:
            return _codec(service.aggregate.commands[post.name]).load(post.data)
        data = {**post.data, "corrects_event_id": self._ids[post.amends]}
        if post.name == "EventVoided":
            return _codec(EventVoided).load(data)
        command = service.aggregate.commands[post.name.removesuffix("Corrected")]
        return _codec(Corrected[command]).load(data)  # type: ignore[valid-type]

    def _append(
        self,
        service: _Service,
        events: tuple[Any, ...],
        at: datetime,
        provenance: Provenance,
        *,
        occurred_at: datetime | None = None,
    ) -> list[Recorded[Any]]:
        store = service.aggregate.store
        recorded_at = at + timedelta(microseconds=self._chance.between(2_000, 30_000))
        if service.own:
            recorded_at = max(recorded_at, service.own[-1].recorded_at + timedelta(microseconds=1))
        appended: list[Recorded[Any]] = []
        for event in events:
            when = occurred_at or _happened(service.aggregate, event, at)
            new = envelope(
                event,
                registry=service.aggregate.registry,
                store=store,
                stream=service.stream,
                case_id=self._case_id,
                team_id=self._team_id,
                occurred_at=when,
                provenance=provenance,
                event_id=self._chance.id_at(recorded_at),
            )
            said = Recorded(
                event=event,
                event_id=new.event_id,
                store=store,
                stream=service.stream,
                version=len(service.own) + 1,
                recorded_at=recorded_at,
                occurred_at=when,
            )
            service.own.append(said)
            appended.append(said)
            self._correlation[new.event_id] = provenance.correlation_id
            stored = complete(new, position=0, stream=service.stream, version=said.version, recorded_at=recorded_at)
            self.written.append(Written(store=store, new=new, stored=stored))
            self._send(said, stored)
        return appended

    def _send(self, said: Recorded[Any], stored: StoredEvent) -> None:
        """Over Kafka: each service that hears this store gets the document a little later, in order per topic."""
        for name, service in self._services.items():
            aggregate = service.aggregate
            if said.store not in aggregate.hears or aggregate.heard is None:
                continue
            heard = recorded(aggregate.heard, said.store, said.stream, stored.doc)
            if heard is None:
                continue
            slow = self._chance.of(0.05)
            delay = timedelta(milliseconds=self._chance.between(900, 4_000) if slow else self._chance.between(12, 120))
            link = (said.store, name)
            arrives = max(said.recorded_at + delay, self._links.get(link, said.recorded_at))
            self._links[link] = arrives
            heapq.heappush(self._on_the_way, (arrives, next(self._sequence), name, heard))

    def _deliver(self, *, until: datetime) -> None:
        while self._on_the_way and self._on_the_way[0][0] <= until:
            at, _, name, heard = heapq.heappop(self._on_the_way)
            service = self._services[name]
            service.heard.setdefault(heard.store, []).append(heard)
            for rule in service.aggregate.rules:
                if said_name(heard.event) in rule.causes:
                    self._rule(service, rule, heard, at)
            self._wake(service, at)

    def _wake(self, service: _Service, at: datetime) -> None:
        """Whatever waits in this service is tried again, last."""
        waiting, service.waiting = service.waiting, []
        for rule, cause in waiting:
            self._rule(service, rule, cause, at)

    def _rule(self, service: _Service, rule: Rule[Any, Any], cause: Recorded[Any], at: datetime) -> None:
        aggregate = service.aggregate
        dossier = self._dossier(service, at)
        try:
            events = dossier.decide(rule.react(cause, dossier.known))
        except NotYetKnown as refusal:
            service.waiting.append((rule, cause))
            self._note(service, rule, cause, at, "waiting", code=refusal.code)
            return
        except Refusal as refusal:
            raise StoryRefused(f"rule {rule.name} on {said_name(cause.event)}: {refusal}") from refusal
        version = None
        if events:
            provenance = Provenance(
                actor=aggregate.store,
                actor_role="system",
                correlation_id=self._correlation[cause.event_id],
                causation_id=cause.event_id,
                rule=rule.name,
            )
            version = self._append(service, events, at, provenance)[-1].version
        self._note(service, rule, cause, at, "acted" if events else "nothing", version=version)

    def _note(
        self,
        service: _Service,
        rule: Rule[Any, Any],
        cause: Recorded[Any],
        at: datetime,
        outcome: str,
        *,
        code: str | None = None,
        version: int | None = None,
    ) -> None:
        self.ruled[rule.name, cause.event_id] = Ruled(
            store=service.aggregate.store,
            rule=rule.name,
            cause=cause.event_id,
            cause_recorded_at=cause.recorded_at,
            case_id=self._case_id,
            outcome=outcome,
            code=code,
            stream=service.stream if version is not None else None,
            version=version,
            at=at,
        )


def _happened(aggregate: AnyAggregate, event: Any, at: datetime) -> datetime:
    return at if isinstance(event, EventVoided | Corrected) else instant(aggregate.occurred(event))


@cache
def _codec(asked: Any) -> Codec[Any]:
    return Codec(asked)
