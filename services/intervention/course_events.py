"""Events of an episode's course: pauses, monitoring, what was declined, the ending, and what comes after it."""

from typing import Annotated

from services.intervention.codes import DischargeReason, OutcomeBand, Stage
from services.intervention.course_codes import (
    DeclinedBy,
    FollowUpKind,
    FollowUpOutcome,
    MonitoringBy,
    PauseReason,
    ReopenReason,
)
from services.intervention.values import Partners
from shared.kernel.fields import CivilDate, Interval, Len
from shared.kernel.values import event

HeldCount = Annotated[int, Interval(ge=0, le=1000)]


@event("EpisodeOpened", 1)
class EpisodeOpened:
    """The accepted family's episode is open from `on` (rule P2).

    Said again it removes a discharge as administrative error before it (the referral was accepted anew); the earliest
    `on` holds.
    """

    on: CivilDate


@event("EpisodePaused", 1)
class EpisodePaused:
    """The work rests from `from_on`; the clocks keep running."""

    from_on: CivilDate
    reason: PauseReason


@event("EpisodeResumed", 1)
class EpisodeResumed:
    """The work goes on; `on` is the first day of it."""

    on: CivilDate


@event("ActiveMonitoringStarted", 1)
class ActiveMonitoringStarted:
    """Watching instead of treating begins (RTT rule 5b)."""

    on: CivilDate
    by: MonitoringBy


@event("ActiveMonitoringEnded", 1)
class ActiveMonitoringEnded:
    """Watching ends: from here on a decision to treat starts a clock anew (RTT rule 3d)."""

    on: CivilDate
    by: MonitoringBy


@event("TreatmentDeclined", 1)
class TreatmentDeclined:
    """The treatment that was offered is not wanted (RTT rule 5c); the case stays open until it is discharged."""

    on: CivilDate
    by: DeclinedBy


@event("ProgrammeCompleted", 1)
class ProgrammeCompleted:
    """The programme is through: the ending begins."""

    on: CivilDate


@event("Discharged", 1)
class Discharged:
    """The case is closed. Stage, outcome and the count of sessions are computed."""

    discharged_on: CivilDate
    reason: DischargeReason
    planned: bool
    stage_at_discharge: Stage
    destination: Partners = ()
    outcome_band: OutcomeBand
    sessions_held: HeldCount


@event("EpisodeReopened", 1)
class EpisodeReopened:
    """The discharge was an error and is undone, within five days of it."""

    on: CivilDate
    reason: ReopenReason


@event("FollowUpRecorded", 1)
class FollowUpRecorded:
    """The family was followed up after its discharge; the case stays closed."""

    on: CivilDate
    kind: FollowUpKind
    outcomes: Annotated[tuple[FollowUpOutcome, ...], Len(1, 7)]
