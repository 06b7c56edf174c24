"""All that is known of one case while its row is locked, and what is about to be recorded about it.

Decisions are made in memory; `shared.process.settle` writes them. So a refusal leaves no trace, and the append is the
last thing that a transaction does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.eventstore.envelope import NewEvent, Provenance, envelope
from shared.kernel.civil import LONDON, Moment
from shared.kernel.codec import UnknownEventType
from shared.kernel.decider import amend
from shared.kernel.errors import Refusal, Rejected
from shared.kernel.history import Corrected, EventVoided, Recorded, amendment_target, effective
from shared.kernel.ids import new_id
from shared.kernel.letter import Letter
from shared.process.aggregate import Aggregate, said_name
from shared.process.folded import FoldedStates, amends
from shared.vault.personal import PersonalEntry

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
K = TypeVar("K")

_STATES = FoldedStates()


class Dossier(Generic[S, C, E, K]):
    """One case in one service, at one moment.

    Args:
        aggregate: the service.
        case_id: the case.
        moment: the only clock that its rules see.
        history: this service's stored events of the case, by version.
        heard: the other services' events, by store, any order.
        team_id: the team on record, None if nothing is on record yet; for a team's own streams the team.
        mint: where the ids of new events come from; only synthetic history brings its own.
        unreadable: why the history is not whole, if it is not; then every decision raises it.
        teams: configuration of the teams that may carry it, by team: the events of `team-<team id>` that stand.
        timers: the deadlines that are kept, by name.
        restored_to: at or below it no deadline rings.
    """

    def __init__(
        self,
        aggregate: Aggregate[S, C, E, K],
        case_id: UUID,
        moment: Moment,
        *,
        history: Sequence[Recorded[Any]] = (),
        heard: Mapping[str, Sequence[Recorded[Any]]] | None = None,
        team_id: str | None = None,
        mint: Callable[[], UUID] = new_id,
        unreadable: UnknownEventType | None = None,
        teams: Mapping[str, tuple[Recorded[Any], ...]] | None = None,
        timers: Mapping[str, datetime] | None = None,
        restored_to: datetime | None = None,
    ) -> None:
        self.aggregate = aggregate
        self.case_id = case_id
        self.moment = moment
        self.stream = aggregate.stream(team_id if aggregate.of_team else case_id)
        self.history: list[Recorded[Any]] = list(history)
        self.stored_version = len(self.history)
        self.heard = {store: tuple(items) for store, items in (heard or {}).items()}
        self.teams = teams or {}
        self.timers = timers or {}
        self.restored_to = restored_to
        self._team_id = team_id
        self._mint = mint
        self._unreadable = unreadable
        self.pending: list[NewEvent] = []
        self.personal: dict[UUID, tuple[PersonalEntry, ...]] = {}
        self.letters: dict[UUID, tuple[Letter, ...]] = {}
        self._known: K | None = None
        self._state: S | None = None
        self._foreseen: tuple[S, tuple[Any, ...], S] | None = None

    @property
    def team_id(self) -> str | None:
        """The team that carries the case."""
        return self._team_id

    @team_id.setter
    def team_id(self, team_id: str | None) -> None:
        if team_id != self._team_id:
            self._team_id, self._known = team_id, None  # another team is configured otherwise

    @property
    def version(self) -> int:
        """Of the stream, with what is about to be recorded."""
        return self.stored_version + len(self.pending)

    @property
    def readable(self) -> bool:
        """Whether this version of the service knows all that is recorded here."""
        return self._unreadable is None

    @property
    def known(self) -> K:
        """What a decision may rest on; raises whatever the service's `know` raises."""
        if self._known is None:
            heard = {store: effective(items) for store, items in self.heard.items()}
            heard["team"] = self.teams.get(self.team_id or "", ())
            self._known = self.aggregate.know(heard, self.moment)
        return self._known

    @property
    def state(self) -> S:
        """The decider's state, with what is about to be recorded."""
        if self._state is None:
            decider, news = self.aggregate.decider, self.history[self.stored_version :]
            if any(map(amends, news)):
                self._state = decider.state_of(self.history)
            else:
                state = _STATES.state_of(decider, self.stream, self.history[: self.stored_version])
                for item in news:
                    state = decider.evolve(state, item.event)
                self._state = state
        return self._state

    @property
    def touches_references(self) -> bool:
        """Whether what is about to be recorded links a reference, or may take a link back."""
        return any(
            isinstance(item.event, EventVoided | Corrected) or said_name(item.event) == self.aggregate.link_name
            for item in self.history[self.stored_version :]
        )

    @property
    def erases(self) -> frozenset[UUID]:
        """The people whose keys go with what is about to be recorded."""
        news = (item.event for item in self.history[self.stored_version :])
        found = {self.aggregate.erases(event) for event in news if not isinstance(event, EventVoided | Corrected)}
        return frozenset(subject for subject in found if subject is not None)

    def decide(self, commands: Sequence[Any], *, personal: bool = False) -> tuple[Any, ...]:
        """The events that commands cause, in order, all or none; records nothing.

        Args:
            commands: what is asked.
            personal: personal data comes with them, which alone may be what a correction corrects.

        Raises:
            Refusal: one of them is refused.
            UnknownEventType: a newer version of this service has recorded something here.
        """
        if self._unreadable is not None:
            raise self._unreadable
        decider = self.aggregate.decider
        state = self.state
        decided: list[Any] = []
        for command in commands:
            if isinstance(command, EventVoided):
                self._refuse_final(command)
                decided.extend(amend(decider, self.history, command))
            elif isinstance(command, Corrected):
                self._refuse_final(command)
                decided.extend(amend(decider, self.history, self._correction(command), anyway=personal))
            else:
                events = decider.decide(state, command, self.known)
                for event in events:
                    state = decider.evolve(state, event)
                decided.extend(events)
        result = tuple(decided)
        amended = any(isinstance(command, EventVoided | Corrected) for command in commands)
        self._foreseen = None if amended else (self.state, result, state)
        return result

    def _refuse_final(self, command: EventVoided | Corrected[Any]) -> None:
        if said_name(amendment_target(self.history, command.corrects_event_id).event) in self.aggregate.final:
            raise Rejected(
                "event-is-final", "what this event says cannot be taken back or changed", field="/corrects_event_id"
            )

    def _correction(self, asked: Corrected[Any]) -> Corrected[Any]:
        """A correction is asked in the command's shape; the service computes what only it may say."""
        try:
            event = self.aggregate.say(self.state, asked.data, self.known)
        except Refusal as refusal:
            field = None if refusal.field is None else f"/data{refusal.field}"
            raise type(refusal)(refusal.code, refusal.detail, field=field) from None
        return replace(asked, data=event)

    def forget(self, version: int) -> None:
        """Takes back what was recorded above a version, the stored one at least: as if it had never been decided."""
        for forgotten in self.pending[version - self.stored_version :]:
            self.personal.pop(forgotten.event_id, None)
            self.letters.pop(forgotten.event_id, None)
        del self.pending[version - self.stored_version :]
        del self.history[version:]
        self._state = None

    def record(
        self, events: Sequence[Any], provenance: Provenance, occurred_at: datetime | None = None
    ) -> tuple[UUID, ...]:
        """Puts decided events behind the history, to be written by `settle`; gives their ids.

        Args:
            events: from `decide`.
            provenance: who or what caused them.
            occurred_at: when the first of them happened, as the sender says.

        Raises:
            Rejected: `team-needed`, nothing on record says which team carries the case.
        """
        if events and self.team_id is None:
            raise Rejected("team-needed", "say which team carries the case (extension `teamid`)", field="/teamid")
        ids = []
        for number, event in enumerate(events):
            happened = occurred_at if number == 0 and occurred_at is not None else self._occurred(event)
            ids.append(self._put(event, provenance, happened))
        self._follow(events)
        if self.aggregate.writes_letters:
            self._write(events, ids)
        return tuple(ids)

    def _write(self, events: Sequence[Any], ids: Sequence[UUID]) -> None:
        """Notes the letters that events call for; what amends an earlier event calls for none by itself."""
        for event, event_id in zip(events, ids, strict=True):
            if not isinstance(event, EventVoided | Corrected):
                self.letters[event_id] = self.aggregate.letters(event, self.state, self.known)

    def seal(self, event_id: UUID, sealed: bytes) -> None:
        """Puts the sealed part onto an event that is about to be recorded."""
        place = next(place for place, event in enumerate(self.pending) if event.event_id == event_id)
        self.pending[place] = replace(self.pending[place], sealed=sealed)

    def _follow(self, events: Sequence[Any]) -> None:
        """Keeps the state at what is about to be recorded; an amendment has it folded anew."""
        if self._state is None or any(isinstance(event, EventVoided | Corrected) for event in events):
            self._state = None
            return
        if self._foreseen is not None and self._foreseen[0] is self._state and self._foreseen[1] is events:
            self._state = self._foreseen[2]  # decided just now, from this very state
            return
        for event in events:
            self._state = self.aggregate.decider.evolve(self._state, event)

    def _put(self, event: Any, provenance: Provenance, occurred_at: datetime) -> UUID:
        event_id = self._mint()
        new = envelope(
            event,
            registry=self.aggregate.registry,
            store=self.aggregate.store,
            stream=self.stream,
            case_id=None if self.aggregate.of_team else self.case_id,
            team_id=self.team_id or "",
            occurred_at=occurred_at,
            provenance=provenance,
            event_id=event_id,
        )
        self.pending.append(new)
        self.history.append(
            Recorded(
                event=event,
                event_id=event_id,
                store=self.aggregate.store,
                stream=self.stream,
                version=self.version,
                recorded_at=self.moment.now,
                occurred_at=occurred_at,
            )
        )
        return event_id

    def _occurred(self, event: Any) -> datetime:
        if isinstance(event, EventVoided | Corrected):
            return self.moment.now
        happened = self.aggregate.occurred(event)
        return self.moment.now if happened is None else instant(happened)


def instant(when: date | datetime) -> datetime:
    """A civil date as the instant at which it begins in London; an instant as it is. UTC."""
    if isinstance(when, datetime):
        return when.astimezone(UTC)
    return datetime.combine(when, time(), LONDON).astimezone(UTC)
