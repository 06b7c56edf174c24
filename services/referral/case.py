"""The referral: what was received, what was decided, who was born. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.referral import rules
from services.referral.commands import (
    AcceptReferral,
    Command,
    DeclineReferral,
    LinkCaseReference,
    ReceiveReferral,
    RecordBirth,
    WithdrawReferral,
)
from services.referral.events import (
    COMPUTED,
    CaseReferenceLinked,
    Event,
    InfantBorn,
    Outcome,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
    ReferralWithdrawn,
)
from services.referral.heard import Known
from services.referral.invariants import check_births, check_outcomes, check_received
from services.referral.values import Subject
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import as_said, event_of


@dataclass(frozen=True, slots=True)
class State:
    """The facts about one referral that later rules need, each kind in the order of the stream.

    One of each is what `decide` allows; an amended history may hold more for a moment, which `check` then refuses.
    """

    received: tuple[ReferralReceived, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    births: tuple[InfantBorn, ...] = ()
    references: tuple[CaseReferenceLinked, ...] = ()

    @property
    def decision(self) -> ReferralAccepted | ReferralDeclined | None:
        """The decision that stands."""
        return next((item for item in self.outcomes if not isinstance(item, ReferralWithdrawn)), None)

    @property
    def withdrawal(self) -> ReferralWithdrawn | None:
        """The withdrawal that stands."""
        return next((item for item in self.outcomes if isinstance(item, ReferralWithdrawn)), None)


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case ReferralReceived():
            return replace(state, received=(*state.received, event))
        case ReferralAccepted() | ReferralDeclined() | ReferralWithdrawn():
            return replace(state, outcomes=(*state.outcomes, event))
        case InfantBorn():
            return replace(state, births=(*state.births, event))
        case CaseReferenceLinked():
            return replace(state, references=(*state.references, event))
    assert_never(event)


def check(state: State) -> None:
    """Refuses a state that breaks an invariant between events (domain 6.4)."""
    received = check_received(state.received, empty=state == State())
    if received is not None:
        check_outcomes(received, state.outcomes)
        check_births(received, state.births)


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The event that a command asks for; nothing if it was said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
    """
    wanted = say(state, command, known)
    said = _said(state, wanted)
    news = once(said, as_said(said, wanted, COMPUTED.get(type(wanted).__name__, ())))
    if news:
        _allow(state, wanted, known)
        check(evolve(state, wanted))
    return news


def say(state: State, command: Command, known: Known) -> Event:
    """The event that a command or a correction asks for, with its computed members, its own fields checked."""
    match command:
        case ReceiveReferral():
            return _received(state, command, known)
        case LinkCaseReference():
            return event_of(CaseReferenceLinked, command)
        case AcceptReferral():
            _not_in_future(command.decided_on, known, "/decided_on")
            return _accepted(state, command)
        case DeclineReferral():
            _not_in_future(command.decided_on, known, "/decided_on")
            return event_of(ReferralDeclined, command)
        case WithdrawReferral():
            _not_in_future(command.on, known, "/on")
            return event_of(ReferralWithdrawn, command)
        case RecordBirth():
            _not_in_future(command.born_on, known, "/born_on")
            return event_of(InfantBorn, command)
    assert_never(command)


def _received(state: State, command: ReceiveReferral, known: Known) -> ReferralReceived:
    _not_in_future(command.received_on, known, "/received_on")
    for place, infant in enumerate(command.subjects):
        rules.check_infant(infant, place, command.received_on)
    subjects = tuple(
        event_of(Subject, infant, age_days=rules.age_days(infant, command.received_on)) for infant in command.subjects
    )
    infants = sorted(infant.infant_id for infant in command.subjects)
    referral_id = (
        state.received[0].referral_id if state.received else derived_id("referral", *infants, str(command.received_on))
    )
    version = rules.DEFAULTS.version
    return event_of(
        ReferralReceived, command, subjects=subjects, referral_id=referral_id, eligibility_rule_version=version
    )


def _accepted(state: State, command: AcceptReferral) -> ReferralAccepted:
    if command.override is not None and command.decision_by not in rules.CLINICIANS:
        raise Rejected("override-needs-clinician", "only a clinician overrides the rules", field="/decision_by")
    for received in state.received[:1]:
        if command.override is None and not rules.eligible(received.subjects, received.received_on):
            raise Rejected("not-eligible", "no infant within the team's window: decline or override", field="/override")
    return event_of(ReferralAccepted, command, eligibility_rule_version=rules.DEFAULTS.version)


def _allow(state: State, wanted: Event, known: Known) -> None:
    """What may be on record but not be said now."""
    accepted = isinstance(state.decision, ReferralAccepted)
    if isinstance(wanted, ReferralWithdrawn) and accepted and known.discharged is not None:
        raise Rejected("already-discharged", "the case was discharged; there is nothing left to withdraw")


def _said(state: State, wanted: Event) -> Event | None:
    """What was said before in the place of `wanted`, if anything."""
    match wanted:
        case ReferralReceived():
            return state.received[0] if state.received else None
        case ReferralAccepted() | ReferralDeclined():
            return state.decision
        case ReferralWithdrawn():
            return state.withdrawal
        case InfantBorn(infant_id=infant):
            return next((birth for birth in state.births if birth.infant_id == infant), None)
        case CaseReferenceLinked():
            return wanted if wanted in state.references else None
    assert_never(wanted)


def _not_in_future(day: date, known: Known, field: str) -> None:
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)


decider: Decider[State, Command, Event, Known] = Decider("referral", State(), evolve, decide, check)
