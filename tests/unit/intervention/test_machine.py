"""Any requests in any order against the plain model of an episode; whatever happens, the record stays whole."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.intervention.case import decider
from services.intervention.codes import NotAttended, Tier
from services.intervention.course_codes import FollowUpKind
from services.intervention.deadlines import deadlines
from services.intervention.events import REGISTRY, Discharged, TaskRaised
from services.intervention.rule_commands import (
    AcknowledgeErasure,
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DecideClosing,
    OpenEpisode,
    RaiseProgrammeTask,
    ReviewAssessment,
)
from shared.kernel.codec import to_json
from shared.kernel.decider import amend
from shared.kernel.errors import Refusal
from shared.kernel.history import EventVoided, Recorded, VoidReason, effective
from tests.unit.intervention.build import (
    CAUSE,
    COLLEAGUE,
    LEAD,
    MOTHER,
    OPENED_ON,
    TODAY,
    assign,
    complete,
    discharge,
    follow_up,
    hand_over,
    hold,
    known,
    miss,
    opened,
    pause,
    rate,
    reopen,
    resume,
    step_down,
)
from tests.unit.intervention.model import Answer, Model
from tests.unit.trial import recorded

DAYS = st.one_of(
    st.sampled_from([OPENED_ON - timedelta(days=1), OPENED_ON, assign.assigned_on, TODAY, TODAY + timedelta(days=1)]),
    st.integers(0, 40).map(lambda weeks: OPENED_ON + timedelta(days=5 * weeks)),
)
SESSIONS = st.integers(1, 6).map(lambda number: UUID(int=3000 + number))
ASKED_BY_RULES = [
    OpenEpisode(on=OPENED_ON),
    RaiseProgrammeTask(on=date(2025, 4, 14), cause=CAUSE),
    CloseAfterWithdrawal(on=date(2025, 6, 1)),
    CloseAfterVoidedAcceptance(on=date(2025, 4, 1), cause=CAUSE),
    ReviewAssessment(on=date(2025, 4, 1), cause=CAUSE, programme=None),
    DecideClosing(on=date(2025, 5, 1), cause=CAUSE),
    AcknowledgeErasure(subject_ref=MOTHER),
]


def from_the_wire(item: Recorded[Any]) -> Recorded[Any]:
    """What the store gives back of an event."""
    return replace(item, event=REGISTRY.load(REGISTRY.type_of(item.event), orjson.loads(to_json(item.event))))


class Episode(RuleBasedStateMachine):
    """One open episode, its history as stored, its state as kept in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Recorded[Any]] = []
        self.stored: list[Recorded[Any]] = []
        self.state = decider.initial
        self.record((opened,))

    def record(self, events: Sequence[Any]) -> None:
        for event in events:
            item = recorded(event, len(self.history) + 1)
            self.history.append(item)
            self.stored.append(from_the_wire(item))
            if not isinstance(event, EventVoided):
                self.state = decider.evolve(self.state, event)
                decider.check(self.state)

    @property
    def model(self) -> Model:
        return Model.of([item.event for item in effective(self.history)])

    def ask(self, command: Any, expected: Answer | None = None) -> tuple[Any, ...]:
        """Asks twice: the second time is silence, unless the first was a refusal."""
        events: tuple[Any, ...] = ()
        try:
            events = decider.decide(self.state, command, known)
            answer = Answer.NEWS if events else Answer.SILENCE
        except Refusal:
            answer = Answer.REFUSAL
        assert expected in {None, answer}, command
        if answer is Answer.REFUSAL:
            return ()
        self.record(events)
        assert decider.decide(self.state, command, known) == ()
        return events

    @rule(day=DAYS)
    def assigns_a_programme(self, day: date) -> None:
        self.ask(replace(assign, assigned_on=day, care_plan_agreed_on=None), self.model.assign(day))

    @rule(session=SESSIONS, day=DAYS, treatment=st.booleans(), alone=st.booleans())
    def holds_a_session(self, session: UUID, day: date, treatment: bool, alone: bool) -> None:
        model, infants = self.model, () if alone else hold.infants_present
        if session in model.held:  # the same again, or the same on another day
            before = next(item for item in self.state.held if item.session_id == session)
            treatment, infants = before.is_treatment, before.infants_present
        command = replace(
            hold, session_id=session, held_on=day, started_at=None, is_treatment=treatment, infants_present=infants
        )
        self.ask(command, model.hold(session, day))

    @rule(session=SESSIONS, day=DAYS)
    def misses_a_session(self, session: UUID, day: date) -> None:
        command = replace(miss, session_id=session, on=day, attend_status=NotAttended.DID_NOT_ATTEND, cancelled_on=None)
        events = self.ask(command, self.model.miss(session, day))
        assert not any(isinstance(event, Discharged) for event in events)

    @rule(day=DAYS, up=st.booleans())
    def steps(self, day: date, up: bool) -> None:
        former, new = (Tier.TARGETED, Tier.SPECIALIST) if up else (Tier.SPECIALIST, Tier.TARGETED)
        model = self.model
        command = replace(step_down, on=day, from_tier=former, to_tier=new)
        self.ask(command, model.change(model.tier, (day, former, new)))

    @rule(day=DAYS, pair=st.permutations([LEAD, COLLEAGUE, UUID(int=98)]))
    def hands_over(self, day: date, pair: list[UUID]) -> None:
        model = self.model
        command = replace(hand_over, on=day, from_practitioner_id=pair[0], to_practitioner_id=pair[1])
        self.ask(command, model.change(model.lead, (day, pair[0], pair[1])))

    @rule(day=DAYS, value=st.integers(0, 2))
    def rates_a_goal(self, day: date, value: int) -> None:
        self.ask(replace(rate, on=day, value=value), self.model.rate(rate.goal_id, day, value))

    @rule(day=DAYS)
    def pauses(self, day: date) -> None:
        self.ask(replace(pause, from_on=day), self.model.pause(day))

    @rule(day=DAYS)
    def resumes(self, day: date) -> None:
        self.ask(replace(resume, on=day), self.model.resume(day))

    @rule(day=DAYS)
    def completes(self, day: date) -> None:
        self.ask(replace(complete, on=day), self.model.complete(day))

    @rule(day=DAYS)
    def discharges(self, day: date) -> None:
        standing = self.state.discharge
        same = (
            discharge
            if standing is None
            else replace(discharge, reason=standing.reason, planned=standing.planned, destination=standing.destination)
        )
        self.ask(replace(same, discharged_on=day), self.model.discharge(day))

    @rule(day=DAYS)
    def reopens(self, day: date) -> None:
        self.ask(replace(reopen, on=day), self.model.reopen(day))

    @rule(day=DAYS, kind=st.sampled_from(list(FollowUpKind)[:2]))
    def follows_up(self, day: date, kind: FollowUpKind) -> None:
        self.ask(replace(follow_up, on=day, kind=kind), self.model.follow_up(day, kind))

    @rule(command=st.sampled_from(ASKED_BY_RULES))
    def a_rule_asks(self, command: Any) -> None:
        self.ask(command)

    @rule()
    def the_clock_rings(self) -> None:
        for deadline in deadlines(self.state, known)[:1]:
            assert self.ask(deadline.command, Answer.NEWS)
            assert deadline.command not in [each.command for each in deadlines(self.state, known)]

    @precondition(lambda self: len(self.history) > 1)
    @rule(number=st.integers(0, 200))
    def takes_something_back(self, number: int) -> None:
        """Anything but the opening: without it there is no episode to ask about."""
        target = self.history[1 + number % (len(self.history) - 1)]
        amendment = EventVoided(corrects_event_id=target.event_id, reason=VoidReason.ENTERED_IN_ERROR)
        try:
            self.record(amend(decider, self.history, amendment))
        except Refusal:
            return
        self.state = decider.state_of(self.history)

    @invariant()
    def the_invariants_hold(self) -> None:
        decider.check(self.state)

    @invariant()
    def what_is_stored_folds_to_what_is_known_in_memory(self) -> None:
        assert decider.state_of(self.stored) == self.state

    @invariant()
    def the_model_agrees_on_what_is_on_record(self) -> None:
        state, model = self.state, self.model
        assert {item.session_id: item.held_on for item in state.held} == model.held
        assert (state.discharge and state.discharge.discharged_on) == model.discharged_on
        assert (state.lead, state.tier) == (model.lead.now, model.tier.now)
        assert state.paused == model.pauses.running

    @invariant()
    def nobody_is_asked_the_same_twice_at_once(self) -> None:
        """As long as nobody takes it back that a task was done."""
        if any(isinstance(item.event, EventVoided) for item in self.history):
            return
        open_kinds = [task.kind for task in self.state.tasks if task in self.state.open_tasks(task.kind)]
        assert len(open_kinds) == len(set(open_kinds))
        assert all(isinstance(task, TaskRaised) for task in self.state.tasks)


TestEpisode = Episode.TestCase
TestEpisode.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
