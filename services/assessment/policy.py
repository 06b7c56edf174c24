"""What the assessment service asks of itself when the referral service speaks (domain 6.5). Pure.

The arrival order of what is heard cannot matter: a rule reads what stands now (`Known`), never what it remembers.
`docs/process-rules.md` says in words what is done, and what is not.
"""

from typing import Any

from services.assessment.commands import (
    AcknowledgeErasure,
    CloseAfterVoidedAcceptance,
    Command,
    MoveRequest,
    RequestAssessment,
    ReviewRestoredAcceptance,
)
from services.assessment.known import Known
from shared.kernel.civil import civil_date
from shared.kernel.deadlines import due_on
from shared.kernel.history import Corrected, Recorded
from shared.kernel.rule import Rule


def request_assessment(_cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P2: an accepted referral asks for an assessment, to be offered by the team's target; not after a loss (P7).

    A re-acceptance after a void is another cause and asks again.
    """
    if known.acceptance is None or known.family.bereaved:
        return ()
    due = due_on(known.acceptance.event.decided_on, known.team.targets.offer_days)
    return (RequestAssessment(due_on=due, targets_version=known.team.version),)


def follow_correction(_cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """The acceptance was corrected: an offer that nobody has made yet is due by the corrected date."""
    if known.acceptance is None or known.family.bereaved:
        return ()
    due = due_on(known.acceptance.event.decided_on, known.team.targets.offer_days)
    return (MoveRequest(due_on=due, targets_version=known.team.version),)


def follow_void(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """Something of the referral was taken back: what that means depends on whether an acceptance stands.

    None stands: an assessment without attended contacts closes as an administrative error, otherwise a person looks at
    it (domain 6.5). One stands: nothing, unless the assessment was closed so before; then a person looks at that.
    """
    on = civil_date(cause.recorded_at)
    if known.acceptance is None:
        return (CloseAfterVoidedAcceptance(on=on, cause=cause.event_id),)
    return (ReviewRestoredAcceptance(on=on, cause=cause.event_id),)


def acknowledge_erasure(cause: Recorded[Any], _known: Known) -> tuple[Command, ...]:
    """The referral service has erased a person: this service destroys its own keys and says so."""
    erased = cause.event.data if isinstance(cause.event, Corrected) else cause.event
    return (AcknowledgeErasure(subject_ref=erased.subject_ref),)


RULES: tuple[Rule[Command, Known], ...] = (
    Rule("P2", frozenset({"ReferralAccepted"}), request_assessment),
    Rule("corrected-acceptance", frozenset({"ReferralAcceptedCorrected"}), follow_correction),
    Rule("voided-acceptance", frozenset({"EventVoided"}), follow_void),
    Rule("erasure", frozenset({"SubjectErased"}), acknowledge_erasure),
)
