"""One case, or one team, through the real aggregates in memory: decisions, rules and deadlines, as over Kafka.

This is `shared.process` without Postgres and Kafka. What is decided comes from `services.*.aggregate` alone; here is
only the time that passes in between. A refusal means that the story told something a service would not take: it ends
the generation, so the network can never hold a history that the services would not have written.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from deploy.local.network.chance import Chance
from deploy.local.network.known_teams import TeamHistory
from deploy.local.network.post import REFERENCE_SYSTEM, SOURCE, Post
from deploy.local.network.records import Ruled, Written
from shared.eventstore.envelope import Provenance, StoredEvent, complete, recorded
from shared.kernel.civil import Moment
from shared.kernel.codec import Codec
from shared.kernel.errors import Refusal
from shared.kernel.history import Corrected, EventVoided, Recorded
from shared.kernel.ids import derived_id
from shared.process.aggregate import Aggregate
from shared.process.deadlines import standing
from shared.process.dossier import Dossier
from shared.process.judge import Verdict, run_rules
from shared.process.open import RuleOutcome
from shared.process.references import reference_hmac

AnyAggregate = Aggregate[Any, Any, Any, Any]
AnyDossier = Dossier[Any, Any, Any, Any]
Reacts = Callable[[str, Recorded[Any]], Iterable[Post]]
"""(store, what was recorded) to what a person posts because of it, later."""
NEVER = datetime.max.replace(tzinfo=UTC)
ENDLESS = NEVER - timedelta(days=1)


class StoryRefused(Exception):
    """A service refuses what the story tells: a mistake in the story, never in the data of a user."""


@dataclass(slots=True)
class _Service:
    """What one service has on record about this case."""

    aggregate: AnyAggregate
    history: list[Recorded[Any]] = field(default_factory=list)
    heard: dict[str, list[Recorded[Any]]] = field(default_factory=dict)
    outcomes: dict[tuple[str, UUID], RuleOutcome] = field(default_factory=dict)
    rings_at: datetime = NEVER
    """UTC instant of the earliest deadline."""


class CaseRun:
    """Runs one case's posts in order; `written` and `ruled` are what the stores hold afterwards.

    Args:
        aggregates: by store; for a team's own streams by their name, `team` and `work`.
        case_id: the case, or the team's key.
        team_id: the team that carries it.
        chance: of delays and ids.
        reference_key: of the HMAC over case references.
        team: how the team is configured.
        ends: UTC instant after which nothing is history any more; no deadline rings after it.
        reacts: what people do about what is recorded.
    """

    def __init__(
        self,
        aggregates: Mapping[str, AnyAggregate],
        case_id: UUID,
        team_id: str,
        chance: Chance,
        *,
        reference_key: bytes = b"synthetic",
        team: TeamHistory | None = None,
        ends: datetime = ENDLESS,
        reacts: Reacts = lambda _store, _said: (),
    ) -> None:
        self.written: list[Written] = []
        self.ruled: dict[tuple[str, str, UUID], Ruled] = {}
        self.left: list[Post] = []
        """What people would post after the end of history, in no order."""
        self._case_id = case_id
        self._team_id = team_id
        self._chance = chance
        self._reference_key = reference_key
        self._team = team or TeamHistory()
        self._ends = ends
        self._reacts = reacts
        self._ids: dict[str, UUID] = {}
        self._correlation: dict[UUID, UUID] = {}
        self._on_the_way: list[tuple[datetime, int, str, Recorded[Any]]] = []
        self._to_post: list[tuple[datetime, int, Post]] = []
        self._sequence = count()
        self._links: dict[tuple[str, str], datetime] = {}
        self._services = {name: _Service(aggregate) for name, aggregate in aggregates.items()}

    def run(self, posts: Iterable[Post]) -> None:
        """Post after post in order of time; in between, what was said reaches the other services, and time passes.

        Raises:
            StoryRefused: a service refuses a post, or a rule's command.
        """
        self._queue(posts)
        at = min((post.at for _, _, post in self._to_post), default=self._ends)
        while self._to_post:
            _, _, post = heapq.heappop(self._to_post)
            if post.at >= self._ends:
                self.left.append(post)
                continue
            self._pass_time(at, post.at)
            at = post.at
            self._take(post)
        self._pass_time(at, self._ends)
        self._deliver(NEVER)

    def event_id(self, key: str | None) -> UUID | None:
        """The id of the (first) event that a post became; None if it was not posted here."""
        return None if key is None else self._ids.get(key)

    def _queue(self, posts: Iterable[Post]) -> None:
        for post in posts:
            heapq.heappush(self._to_post, (post.at, next(self._sequence), post))

    def _pass_time(self, after: datetime, until: datetime) -> None:
        """News arrives, the team's configuration changes, deadlines ring: all in order of time."""
        for changed_at in self._team.changes_between(after, until):
            self._ring_until(changed_at)
            for service in self._services.values():
                if service.history:
                    self._wind(service, self._dossier(service, changed_at))
        self._ring_until(until)

    def _ring_until(self, until: datetime) -> None:
        """Deadlines up to an instant, each after what has arrived by then."""
        while True:
            self._deliver(until, before_ringing=True)
            name = min(self._services, key=lambda each: self._services[each].rings_at)
            service = self._services[name]
            if service.rings_at > until:
                return
            late = timedelta(milliseconds=self._chance.between(20, 1_000))
            self._ring(service, service.rings_at + late)

    def _ring(self, service: _Service, at: datetime) -> None:
        """Decides what is due, as `shared.process.deadlines.ring` does, with ids that follow from the seed."""
        dossier = self._dossier(service, at)
        decided: set[tuple[str, datetime]] = set()
        while True:
            due = [item for item in standing(dossier) if item.due_at <= at and (item.name, item.due_at) not in decided]
            if not due:
                break
            decided.add((due[0].name, due[0].due_at))
            correlation = self._chance.id_at(at)
            provenance = Provenance(actor="dyad", actor_role="system", correlation_id=correlation, rule=due[0].name)
            dossier.record(dossier.decide((due[0].command,)), provenance)
        self._settle(service, dossier, only_waiting=True)
        if service.rings_at <= at:  # one may pass by itself, as an absence that ends on its last day; none asks in vain
            raise StoryRefused(f"a deadline in {service.aggregate.store} at {at}: it changed nothing")

    def _take(self, post: Post) -> None:
        service = self._services[post.stream or post.store]
        provenance = Provenance(
            actor="synthetic-network",
            actor_role=post.actor_role,
            correlation_id=derived_id("synthetic-post", post.id),
            external_source=SOURCE,
            external_id=post.id,
        )
        dossier = self._dossier(service, post.at)
        try:
            events = dossier.decide(self._commands(service, post))
        except Refusal as refusal:
            if post.soft:
                return
            raise StoryRefused(f"{post.name} {post.key} at {post.at}: {refusal} {refusal.field or ''}") from refusal
        if not events:
            if post.soft:
                return
            raise StoryRefused(f"{post.name} {post.key}: it changed nothing")
        self._ids[post.key] = dossier.record(events, provenance, post.occurred_at)[0]
        self._settle(service, dossier, only_waiting=True)

    def _commands(self, service: _Service, post: Post) -> tuple[Any, ...]:
        """What a post asks for; where a case begins, its sender's reference is linked too."""
        aggregate = service.aggregate
        if post.amends is not None:
            return (self._amendment(aggregate, post, self._ids[post.amends]),)
        command = _codec(aggregate.commands[post.name]).load(post.data)
        if post.name not in aggregate.mints or aggregate.link is None:
            return (command,)
        digest = reference_hmac(self._reference_key, REFERENCE_SYSTEM, post.reference)
        return command, aggregate.link(REFERENCE_SYSTEM, digest)

    @staticmethod
    def _amendment(aggregate: AnyAggregate, post: Post, target: UUID) -> EventVoided | Corrected[Any]:
        data = {**post.data, "corrects_event_id": target}
        amendment: EventVoided | Corrected[Any]
        if post.name == "EventVoided":
            amendment = _codec(EventVoided).load(data)
            return amendment
        command = aggregate.commands[post.name.removesuffix("Corrected")]
        amendment = _codec(Corrected[command]).load(data)  # type: ignore[valid-type]
        return amendment

    def _deliver(self, until: datetime, *, before_ringing: bool = False) -> None:
        while self._on_the_way and self._on_the_way[0][0] <= until:
            if before_ringing and any(each.rings_at < self._on_the_way[0][0] for each in self._services.values()):
                return
            at, _, name, heard = heapq.heappop(self._on_the_way)
            service = self._services[name]
            service.heard.setdefault(heard.store, []).append(heard)
            self._settle(service, self._dossier(service, at), only_waiting=False)

    def _dossier(self, service: _Service, at: datetime) -> AnyDossier:
        return Dossier(
            service.aggregate,
            self._case_id,
            Moment(at),
            history=service.history,
            heard=service.heard,
            team_id=self._team_id,
            mint=lambda: self._chance.id_at(at),
            teams={self._team_id: self._team.known(service.aggregate, at)},
        )

    def _settle(self, service: _Service, dossier: AnyDossier, *, only_waiting: bool) -> None:
        """The rules that are due, then one append, as in the transaction of a post or of a batch of news."""
        if not only_waiting or any(outcome.outcome == "waiting" for outcome in service.outcomes.values()):
            verdicts = run_rules(
                dossier, service.outcomes, correlation_id=self._correlation.__getitem__, only_waiting=only_waiting
            )
            for verdict in verdicts:
                self._note(service, verdict, dossier.moment.now)
        if dossier.history:
            self._wind(service, dossier)
        if dossier.pending:
            self._append(service, dossier)

    def _wind(self, service: _Service, dossier: AnyDossier) -> None:
        """Sets the timer to the earliest deadline, as it stands with what is about to be recorded."""
        first = next(iter(standing(dossier)), None)
        service.rings_at = NEVER if first is None else max(first.due_at, dossier.moment.now)

    def _note(self, service: _Service, verdict: Verdict, at: datetime) -> None:
        if verdict.outcome == "parked":
            raise StoryRefused(f"rule {verdict.rule} in {service.aggregate.store} at {at}: {verdict.code}")
        service.outcomes[verdict.rule, verdict.cause] = RuleOutcome(verdict.outcome, verdict.code)
        store = service.aggregate.store
        self.ruled[store, verdict.rule, verdict.cause] = Ruled(store=store, verdict=verdict, at=at)

    def _append(self, service: _Service, dossier: AnyDossier) -> None:
        store, stream = service.aggregate.store, dossier.stream
        recorded_at = dossier.moment.now + timedelta(microseconds=self._chance.between(2_000, 30_000))
        if service.history:
            recorded_at = max(recorded_at, service.history[-1].recorded_at + timedelta(microseconds=1))
        for new, said in zip(dossier.pending, dossier.history[dossier.stored_version :], strict=True):
            kept = replace(said, recorded_at=recorded_at)
            service.history.append(kept)
            stored = complete(new, position=0, stream=stream, version=said.version, recorded_at=recorded_at)
            self.written.append(Written(store=store, new=new, stored=stored))
            self._correlation[new.event_id] = UUID(orjson.loads(new.doc)["correlationid"])
            self._send(store, stored)
            self._queue(self._reacts(store, kept))

    def _send(self, store: str, stored: StoredEvent) -> None:
        """Over Kafka: each service that hears this store gets the document a little later, in order per topic."""
        for name, service in self._services.items():
            aggregate = service.aggregate
            if store not in aggregate.hears or aggregate.heard is None:
                continue
            heard = recorded(aggregate.heard, store, stored.stream, stored.doc)
            if heard is None:
                continue
            slow = self._chance.of(0.05)
            delay = timedelta(milliseconds=self._chance.between(900, 4_000) if slow else self._chance.between(12, 120))
            arrives = max(stored.recorded_at + delay, self._links.get((store, name), stored.recorded_at))
            self._links[store, name] = arrives
            heapq.heappush(self._on_the_way, (arrives, next(self._sequence), name, heard))


@cache
def _codec(asked: Any) -> Codec[Any]:
    return Codec(asked)
