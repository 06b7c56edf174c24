"""One case through the real aggregates in memory: their decisions, their rules, seconds apart as over Kafka.

This is `shared.process` without Postgres and Kafka. What is decided comes from `services.*.aggregate` alone; here is
only the time that passes in between. A refusal means that the story told something a service would not take: it ends
the generation, so the network can never hold a history that the services would not have written.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from deploy.local.network.chance import Chance
from deploy.local.network.post import SOURCE, Post
from shared.eventstore.envelope import NewEvent, Provenance, envelope
from shared.kernel.civil import Moment
from shared.kernel.decider import amend
from shared.kernel.errors import NotYetKnown, Refusal
from shared.kernel.history import Corrected, EventVoided, Recorded, effective
from shared.kernel.ids import derived_id
from shared.process.aggregate import Aggregate, Rule

AnyAggregate = Aggregate[Any, Any, Any, Any]


class StoryRefused(Exception):  # noqa: N818 - the story's fault
    """A service refuses what the story tells: a mistake in the story, never in the data of a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One event as it stands in a store, but for its position."""

    store: str
    stream: str
    version: int
    recorded_at: datetime
    new: NewEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one rule made of one cause: travels with the history, so that nothing acts on it twice."""

    store: str
    rule: str
    cause: UUID
    cause_store: str
    case_id: UUID
    outcome: str
    code: str | None
    version: int | None
    """Version of the last event that the rule wrote."""
    at: datetime


@dataclass(slots=True)
class _Service:
    """What one service knows of this case."""

    aggregate: AnyAggregate
    stream: str
    own: list[Recorded[Any]] = field(default_factory=list)
    heard: dict[str, list[Recorded[Any]]] = field(default_factory=dict)
    waiting: list[tuple[Rule[Any, Any], Recorded[Any]]] = field(default_factory=list)

    def know(self, moment: Moment) -> Any:
        return self.aggregate.know({store: effective(said) for store, said in self.heard.items()}, moment)


class CaseRun:
    """Runs one case's posts in order; `written` and `ruled` are what the stores hold afterwards."""

    def __init__(self, aggregates: Mapping[str, AnyAggregate], case_id: UUID, team_id: str, chance: Chance) -> None:
        self.written: list[Written] = []
        self.ruled: dict[tuple[str, UUID], Ruled] = {}
        self._case_id = case_id
        self._team_id = team_id
        self._chance = chance
        self._ids: dict[str, UUID] = {}
        self._on_the_way: list[tuple[datetime, int, str, Recorded[Any]]] = []
        self._services = {
            store: _Service(aggregate, f"{aggregate.decider.category}-{case_id}")
            for store, aggregate in aggregates.items()
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
        moment = Moment(post.at)
        provenance = Provenance(
            actor="synthetic-network",
            actor_role=post.actor_role,
            correlation_id=derived_id("synthetic-post", post.id),
            external_source=SOURCE,
            external_id=post.id,
        )
        try:
            events = self._decide(service, post, moment)
        except Refusal as refusal:
            raise StoryRefused(f"{post.name} {post.key}: {refusal} {refusal.field or ''}") from refusal
        if not events:
            raise StoryRefused(f"{post.name} {post.key}: it changed nothing")
        appended = self._append(service, events, post.at, provenance, occurred_at=post.occurred_at)
        self._ids[post.key] = appended[0].event_id
        self._wake(service, post.at)

    def _decide(self, service: _Service, post: Post, moment: Moment) -> tuple[Any, ...]:
        aggregate = service.aggregate
        if post.amends is not None:
            return amend(aggregate.decider, service.own, self._amendment(aggregate, post, self._ids[post.amends]))
        command = command_codec(aggregate, post.name).load(post.data)
        state = aggregate.decider.state_of(service.own)
        return aggregate.decider.decide(state, command, service.know(moment))

    def _amendment(self, aggregate: AnyAggregate, post: Post, target: UUID) -> EventVoided | Corrected[Any]:
        data = {**post.data, "corrects_event_id": target}
        amendment: EventVoided | Corrected[Any] = aggregate.registry.load(f"dyad.{post.name}.v1", data)
        return amendment

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
            when = occurred_at or occurrence(service.aggregate, event)
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
            self.written.append(
                Written(store=store, stream=service.stream, version=said.version, recorded_at=recorded_at, new=new)
            )
            self._send(said, new)
        return appended

    def _send(self, said: Recorded[Any], new: NewEvent) -> None:
        """Over Kafka: each service that hears this store gets the document a little later, in order per topic."""
        doc = completed(new.doc, said.version, said.recorded_at)
        for name, service in self._services.items():
            aggregate = service.aggregate
            if said.store not in aggregate.hears or aggregate.heard is None:
                continue
            heard = recorded(aggregate.heard, said.store, said.stream, doc)
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
                if type_name(heard) in rule.causes:
                    self._rule(service, rule, heard, at)
            self._wake(service, at)

    def _wake(self, service: _Service, at: datetime) -> None:
        """Whatever waits in this service is tried again, last."""
        waiting, service.waiting = service.waiting, []
        for rule, cause in waiting:
            self._rule(service, rule, cause, at)

    def _rule(self, service: _Service, rule: Rule[Any, Any], cause: Recorded[Any], at: datetime) -> None:
        known = service.know(Moment(at))
        aggregate = service.aggregate
        events: list[Any] = []
        try:
            state = aggregate.decider.state_of(service.own)
            for command in rule.react(cause, known):
                decided = aggregate.decider.decide(state, command, known)
                for event in decided:
                    state = aggregate.decider.evolve(state, event)
                events.extend(decided)
        except NotYetKnown as refusal:
            service.waiting.append((rule, cause))
            self._note(service, rule, cause, at, "waiting", code=refusal.code)
            return
        except Refusal as refusal:
            raise StoryRefused(f"rule {rule.name} on {type_name(cause)}: {refusal}") from refusal
        version = None
        if events:
            provenance = Provenance(
                actor=aggregate.store,
                actor_role="system",
                correlation_id=self._correlation[cause.event_id],
                causation_id=cause.event_id,
                rule=rule.name,
            )
            version = self._append(service, tuple(events), at, provenance)[-1].version
        self._note(service, rule, cause, at, "acted" if events else "nothing", version=version)
