"""What the intervention service asks of itself when referral and assessment speak (domain 6.5). Pure.

The arrival order of what is heard cannot matter: a rule reads what stands now (`Known`), never what it remembers. What
rests on an episode that is not open yet waits, and is tried again after every arrival.
"""

from typing import Any

from services.intervention.commands import Command
from services.intervention.known import Known
from services.intervention.rule_commands import (
    AcknowledgeErasure,
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DecideClosing,
    DischargeAfterAssessment,
    FollowReopening,
    MoveOpening,
    OpenEpisode,
    RaiseProgrammeTask,
    ReviewAssessment,
    ReviewReferralVoid,
)
from shared.kernel.civil import civil_date
from shared.kernel.history import Recorded
from shared.kernel.rule import Rule


def open_episode(_cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P2: an accepted referral opens the episode on the day of the decision.

    A re-acceptance after a void is another cause and opens again.
    """
    if known.acceptance is None:
        return ()
    return (OpenEpisode(on=known.acceptance.event.decided_on),)


def move_opening(_cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P2: a decision corrected to an earlier day opens the episode earlier, so that sessions from then on fit."""
    if known.acceptance is None:
        return ()
    return (MoveOpening(on=known.acceptance.event.decided_on),)


def follow_assessment(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P3: a recommended programme is a task for a person; anything else discharges the case after the assessment.

    Before the acceptance has arrived it waits; nothing comes of it while an acceptance is voided that had never opened
    the episode. A correction of what was said is followed in the same way, and where a
    discharge or a programme rests on what was said before, a person looks at it.
    """
    completion = known.completion
    if completion is None:
        return ()
    on, programme = completion.completed_on, known.recommends_programme
    review = ReviewAssessment(on=civil_date(cause.recorded_at), cause=cause.event_id, programme=programme)
    if programme:
        return (review, RaiseProgrammeTask(on=on, cause=cause.event_id))
    return (review, DischargeAfterAssessment(on=on, cause=cause.event_id))


def follow_reopening(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P3 for a case that was closed in error when the assessment spoke, and was then accepted anew."""
    completion = known.completion
    if completion is None:
        return ()
    return (
        FollowReopening(on=completion.completed_on, cause=cause.event_id, programme=bool(known.recommends_programme)),
    )


def follow_withdrawal(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P4: a withdrawal after the acceptance closes the case; with no acceptance at a lower version: nothing."""
    if known.acceptance is None or known.withdrawal is None or known.acceptance.version > cause.version:
        return ()
    return (CloseAfterWithdrawal(on=known.withdrawal.event.on),)


def follow_loss(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P7: the pregnancy ended. A person decides with the family whether the case is closed; reminders stop.

    Before the acceptance it is the referral service's to follow.
    """
    if known.acceptance is None or known.acceptance.version > cause.version:
        return ()
    return (DecideClosing(on=cause.event.on, cause=cause.event_id),)


def follow_erasure(cause: Recorded[Any], _known: Known) -> tuple[Command, ...]:
    """A person was erased: this service destroys its key for them and says so, in any state of the case."""
    return (AcknowledgeErasure(subject_ref=cause.event.subject_ref),)


def follow_void(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """Something was taken back: what that means depends on what stands.

    No acceptance stands: a case without contacts closes as an administrative error, otherwise a person looks at it
    (domain 6.5). One stands, or the assessment changed: a person looks at a discharge or programme that rested on what
    was taken back.
    """
    on = civil_date(cause.recorded_at)
    if cause.store == "assessment":
        return (ReviewAssessment(on=on, cause=cause.event_id, programme=known.recommends_programme),)
    if known.acceptance is None:
        return (CloseAfterVoidedAcceptance(on=on, cause=cause.event_id),)
    return (ReviewReferralVoid(on=on, cause=cause.event_id, withdrawn=known.withdrawal is not None),)


RULES: tuple[Rule[Command, Known], ...] = (
    Rule("P2", frozenset({"ReferralAccepted"}), open_episode),
    Rule("P2-corrected", frozenset({"ReferralAcceptedCorrected"}), move_opening),
    Rule(
        "P3",
        frozenset({"AssessmentCompleted", "AssessmentCompletedCorrected"}),
        follow_assessment,
        rests_on="ReferralAccepted",
    ),
    Rule("P3-reopened", frozenset({"ReferralAccepted"}), follow_reopening),
    Rule("P4", frozenset({"ReferralWithdrawn"}), follow_withdrawal),
    Rule("P7", frozenset({"PregnancyEnded"}), follow_loss, rests_on="ReferralAccepted"),
    Rule("erasure", frozenset({"SubjectErased"}), follow_erasure),
    Rule("voided-acceptance", frozenset({"EventVoided"}), follow_void),
)
