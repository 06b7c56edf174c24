"""Any order of commands, deadlines, voids and time, against a plain model of what a family's assessments are."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.assessment.case import decider
from services.assessment.codes import AbandonReason, Recommendation, Stage
from services.assessment.commands import AcknowledgeErasure, CloseAfterVoidedAcceptance, FinishTask, RequestAssessment
from services.assessment.deadlines import deadlines
from services.assessment.events import COMPUTED, REGISTRY
from services.assessment.heard import ReferralWithdrawn
from services.assessment.state import answered
from shared.kernel.codec import to_json
from shared.kernel.errors import Rejected
from shared.kernel.history import EventVoided, VoidReason, effective
from tests.unit.assessment.build import (
    ACCEPTED_ON,
    FATHER,
    MOTHER,
    abandon,
    acceptance,
    complete,
    concern,
    heard,
    measure,
    observe,
    offer,
    reassess,
    received,
    start,
)
from tests.unit.trial import Trial, recorded

DAYS = st.sampled_from([ACCEPTED_ON + timedelta(days=days) for days in (-3, 0, 30, 60, 90, 120, 150)])
"""Few enough that two things often happen on one day, and reaching into the future."""
WITHDRAWN_ON = ACCEPTED_ON + timedelta(days=90)


@dataclass
class Round:
    """One assessment as a person at a desk would note it."""

    asked_on: date
    offers: set[date] = field(default_factory=set)
    started: date | None = None
    completed: date | None = None
    abandoned: date | None = None

    @property
    def over(self) -> date | None:
        return self.completed or self.abandoned

    @property
    def acts(self) -> list[date]:
        return [*self.offers, *([self.started] if self.started else [])]


class Assessments(RuleBasedStateMachine):
    """The model says of each command whether it may happen; the decider must agree, and nothing else must change."""

    def __init__(self) -> None:
        super().__init__()
        self.today = ACCEPTED_ON + timedelta(days=130)
        self.trial = Trial(decider, None)
        self.rounds = [Round(asked_on=date.min)]
        self.flags: list[tuple[UUID, date]] = []
        self.answers: list[tuple[UUID | None, date]] = []
        self.measured: dict[Any, Any] = {}
        self.withdrawn = False
        self.voided = False

    @initialize()
    def accepted(self) -> None:
        self.hear()
        assert self.trial.ask(RequestAssessment(due_on=ACCEPTED_ON + timedelta(days=28), targets_version="default-1"))

    def hear(self) -> None:
        gone = (ReferralWithdrawn(on=WITHDRAWN_ON),) if self.withdrawn else ()
        self.trial.known = heard(received, acceptance, *gone, on=self.today)

    def round_of(self, day: date) -> Round:
        return [each for each in self.rounds if each.asked_on <= day][-1]

    def possible(self, day: date) -> bool:
        return ACCEPTED_ON <= day <= self.today and not (self.withdrawn and day > WITHDRAWN_ON)

    def ask(self, command: Any, expected: bool) -> None:
        """What the model expects happens, once; after a void only the invariants count."""
        before = list(self.trial.history)
        done = self.trial.ask(command)
        if not self.voided:
            assert done is expected, command
        if not done:
            assert self.trial.history == before

    @rule(day=DAYS)
    def offers(self, day: date) -> None:
        now = self.round_of(day)
        fits = self.possible(day) and not (now.over is not None and day > now.over)
        self.ask(replace(offer, offer_on=day, appt_on=day), fits)
        if fits:
            now.offers.add(day)

    @rule(day=DAYS)
    def starts(self, day: date) -> None:
        now = self.round_of(day)
        fits = self.possible(day) and now.started in {None, day} and not (now.over is not None and day > now.over)
        self.ask(replace(start, on=day), fits)
        if fits:
            now.started = day

    @rule(day=DAYS, recommendation=st.sampled_from(Recommendation))
    def completes(self, day: date, recommendation: Recommendation) -> None:
        now = self.round_of(day)
        fits = self.possible(day) and now.over is None and all(act <= day for act in now.acts) and not self.open_flags()
        if now.completed is not None:
            return  # said again it is quiet or refused by what it says: test_completion has both
        self.ask(replace(complete, completed_on=day, recommendation=recommendation), fits)
        if fits:
            now.completed = day

    @rule(day=DAYS, reason=st.sampled_from(AbandonReason))
    def abandons(self, day: date, reason: AbandonReason) -> None:
        now = self.round_of(day)
        if now.abandoned is not None:
            return
        fits = ACCEPTED_ON <= day <= self.today and now.completed is None and all(act <= day for act in now.acts)
        self.ask(replace(abandon, on=day, reason=reason), fits)
        if fits:
            now.abandoned = day

    @rule(day=DAYS)
    def is_assessed_again(self, day: date) -> None:
        if any(each.asked_on == day for each in self.rounds):
            return
        last = self.rounds[-1]
        fits = self.possible(day) and last.over is not None and last.over < day
        self.ask(replace(reassess, requested_on=day), fits)
        if fits:
            self.rounds.append(Round(asked_on=day))

    @rule(gap=st.integers(0, 2), flag=st.booleans())
    def goes_on_in_order(self, gap: int, flag: bool) -> None:
        """The next step of the latest assessment, soon after the last one: so that many come to their end."""
        last = self.rounds[-1]
        day = max([ACCEPTED_ON, last.asked_on, last.over or date.min, *last.acts]) + timedelta(days=gap)
        if last.over is not None:
            self.is_assessed_again(day)
        elif last.started is None:
            self.starts(day)
        else:
            self.is_measured(day, MOTHER, flag, 30)
            self.is_a_concern(day, MOTHER)
            self.completes(day, Recommendation.PROGRAMME)

    @rule(
        day=DAYS, subject=st.sampled_from([MOTHER, FATHER]), flag=st.booleans(), total=st.sampled_from([-1, 0, 30, 31])
    )
    def is_measured(self, day: date, subject: UUID, flag: bool, total: int) -> None:
        key = ("measure", subject, day)
        result = (flag, total)
        said = self.measured.get(key)
        fits = 0 <= total <= 30 and received.received_on <= day <= self.today and said in {None, result}
        command = replace(measure, subject_ref=subject, completed_on=day, safety_item_flag=flag, total=Decimal(total))
        self.ask(command, fits)
        if fits and said is None:
            self.measured[key] = result
            if flag:
                self.flags.append((subject, day))

    @rule(day=DAYS, subject=st.sampled_from([MOTHER, FATHER, None]))
    def is_a_concern(self, day: date, subject: UUID | None) -> None:
        fits = received.received_on <= day <= self.today
        self.ask(replace(concern, raised_on=day, by_when=day, subject_ref=subject), fits)
        if fits:
            self.answers.append((subject, day))

    @rule(day=DAYS, number=st.integers(1, 3))
    def is_observed(self, day: date, number: int) -> None:
        said = self.measured.get(("observation", number))
        fits = received.received_on <= day <= self.today and said in {None, day}
        self.ask(replace(observe, observation_id=UUID(int=100 + number), on=day), fits)
        if fits:
            self.measured["observation", number] = day

    @rule(subject=st.sampled_from([MOTHER, FATHER]))
    def is_erased(self, subject: UUID) -> None:
        self.ask(AcknowledgeErasure(subject_ref=subject), True)

    @precondition(lambda self: len(self.trial.history) > 6)
    @rule()
    def an_acceptance_is_taken_back(self) -> None:
        """It closes an assessment without contacts; otherwise a task is raised, which somebody does."""
        self.ask(CloseAfterVoidedAcceptance(on=self.today, cause=UUID(int=7)), True)
        now, state = self.rounds[-1], self.trial.state()
        if state.current.abandoned is not None and now.over is None:
            now.abandoned = state.current.abandoned.on
        for task in state.tasks:
            self.ask(FinishTask(task_id=task.task_id, on=task.due_on - timedelta(days=7)), True)

    @precondition(lambda self: len(self.trial.history) > 9)
    @rule()
    def is_withdrawn(self) -> None:
        self.withdrawn = True
        self.hear()

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        """Whatever is due is recorded, each once; then nothing of it is due any more."""
        self.today += timedelta(days=days)
        self.hear()
        known = self.trial.known
        for deadline in deadlines(self.trial.state(), known):
            if deadline.due_at <= known.moment.now:
                before = len(self.trial.history)
                assert self.trial.ask(deadline.command)
                assert len(self.trial.history) == before + 1
        assert all(each.due_at > known.moment.now for each in deadlines(self.trial.state(), known))

    @precondition(lambda self: len(self.trial.history) > 12)
    @rule(data=st.data())
    def something_is_voided(self, data: st.DataObject) -> None:
        """From here on the model no longer knows what stands; the invariants must hold all the same."""
        target = data.draw(st.sampled_from(self.trial.history))
        void = EventVoided(corrects_event_id=target.event_id, reason=VoidReason.ENTERED_IN_ERROR)
        self.voided = self.trial.amend(void) or self.voided

    def open_flags(self) -> bool:
        return not all(
            any(about in {None, subject} and on >= day for about, on in self.answers) for subject, day in self.flags
        )

    @invariant()
    def invariants_of_the_domain_hold(self) -> None:
        state = self.trial.state()
        decider.check(state)
        for each in state.assessments:
            assert len(each.starts) <= 1
            assert len(each.completions) <= 1
            assert not (each.completions and each.abandoned)
            for done in each.completions:
                assert done.focus_relationships
                assert bool(done.measures_baseline) != (done.reason_not_measured is not None)
        assert all(answered(state, item) for item in state.flagged_before_completed)
        assert len({(item.target_code, item.due_on) for item in state.breaches}) == len(state.breaches) or self.voided

    @invariant()
    def the_model_and_the_state_agree(self) -> None:
        if self.voided:
            return
        state = self.trial.state()
        assert len(state.assessments) == len(self.rounds)
        for each, noted in zip(state.assessments, self.rounds, strict=True):
            assert {offered.offer_on for offered in each.offers} == noted.offers
            assert [begun.on for begun in each.starts] == ([noted.started] if noted.started else [])
            assert each.closed_on == noted.over
            assert (each.stage is Stage.COMPLETED) == (noted.completed is not None)

    @invariant()
    def what_was_written_and_read_again_folds_to_the_same_state(self) -> None:
        again = []
        for item in self.trial.history:
            event = REGISTRY.load(REGISTRY.type_of(item.event), orjson.loads(to_json(item.event)))
            again.append(recorded(event, item.version))
        assert decider.state_of(again) == self.trial.state()
        folded = decider.initial
        for stands in effective(self.trial.history):
            folded = decider.evolve(folded, stands.event)
        assert folded == self.trial.state()


TestAssessments = Assessments.TestCase
TestAssessments.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


def test_what_the_service_computes_is_a_member_of_the_event() -> None:
    for name, computed in COMPUTED.items():
        assert computed <= set(REGISTRY.classes[name].__dataclass_fields__)  # type: ignore[attr-defined]


def test_a_refusal_names_field_and_rule_and_nothing_of_what_was_said() -> None:
    known = heard(received, acceptance, on=ACCEPTED_ON)
    with pytest.raises(Rejected) as refused:
        decider.decide(decider.initial, replace(offer, offer_on=date(2031, 1, 9), appt_on=date(2031, 1, 9)), known)
    assert (refused.value.code, refused.value.field) == ("in-the-future", "/offer_on")
    assert "2031" not in str(refused.value)
