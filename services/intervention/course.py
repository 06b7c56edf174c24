"""An episode's course: pauses, monitoring, what was declined, the ending and the follow-up. Pure."""

from typing import assert_never

from services.intervention import rules
from services.intervention.closing import discharged
from services.intervention.commands import (
    CompleteProgramme,
    DeclineTreatment,
    Discharge,
    EndActiveMonitoring,
    FinishTask,
    OfCourse,
    PauseEpisode,
    RecordFollowUp,
    ReopenEpisode,
    ResumeEpisode,
    StartActiveMonitoring,
)
from services.intervention.events import (
    ActiveMonitoringEnded,
    ActiveMonitoringStarted,
    EpisodePaused,
    EpisodeReopened,
    EpisodeResumed,
    Event,
    FollowUpRecorded,
    ProgrammeCompleted,
    TaskDone,
    TreatmentDeclined,
)
from services.intervention.known import Known
from services.intervention.state import State
from shared.kernel.requests import event_of


def say(state: State, command: OfCourse, known: Known) -> Event:
    """The event that a request about the course asks for, its own fields checked."""
    match command:
        case PauseEpisode():
            rules.not_in_future(command.from_on, known, "/from_on")
            return event_of(EpisodePaused, command)
        case Discharge():
            rules.not_in_future(command.discharged_on, known, "/discharged_on")
            return discharged(
                state,
                known,
                discharged_on=command.discharged_on,
                reason=command.reason,
                planned=command.planned,
                destination=command.destination,
            )
        case _:
            rules.not_in_future(command.on, known, "/on")
            return _on_a_day(command)


def _on_a_day(
    command: ResumeEpisode
    | StartActiveMonitoring
    | EndActiveMonitoring
    | DeclineTreatment
    | CompleteProgramme
    | ReopenEpisode
    | RecordFollowUp
    | FinishTask,
) -> Event:
    match command:
        case ResumeEpisode():
            return event_of(EpisodeResumed, command)
        case StartActiveMonitoring():
            return event_of(ActiveMonitoringStarted, command)
        case EndActiveMonitoring():
            return event_of(ActiveMonitoringEnded, command)
        case DeclineTreatment():
            return event_of(TreatmentDeclined, command)
        case CompleteProgramme():
            return event_of(ProgrammeCompleted, command)
        case ReopenEpisode():
            return event_of(EpisodeReopened, command)
        case RecordFollowUp():
            return event_of(FollowUpRecorded, command)
        case FinishTask():
            return event_of(TaskDone, command)
    assert_never(command)
