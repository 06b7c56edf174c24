"""What is computed and checked when a referral is received, decided, held, or asked about. Pure."""

from datetime import timedelta

from services.referral import family, rules
from services.referral.commands import (
    AcceptReferral,
    DeclineReferral,
    HoldUntilBirth,
    ReceiveReferral,
    RequestInfo,
)
from services.referral.events import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralHeldUntilBirth,
    ReferralInfoRequested,
    ReferralReceived,
)
from services.referral.heard import Known
from services.referral.state import State
from services.referral.triage_codes import TriageDecision
from services.referral.values import Subject
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of

_ELSEWHERE = frozenset({TriageDecision.SIGNPOSTED, TriageDecision.REDIRECTED_TRANSFER})


def received(state: State, command: ReceiveReferral, known: Known) -> ReferralReceived:
    """The receipt, with each infant's age on that day; its id stays when it is said or corrected again."""
    for place, infant in enumerate(command.subjects):
        rules.check_infant(infant, place, command.received_on)
    subjects = tuple(
        event_of(Subject, infant, age_days=rules.age_days(infant, command.received_on)) for infant in command.subjects
    )
    infants = sorted(infant.infant_id for infant in command.subjects)
    referral_id = (
        state.received[0].referral_id if state.received else derived_id("referral", *infants, str(command.received_on))
    )
    version = known.team.version
    return event_of(
        ReferralReceived, command, subjects=subjects, referral_id=referral_id, eligibility_rule_version=version
    )


def accepted(state: State, command: AcceptReferral, known: Known) -> ReferralAccepted:
    """The acceptance of a referral that meets the team's rules, or that a clinician takes on in spite of them."""
    if command.override is not None and command.decision_by not in rules.CLINICIANS:
        raise Rejected("override-needs-clinician", "only a clinician overrides the rules", field="/decision_by")
    if command.override is None and misses(state, known):
        raise Rejected("not-eligible", "the team's rules are not met: decline, hold or override", field="/override")
    return event_of(ReferralAccepted, command, eligibility_rule_version=known.team.version)


def misses(state: State, known: Known) -> tuple[rules.Miss, ...]:
    """What of the team's rules the referral does not meet, as the record stands."""
    return tuple(
        miss
        for item in state.received[:1]
        for miss in rules.misses(
            item,
            known.team.eligibility,
            born_since=frozenset(birth.infant_id for birth in state.births),
            lost=family.lost(state),
        )
    )


def declined(command: DeclineReferral, known: Known) -> ReferralDeclined:
    """The decline; who is pointed or handed to another service is told which."""
    if command.triage_decision is not TriageDecision.DECLINED and command.triage_decision not in _ELSEWHERE:
        raise Rejected(
            "not-a-decline",
            "declined, signposted or redirected_transfer: others are said otherwise",
            field="/triage_decision",
        )
    if command.triage_decision in _ELSEWHERE and not command.signposted_to:
        raise Rejected("signpost-needed", "say to whom the family was pointed", field="/signposted_to")
    if len(set(command.signposted_to)) < len(command.signposted_to):
        raise Rejected("duplicate-signpost", "the same one is named twice", field="/signposted_to")
    return event_of(ReferralDeclined, command, eligibility_rule_version=known.team.version)


def held(command: HoldUntilBirth, known: Known) -> ReferralHeldUntilBirth:
    """The wait for a birth, in a team that works from birth on."""
    if known.team.eligibility.accepts_antenatal:
        raise Rejected("antenatal-accepted", "the team takes unborn infants: decide")
    return event_of(ReferralHeldUntilBirth, command, eligibility_rule_version=known.team.version)


def still_unborn(state: State) -> bool:
    """Whether a birth is still to be waited for."""
    known = family.lost(state) | {birth.infant_id for birth in state.births}
    return any(
        infant.unborn and infant.infant_id not in known for item in state.received[:1] for infant in item.subjects
    )


def info_requested(state: State, command: RequestInfo, known: Known) -> ReferralInfoRequested:
    """The request, due by the team's target if nothing else is said; asked again it keeps the day that was said."""
    said = next(
        (
            enquiry.due_on
            for enquiry in state.enquiries
            if isinstance(enquiry, ReferralInfoRequested) and (enquiry.on, enquiry.what) == (command.on, command.what)
        ),
        command.on + timedelta(days=known.team.targets.info_days),
    )
    return event_of(ReferralInfoRequested, command, due_on=command.due_on or said)
