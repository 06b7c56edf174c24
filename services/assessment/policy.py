"""What the assessment service asks of itself when the referral service speaks (domain 6.5). Pure.

The arrival order of what is heard cannot matter: a rule reads what stands now (`Known`), never what it remembers.
"""

from typing import Any

from services.assessment import rules
from services.assessment.commands import (
    CloseAfterVoidedAcceptance,
    Command,
    RequestAssessment,
    ReviewRestoredAcceptance,
)
from services.assessment.heard import Known
from shared.kernel.civil import civil_date
from shared.kernel.history import Recorded
from shared.kernel.rule import Rule


def request_assessment(_cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P2: an accepted referral asks for an assessment, to be offered by the team's target.

    A re-acceptance after a void is another cause and asks again.
    """
    if known.acceptance is None:
        return ()
    return (RequestAssessment(due_on=rules.offer_due_on(known.acceptance.event.decided_on)),)


def follow_void(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """Something of the referral was taken back: what that means depends on whether an acceptance stands.

    None stands: an assessment without attended contacts closes as an administrative error, otherwise a person looks at
    it (domain 6.5). One stands: nothing, unless the assessment was closed so before; then a person looks at that.
    """
    on = civil_date(cause.recorded_at)
    if known.acceptance is None:
        return (CloseAfterVoidedAcceptance(on=on, cause=cause.event_id),)
    return (ReviewRestoredAcceptance(on=on, cause=cause.event_id),)


RULES: tuple[Rule[Command, Known], ...] = (
    Rule("P2", frozenset({"ReferralAccepted"}), request_assessment),
    Rule("voided-acceptance", frozenset({"EventVoided"}), follow_void),
)
