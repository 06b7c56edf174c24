"""Any sequence of commands, voids and corrections against one aggregate, held against a plain list of what was said."""

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.kernel.codec import to_json
from shared.kernel.decider import amend
from shared.kernel.errors import Refusal
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason, effective
from shared.process.aggregate import Aggregate
from tests.unit.trial import recorded


class AggregateMachine(RuleBasedStateMachine):
    """One stream as it grows; `valid` is the rules again, written on the plain list."""

    aggregate: ClassVar[Aggregate[Any, Any, Any, Any]]
    known: ClassVar[Any]
    asks: ClassVar[st.SearchStrategy[Any]]

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Recorded[Any]] = []
        self.events: list[Any] = []
        """What stands, in order: the model."""

    def valid(self, events: Sequence[Any]) -> bool:
        raise NotImplementedError

    def followed(self, before: Sequence[Any], command: Any) -> None:
        """What else must hold after a command that was taken."""

    @property
    def state(self) -> Any:
        return self.aggregate.decider.state_of(self.history)

    def put(self, events: Sequence[Any]) -> None:
        for event in events:
            self.history.append(recorded(event, len(self.history) + 1))
        self.events = [item.event for item in effective(self.history)]

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        command = data.draw(self.asks)
        state, decider, before = self.state, self.aggregate.decider, list(self.events)
        try:
            wanted = self.aggregate.say(state, command, self.known)
        except Refusal:
            wanted = None
        may = wanted is not None and (wanted in before or self.valid([*before, wanted]))
        try:
            decided = decider.decide(state, command, self.known)
        except Refusal:
            assert not may
            return
        assert may
        assert decided[:1] == (() if wanted in before else (wanted,))
        self.put(decided)
        assert decider.decide(self.state, command, self.known) == (), "the repeated command must stay quiet"
        if decided:
            self.followed(before, command)

    @precondition(lambda self: self.history)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.history))
        self._amend(EventVoided(corrects_event_id=target.event_id, reason=VoidReason.ENTERED_IN_ERROR))

    @precondition(lambda self: self.history)
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(self.history))
        try:
            event = self.aggregate.say(self.state, data.draw(self.asks), self.known)
        except Refusal:
            return
        said = target.event.data if isinstance(target.event, Corrected) else target.event
        if type(said) is type(event):
            reason = CorrectionReason.NEW_INFORMATION
            self._amend(Corrected(corrects_event_id=target.event_id, reason=reason, data=event))

    def _amend(self, amendment: Any) -> None:
        pretended = [*self.history, recorded(amendment, len(self.history) + 1)]
        may = self.valid([item.event for item in effective(pretended)])
        refused = ""
        decided: tuple[Any, ...] = ()
        try:
            decided = amend(self.aggregate.decider, self.history, amendment)
        except Refusal as refusal:
            refused = refusal.code
        assert refused == "already-voided" or may == (not refused)
        self.put(decided)

    @invariant()
    def what_stands_is_valid_and_folds_the_same_from_its_bytes(self) -> None:
        assert self.valid(self.events)
        registry, decider = self.aggregate.registry, self.aggregate.decider
        decider.check(self.state)
        loaded = [
            recorded(registry.load(registry.type_of(item.event), orjson.loads(to_json(item.event))), item.version)
            for item in self.history
        ]
        assert decider.state_of(loaded) == self.state
