"""Random commands against a plain model: what happens, what stays quiet, what is refused, and what then holds."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.referral import access, family
from services.referral.case import decider
from services.referral.codes import BirthSource, CaregiverRole, Flag, ParentalResponsibility
from services.referral.commands import (
    ChangeFlags,
    Command,
    DenyAccess,
    EndLink,
    EndPregnancy,
    EraseSubject,
    LiftDenial,
    LinkDuplicate,
    LinkMember,
    ProvideInfo,
    RecordBirth,
    RecordDetails,
    ReplaceIdentity,
    RequestInfo,
)
from services.referral.deadlines import deadlines
from services.referral.events import REGISTRY, Event, ReferralAccepted, TaskRaised
from services.referral.family_codes import DenialReason, LinkEndReason
from services.referral.heard import Known
from services.referral.state import evolve
from services.referral.triage_codes import InformationNeeded
from shared.kernel.civil import Moment
from shared.kernel.codec import to_json
from shared.kernel.errors import Rejected
from tests.unit.referral.build import (
    CARER,
    INFANT,
    MOTHER,
    RECEIVED_ON,
    UNBORN,
    accept,
    born,
    decline,
    receive,
    unborn,
    withdraw,
)
from tests.unit.referral.model import HAPPENS, HORIZON, OPEN, QUIET, REFUSED, Care, Model

NEW = (UUID(int=20), UUID(int=21), UUID(int=22))
INFANTS = st.sampled_from((INFANT, UNBORN, *NEW))
CARERS = st.sampled_from((MOTHER, CARER, UUID(int=4)))
DAYS = st.integers(0, 30)
NEEDS = st.sampled_from((InformationNeeded.CONSENT, InformationNeeded.RISK))
WHO = st.sampled_from(("p-1", "p-2"))
DECIDED: dict[str, Command] = {"accepted": accept, "declined": decline, "withdrawn": withdraw}
BORN_ON = date(2025, 3, 20)


def on(day: int) -> date:
    return RECEIVED_ON + timedelta(days=day)


class ReferralMachine(RuleBasedStateMachine):
    """One case; every command is asked again at once and must then stay quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.state = decider.initial
        self.stored: list[Event] = []
        self.now = Moment.of(on(35))

    @property
    def known(self) -> Known:
        return Known(moment=self.now)

    def ask(self, command: Command) -> str:
        """What came of it; what `decide` says is what is folded."""
        try:
            events = decider.decide(self.state, command, self.known)
        except Rejected:
            return REFUSED
        for event in events:
            self.state = evolve(self.state, event)
            text = REGISTRY.type_of(event)
            loaded = REGISTRY.load(text, orjson.loads(to_json(event)))
            self.stored.append(loaded)  # type: ignore[arg-type]
        assert decider.decide(self.state, command, self.known) == ()
        return HAPPENS if events else QUIET

    @initialize()
    def received(self) -> None:
        assert self.ask(decline) == REFUSED
        assert self.ask(receive(subjects=(born, unborn))) == HAPPENS
        model = self.model
        model.status, model.infants, model.unborn = "received", {INFANT, UNBORN}, {UNBORN}
        model.everybody = {INFANT, UNBORN, MOTHER}
        model.care = [Care(infant, MOTHER, (True, True), 0) for infant in (INFANT, UNBORN)]

    @rule(day=DAYS, what=NEEDS)
    def ask_for_information(self, day: int, what: InformationNeeded) -> None:
        model, expected = self.model, REFUSED
        if (day, what) in model.asked:
            expected = QUIET
        elif model.status == "received":
            expected, model.status, model.asked_on = HAPPENS, "asked", day
            model.asked.add((day, what))
        assert self.ask(RequestInfo(on=on(day), what=(what,))) == expected

    @rule(day=DAYS, what=NEEDS)
    def bring_information(self, day: int, what: InformationNeeded) -> None:
        model, expected = self.model, REFUSED
        if (day, what) in model.provided:
            expected = QUIET
        elif model.status == "asked" and day >= model.asked_on:
            expected, model.status = HAPPENS, "received"
            model.provided.add((day, what))
        assert self.ask(ProvideInfo(on=on(day), what=(what,))) == expected

    @rule(wanted=st.sampled_from(("accepted", "declined")))
    def decide_once(self, wanted: str) -> None:
        model, expected = self.model, REFUSED
        if model.status in OPEN:
            expected, model.status = HAPPENS, wanted
        elif model.status == wanted or (wanted == "accepted" and model.status == "accepted then withdrawn"):
            expected = QUIET
        assert self.ask(DECIDED[wanted]) == expected

    @rule()
    def link_duplicate(self) -> None:
        model, expected = self.model, REFUSED
        if model.status in OPEN:
            expected, model.status = HAPPENS, "duplicate"
        elif model.status == "duplicate":
            expected = QUIET
        assert self.ask(LinkDuplicate(of_case_id=UUID(int=9), on=on(1))) == expected

    @rule()
    def withdraw_it(self) -> None:
        model, expected = self.model, REFUSED
        if model.status in OPEN | {"accepted"}:
            expected = HAPPENS
            model.status = "withdrawn" if model.status in OPEN else "accepted then withdrawn"
        elif "withdrawn" in model.status:
            expected = QUIET
        assert self.ask(withdraw) == expected

    @rule(infant=INFANTS, carer=CARERS, primary=st.booleans(), has_pr=st.booleans(), day=DAYS)
    def join(self, infant: UUID, carer: UUID, primary: bool, has_pr: bool, day: int) -> None:
        command = LinkMember(
            caregiver_id=carer,
            infant_id=infant,
            role=CaregiverRole.MOTHER,
            has_pr=ParentalResponsibility.YES if has_pr else ParentalResponsibility.NO,
            primary=primary,
            from_on=on(day),
        )
        expected = self.model.link(command, Care(infant, carer, (primary, has_pr), day))
        assert self.ask(command) == expected

    @rule(infant=INFANTS, carer=CARERS, day=DAYS)
    def leave(self, infant: UUID, carer: UUID, day: int) -> None:
        command = EndLink(caregiver_id=carer, infant_id=infant, to_on=on(day), reason=LinkEndReason.OTHER)
        assert self.ask(command) == self.model.unlink(command, infant, carer, day)

    @rule(infant=INFANTS, new=st.sampled_from(NEW), day=st.integers(20, 30))
    def adopt(self, infant: UUID, new: UUID, day: int) -> None:
        command = ReplaceIdentity(infant_id=infant, new_infant_id=new, on=on(day))
        assert self.ask(command) == self.model.adopt(infant, new, day)

    @rule()
    def bear(self) -> None:
        model, expected = self.model, QUIET
        if UNBORN in model.lost:
            expected = REFUSED
        elif UNBORN in model.unborn:
            expected = HAPPENS
            model.unborn.discard(UNBORN)
        assert self.ask(RecordBirth(infant_id=UNBORN, born_on=BORN_ON, source=BirthSource.STAFF)) == expected

    @rule()
    def lose(self) -> None:
        model, expected = self.model, QUIET
        if UNBORN not in model.unborn:
            expected = REFUSED
        elif UNBORN not in model.lost:
            expected = HAPPENS
            model.lost.add(UNBORN)
        assert self.ask(EndPregnancy(infant_id=UNBORN, on=on(3))) == expected

    @rule(day=DAYS, flags=st.sets(st.sampled_from(Flag), max_size=3))
    def change_flags(self, day: int, flags: set[Flag]) -> None:
        assert self.ask(ChangeFlags(on=on(day), flags=tuple(sorted(flags)))) in {HAPPENS, QUIET}

    @rule(person=st.one_of(INFANTS, CARERS), actor=WHO, day=DAYS)
    def deny(self, person: UUID, actor: str, day: int) -> None:
        command = DenyAccess(subject_ref=person, actor_id=actor, on=on(day), reason=DenialReason.OTHER)
        assert self.ask(command) == self.model.deny((person, actor), day)

    @rule(person=st.one_of(INFANTS, CARERS), actor=WHO, day=DAYS)
    def lift(self, person: UUID, actor: str, day: int) -> None:
        command = LiftDenial(subject_ref=person, actor_id=actor, on=on(day))
        assert self.ask(command) == self.model.lift((person, actor), day)

    @rule(person=st.one_of(INFANTS, CARERS), day=DAYS)
    def tell(self, person: UUID, day: int) -> None:
        assert self.ask(RecordDetails(subject_ref=person, on=on(day))) == self.model.tell(person, day)

    @rule(person=CARERS)
    def erase(self, person: UUID) -> None:
        expected = QUIET if person in self.model.erased else HAPPENS
        assert self.ask(EraseSubject(subject_ref=person)) == expected
        self.model.erased.add(person)

    @rule(days=st.integers(1, 10))
    def let_time_pass(self, days: int) -> None:
        self.now = Moment(self.now.now + timedelta(days=days))

    @precondition(lambda self: any(item.due_at <= self.now.now for item in deadlines(self.state, self.known)))
    @rule()
    def ring(self) -> None:
        due = [item for item in deadlines(self.state, self.known) if item.due_at <= self.now.now]
        for item in due:
            assert self.ask(item.command) == HAPPENS
        assert not [item for item in deadlines(self.state, self.known) if item in due]

    @invariant()
    def the_record_keeps_its_invariants(self) -> None:
        decider.check(self.state)

    @invariant()
    def what_is_stored_folds_to_the_same(self) -> None:
        assert decider.fold(self.stored) == self.state

    @invariant()
    def the_decision_is_the_models(self) -> None:
        state, status = self.state, self.model.status
        assert (state.open_request is not None) is (status == "asked") or status not in OPEN | {"unknown"}
        assert (state.withdrawal is not None) is ("withdrawn" in status)
        assert isinstance(state.decision, ReferralAccepted) is status.startswith("accepted")
        assert state.closed is (status not in OPEN | {"unknown", "accepted"})

    @invariant()
    def the_same_people_care_for_the_same_infants_on_every_day(self) -> None:
        assert family.infants(self.state) == self.model.infants
        assert family.people(self.state) == self.model.people()
        assert family.everybody(self.state) == self.model.everybody
        links = family.links(self.state)
        for infant in self.model.everybody:
            for day in (0, 1, 10, 15, 20, 29, 30, HORIZON - 1):
                told = {link.caregiver_id for link in links if link.infant_id == infant and link.on(on(day))}
                assert told == self.model.carers(infant, day)
        for day in range(HORIZON):
            primary = [link.infant_id for link in links if link.primary and link.on(on(day))]
            assert len(set(primary)) == len(primary)

    @invariant()
    def who_is_denied_is_denied(self) -> None:
        held = {who for who in self.model.words if self.model.holds(who)}
        assert access.denials(self.state) == held
        assert access.denied(self.state) == {actor for _, actor in held}

    @invariant()
    def after_a_loss_nothing_is_sent(self) -> None:
        if self.model.lost:
            assert access.suppressed(self.state) == "pregnancy_ended"

    @invariant()
    def tasks_and_targets_are_told_once(self) -> None:
        raised = [task.task_id for task in self.state.tasks]
        assert len(set(raised)) == len(raised)
        missed = [(item.target_code, item.due_on) for item in self.state.breaches]
        assert len(set(missed)) == len(missed)
        assert sum(isinstance(event, TaskRaised) for event in self.stored) == len(raised)


ReferralMachine.TestCase.settings = settings(stateful_step_count=40, deadline=None)
TestReferralMachine: Any = ReferralMachine.TestCase
