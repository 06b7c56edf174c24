"""A referral's commands and events with everything valid, to be changed one member at a time."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.referral import commands, events
from services.referral.case import decider
from services.referral.codes import DecisionRole, DeclineReason, OfferTier, Priority, WithdrawalReason, WithdrawnBy
from services.referral.commands import AcceptReferral, DeclineReferral, ReceiveReferral, RecordBirth, WithdrawReferral
from services.referral.events import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
    ReferralWithdrawn,
    TaskRaised,
)
from services.referral.heard import Discharged, Known
from services.referral.task_codes import OwnerRole, TaskKind
from services.referral.team_settings import Eligibility, TeamSettings
from services.referral.values import InfantReferred
from shared.kernel.civil import Moment
from shared.kernel.ids import derived_id
from shared.testing.spec import spec

TODAY = date(2025, 6, 30)
RECEIVED_ON = date(2025, 3, 3)
INFANT = UUID(int=1)
UNBORN = UUID(int=2)

known = Known(moment=Moment.of(TODAY))
given = spec(decider, known)

born = InfantReferred(infant_id=INFANT, unborn=False, born_on=date(2024, 11, 20))
unborn = InfantReferred(infant_id=UNBORN, unborn=True, edd=date(2025, 6, 1))


def receive(**changes: Any) -> ReceiveReferral:
    example = commands.EXAMPLES["ReferralReceived"]
    assert isinstance(example, ReceiveReferral)
    return replace(example, **{"subjects": (born,), "received_at": None, **changes})


def event_for(command: commands.Command) -> events.Event:
    """What a first command on an empty case says."""
    [event] = decider.decide(decider.initial, command, known)
    return event


received = event_for(receive())
assert isinstance(received, ReferralReceived)
received_unborn = event_for(receive(subjects=(born, unborn)))

accept = AcceptReferral(
    decided_on=date(2025, 3, 5),
    offer_tier=OfferTier.SPECIALIST,
    priority=Priority.ROUTINE,
    decision_by=DecisionRole.TRIAGE_CLINICIAN,
)
accepted = ReferralAccepted(
    decided_on=accept.decided_on,
    offer_tier=accept.offer_tier,
    priority=accept.priority,
    decision_by=accept.decision_by,
    eligibility_rule_version="default-1",
)
decline = DeclineReferral(decided_on=date(2025, 3, 5), reason=DeclineReason.CAPACITY_CLOSED)
declined = ReferralDeclined(decided_on=decline.decided_on, reason=decline.reason, eligibility_rule_version="default-1")
withdraw = WithdrawReferral(on=date(2025, 3, 12), by=WithdrawnBy.FAMILY, reason=WithdrawalReason.HELP_ELSEWHERE)
withdrawn = ReferralWithdrawn(on=withdraw.on, by=withdraw.by, reason=withdraw.reason)
_birth = commands.EXAMPLES["InfantBorn"]
assert isinstance(_birth, RecordBirth)
birth = replace(_birth, infant_id=UNBORN)
infant_born = events.InfantBorn(
    infant_id=UNBORN, born_on=birth.born_on, gestation_weeks=birth.gestation_weeks, source=birth.source
)


def raised(kind: TaskKind, about: UUID, owner: OwnerRole, due_on: date) -> TaskRaised:
    """A task about something of the referral `received_unborn`."""
    assert isinstance(received_unborn, ReferralReceived)
    task_id = derived_id("task", kind, received_unborn.referral_id, about)
    return TaskRaised(task_id=task_id, kind=kind, due_on=due_on, owner_role=owner, about=about)


tasks_of_birth = (
    raised(TaskKind.TRACE_NHS_NUMBER, UNBORN, OwnerRole.ADMINISTRATOR, date(2025, 7, 1)),
    raised(TaskKind.REPOINT_MHSDS_SUBJECT, UNBORN, OwnerRole.ADMINISTRATOR, date(2025, 7, 7)),
)
"""P6: 42 days after the birth, and seven days after today."""

known_from_birth = replace(known, team=TeamSettings(eligibility=Eligibility(accepts_antenatal=False)))
"""In a team that does not work with unborn infants."""
MOTHER = receive().caregivers[0].caregiver_id
CARER = UUID(int=3)
"""A foster carer who is not in the referral."""
discharged = Discharged(discharged_on=date(2025, 5, 1), reason="planned_completed")
