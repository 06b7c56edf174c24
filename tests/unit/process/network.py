"""Three services in memory, as the shared shell runs them, and news that travels between them in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.eventstore.envelope import Provenance
from shared.kernel.civil import Moment
from shared.kernel.codec import to_json
from shared.kernel.errors import Refusal
from shared.kernel.history import Recorded
from shared.process.dossier import Dossier
from shared.process.judge import run_rules
from shared.process.open import RuleOutcome

CASE = UUID(int=77)
START = datetime(2025, 9, 1, 12, tzinfo=UTC)
AGGREGATES = {each.store: each for each in (referral, assessment, intervention)}
PERSON = Provenance(actor="local", actor_role="practitioner", correlation_id=UUID(int=1))


@dataclass
class Service:
    """One service's view of one case: its own stream, what it has heard, what its rules decided."""

    store: str
    history: list[Recorded[Any]] = field(default_factory=list)
    heard: dict[str, list[Recorded[Any]]] = field(default_factory=dict)
    outcomes: dict[tuple[str, UUID], RuleOutcome] = field(default_factory=dict)
    clock: datetime = START

    def ask(self, *commands: Any) -> tuple[Any, ...]:
        """The events that a person's commands cause.

        Raises:
            Refusal: nothing is recorded.
        """
        dossier = self._open()
        events = dossier.decide(commands)
        dossier.record(events, PERSON)
        self._rules(dossier, only_waiting=True)
        return events

    def hear(self, store: str, items: Iterable[Recorded[Any]]) -> None:
        """More of another service's stream arrives, next versions first."""
        registry = AGGREGATES[self.store].heard
        if registry is None or store not in AGGREGATES[self.store].hears:
            return
        said = AGGREGATES[store].registry
        for item in items:
            event = registry.load(said.type_of(item.event), orjson.loads(to_json(item.event)))
            if event is not None:
                self.heard.setdefault(store, []).append(replace(item, event=event))
        self._rules(self._open(), only_waiting=False)

    def said(self) -> list[str]:
        """Names of the events of its own stream."""
        return [type(item.event).__name__ for item in self.history]

    def state(self) -> Any:
        return AGGREGATES[self.store].decider.state_of(self.history)

    def waiting(self) -> set[tuple[str, str | None]]:
        """Rules that wait or are parked, with their code."""
        return {(key[0], each.code) for key, each in self.outcomes.items() if each.outcome in {"waiting", "parked"}}

    def _open(self) -> Dossier[Any, Any, Any, Any]:
        self.clock += timedelta(seconds=1)
        return Dossier(
            AGGREGATES[self.store],
            CASE,
            Moment(self.clock),
            history=self.history,
            heard=self.heard,
            team_id="team-north",
        )

    def _rules(self, dossier: Dossier[Any, Any, Any, Any], *, only_waiting: bool) -> None:
        verdicts = run_rules(
            dossier, self.outcomes, correlation_id=lambda event_id: event_id, only_waiting=only_waiting
        )
        for verdict in verdicts:
            self.outcomes[verdict.rule, verdict.cause] = RuleOutcome(verdict.outcome, verdict.code)
        self.history = list(dossier.history)


@dataclass
class Network:
    """The three services; news stays on its way until it is delivered."""

    services: dict[str, Service] = field(default_factory=lambda: {store: Service(store) for store in AGGREGATES})
    delivered: dict[tuple[str, str], int] = field(default_factory=dict)

    def ask(self, store: str, *commands: Any) -> bool:
        """Whether a person's commands were not refused."""
        try:
            self.services[store].ask(*commands)
        except Refusal:
            return False
        return True

    def deliver(self, source: str, target: str, limit: int | None = None) -> bool:
        """Brings the next of one service's news to another; whether there was any."""
        done = self.delivered.get((source, target), 0)
        news = self.services[source].history[done : None if limit is None else done + limit]
        self.delivered[source, target] = done + len(news)
        if news and source != target:
            self.services[target].hear(source, news)
        return bool(news)

    def settle(self) -> None:
        """Delivers everything until nothing is on its way."""
        pairs = [(source, target) for source in AGGREGATES for target in AGGREGATES]
        while any(self.deliver(source, target) for source, target in pairs):
            pass
