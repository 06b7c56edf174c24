"""What may be asked about an episode's course, its ending and what comes after."""

from typing import Annotated
from uuid import UUID

from services.intervention.codes import DischargeReason
from services.intervention.course_codes import (
    DeclinedBy,
    FollowUpKind,
    FollowUpOutcome,
    MonitoringBy,
    PauseReason,
    ReopenReason,
)
from services.intervention.values import Partners
from shared.kernel.fields import CivilDate, Len
from shared.kernel.values import value


@value
class PauseEpisode:
    """Let the work rest."""

    from_on: CivilDate
    reason: PauseReason


@value
class ResumeEpisode:
    """Go on with the work."""

    on: CivilDate


@value
class StartActiveMonitoring:
    """Watch instead of treating."""

    on: CivilDate
    by: MonitoringBy


@value
class EndActiveMonitoring:
    """Stop watching."""

    on: CivilDate
    by: MonitoringBy


@value
class DeclineTreatment:
    """Note that the treatment offered is not wanted."""

    on: CivilDate
    by: DeclinedBy


@value
class CompleteProgramme:
    """Note that the programme is through."""

    on: CivilDate


@value
class Discharge:
    """Close the case."""

    discharged_on: CivilDate
    reason: DischargeReason
    planned: bool
    destination: Partners = ()


@value
class ReopenEpisode:
    """Undo a discharge that was an error."""

    on: CivilDate
    reason: ReopenReason


@value
class RecordFollowUp:
    """Note how the family was doing after its discharge."""

    on: CivilDate
    kind: FollowUpKind
    outcomes: Annotated[tuple[FollowUpOutcome, ...], Len(1, 7)]


@value
class FinishTask:
    """Note that a task is done."""

    task_id: UUID
    on: CivilDate
