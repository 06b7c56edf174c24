"""What is due in an assessment, by when, and who is to know when it was not done (rules P2, P9). Pure."""

from datetime import date

from services.assessment.codes import OwnerRole, Stage, TargetCode
from services.assessment.commands import Command, RecordBreach
from services.assessment.known import Known
from services.assessment.state import Assessment, State, answered
from shared.kernel.civil import end_of
from shared.kernel.deadlines import due_on
from shared.kernel.rule import Deadline

SAFETY_ANSWER_DAYS = 1
"""A safety item above 0 is answered on the next day at the latest [P]; no team sets this."""


def deadlines(state: State, known: Known) -> tuple[Deadline[Command], ...]:
    """All deadlines of the case that were neither met nor recorded as breached.

    A safety item is to be answered whatever became of the referral; everything else rests while the case is `quiet`.
    """
    due = [
        (TargetCode.ANSWER_SAFETY_ITEM, due_on(measure.completed_on, SAFETY_ANSWER_DAYS), OwnerRole.TEAM_LEAD)
        for measure in state.measures
        if measure.safety_item_flag and not answered(state, measure)
    ]
    if not known.quiet:
        due += _of(state.current, known)
    breached = {(item.target_code, item.due_on) for item in state.breaches}
    return tuple(
        Deadline(name=code, due_at=end_of(day), command=RecordBreach(target_code=code, due_on=day, owner_role=owner))
        for code, day, owner in sorted(set(due))
        if (code, day) not in breached
    )


def _of(assessment: Assessment, known: Known) -> list[tuple[TargetCode, date, OwnerRole]]:
    """Of the latest assessment, while it is open."""
    if assessment.stage not in {Stage.OFFERED, Stage.IN_PROGRESS}:
        return []
    found = []
    if not assessment.offers and not assessment.starts and assessment.due_on is not None:
        found.append((TargetCode.OFFER_ASSESSMENT, assessment.due_on, OwnerRole.TEAM_LEAD))
    began_on = (
        assessment.reassessments[0].requested_on if assessment.reassessments else known.accepted().event.decided_on
    )
    found.append(
        (
            TargetCode.COMPLETE_ASSESSMENT,
            due_on(began_on, known.team.targets.assess_days),
            OwnerRole.PRACTITIONER,
        )
    )
    return found
