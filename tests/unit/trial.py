"""Any sequence of commands, voids and corrections against one decider, and what must hold whatever it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from shared.kernel.decider import Decider, amend
from shared.kernel.errors import Refusal
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason

_START = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Trial:
    """One case's history as it grows; refusals leave it as it is."""

    decider: Decider[Any, Any, Any, Any]
    known: Any
    history: list[Recorded[Any]] = field(default_factory=list)

    def state(self) -> Any:
        return self.decider.state_of(self.history)

    def ask(self, command: Any) -> bool:
        """Whether it was not refused; said again at once, it must stay quiet."""
        try:
            events = self.decider.decide(self.state(), command, self.known)
        except Refusal:
            return False
        self.record(*events)
        assert self.decider.decide(self.state(), command, self.known) == ()
        return True

    def amend(self, amendment: Any) -> bool:
        try:
            events = amend(self.decider, self.history, amendment)
        except Refusal:
            return False
        self.record(*events)
        return True

    def record(self, *events: Any) -> None:
        for event in events:
            self.history.append(recorded(event, len(self.history) + 1))


def recorded(event: Any, version: int, *, store: str = "any", stream: str = "any-1", day: int = 0) -> Recorded[Any]:
    """An event of a stream; its id follows from its version."""
    at = _START + timedelta(days=day, seconds=version)
    event_id = UUID(int=(sum(store.encode()) << 64) + version)
    return Recorded(
        event=event, event_id=event_id, store=store, stream=stream, version=version, recorded_at=at, occurred_at=at
    )


@st.composite
def trials(draw: st.DrawFn, decider: Decider[Any, Any, Any, Any], known: Any, commands: Sequence[Any]) -> Trial:
    """A history made by commands, voids and corrections drawn at random, most of them refused."""
    trial = Trial(decider, known)
    for _ in range(draw(st.integers(1, 14))):
        step = draw(st.integers(0, 9))
        if step < 7 or not trial.history:
            trial.ask(draw(st.sampled_from(commands)))
            continue
        target = draw(st.sampled_from(trial.history))
        if step == 7:
            trial.amend(EventVoided(corrects_event_id=target.event_id, reason=VoidReason.ENTERED_IN_ERROR))
            continue
        try:
            data = decider.decide(decider.initial, draw(st.sampled_from(commands)), known)
        except Refusal:
            said = draw(st.sampled_from(trial.history)).event
            said = said.data if isinstance(said, Corrected) else said
            data = () if isinstance(said, EventVoided) else (said,)
        for event in data:
            reason = CorrectionReason.NEW_INFORMATION
            trial.amend(Corrected(corrects_event_id=target.event_id, reason=reason, data=event))
    return trial


@st.composite
def histories(draw: st.DrawFn, events: Sequence[Any]) -> list[Recorded[Any]]:
    """Any events at all with any voids and corrections, as no decider would have allowed them, in any order."""
    history: list[Recorded[Any]] = []
    for version in range(1, draw(st.integers(1, 12)) + 1):
        event = draw(st.sampled_from(events))
        if version > 1 and draw(st.booleans()):
            target = draw(st.sampled_from(history))
            event = draw(st.sampled_from([_void(target), _correction(target, event)]))
        history.append(recorded(event, version))
    shuffled: list[Recorded[Any]] = draw(st.permutations(history))
    return shuffled


def _void(target: Recorded[Any]) -> EventVoided:
    return EventVoided(corrects_event_id=target.event_id, reason=VoidReason.WRONG_CASE)


def _correction(target: Recorded[Any], event: Any) -> Any:
    """A correction keeps the type; where that does not fit it is the void of it."""
    said = target.event.data if isinstance(target.event, Corrected) else target.event
    if type(said) is not type(event):
        return _void(target)
    return Corrected(corrects_event_id=target.event_id, reason=CorrectionReason.ENTERED_IN_ERROR, data=event)
