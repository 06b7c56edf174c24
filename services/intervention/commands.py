"""What the intervention service may be asked about a case, declared by topic; the last group only its own rules ask."""

from collections.abc import Mapping
from typing import Any

from services.intervention import events
from services.intervention.course_commands import (
    CompleteProgramme,
    DeclineTreatment,
    Discharge,
    EndActiveMonitoring,
    FinishTask,
    PauseEpisode,
    RecordFollowUp,
    ReopenEpisode,
    ResumeEpisode,
    StartActiveMonitoring,
)
from services.intervention.programme_commands import (
    AssignProgramme,
    ChangeLead,
    ChangeTier,
    RateGoal,
    ReviseProgramme,
)
from services.intervention.rule_commands import Ruled
from services.intervention.session_commands import HoldSession, MissSession, ScheduleSession
from shared.kernel.requests import event_of

OfProgramme = AssignProgramme | ReviseProgramme | ChangeTier | ChangeLead | RateGoal
OfSessions = ScheduleSession | HoldSession | MissSession
OfCourse = (
    PauseEpisode
    | ResumeEpisode
    | StartActiveMonitoring
    | EndActiveMonitoring
    | DeclineTreatment
    | CompleteProgramme
    | Discharge
    | ReopenEpisode
    | RecordFollowUp
    | FinishTask
)
Posted = OfProgramme | OfSessions | OfCourse
Command = Posted | Ruled

COMMANDS: dict[str, type] = {
    "ProgrammeAssigned": AssignProgramme,
    "ProgrammeRevised": ReviseProgramme,
    "TierChanged": ChangeTier,
    "LeadPractitionerChanged": ChangeLead,
    "GoalRated": RateGoal,
    "SessionScheduled": ScheduleSession,
    "SessionHeld": HoldSession,
    "SessionNotHeld": MissSession,
    "EpisodePaused": PauseEpisode,
    "EpisodeResumed": ResumeEpisode,
    "ActiveMonitoringStarted": StartActiveMonitoring,
    "ActiveMonitoringEnded": EndActiveMonitoring,
    "TreatmentDeclined": DeclineTreatment,
    "ProgrammeCompleted": CompleteProgramme,
    "Discharged": Discharge,
    "EpisodeReopened": ReopenEpisode,
    "FollowUpRecorded": RecordFollowUp,
    "TaskDone": FinishTask,
}
"""The command that a posted event type asks for; what is not listed only the service itself says."""


def _example(name: str, command: Any) -> Any:
    """The request behind the event's example; the programme's id is left to the service."""
    left_out = {"programme_id": None} if command is AssignProgramme else {}
    return event_of(command, events.EXAMPLES[name], **left_out)


EXAMPLES: Mapping[str, Command] = {name: _example(name, command) for name, command in COMMANDS.items()}
"""One synthetic request for each type that may be posted."""


__all__ = [
    "COMMANDS",
    "EXAMPLES",
    "AssignProgramme",
    "ChangeLead",
    "ChangeTier",
    "Command",
    "CompleteProgramme",
    "DeclineTreatment",
    "Discharge",
    "EndActiveMonitoring",
    "FinishTask",
    "HoldSession",
    "MissSession",
    "OfCourse",
    "OfProgramme",
    "OfSessions",
    "PauseEpisode",
    "Posted",
    "RateGoal",
    "RecordFollowUp",
    "ReopenEpisode",
    "ResumeEpisode",
    "ReviseProgramme",
    "Ruled",
    "ScheduleSession",
    "StartActiveMonitoring",
]
