"""The programme: what it must rest on, and how it changes. Pure."""

from datetime import date
from typing import assert_never

from services.intervention import rules
from services.intervention.commands import (
    AssignProgramme,
    ChangeLead,
    ChangeTier,
    OfProgramme,
    RateGoal,
    ReviseProgramme,
)
from services.intervention.course_codes import ProgrammeWarning
from services.intervention.events import (
    Event,
    GoalRated,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    ProgrammeRevised,
    TierChanged,
)
from services.intervention.known import Known
from services.intervention.state import State
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of

_PROGRAMME = "PROGRAMME"


def say(state: State, command: OfProgramme, known: Known) -> Event:
    """The event that a request about the programme asks for, its own fields checked."""
    match command:
        case AssignProgramme():
            return _assigned(state, command, known)
        case ReviseProgramme():
            return _revised(state, command, known)
        case ChangeTier():
            rules.not_in_future(command.on, known, "/on")
            if command.from_tier is command.to_tier:
                raise Rejected("tier-unchanged", "a step leads to another tier", field="/to_tier")
            return event_of(TierChanged, command)
        case ChangeLead():
            rules.not_in_future(command.on, known, "/on")
            if command.from_practitioner_id == command.to_practitioner_id:
                raise Rejected("lead-unchanged", "the same practitioner", field="/to_practitioner_id")
            return event_of(LeadPractitionerChanged, command)
        case RateGoal():
            rules.not_in_future(command.on, known, "/on")
            return event_of(GoalRated, command)
    assert_never(command)


def _assigned(state: State, command: AssignProgramme, known: Known) -> ProgrammeAssigned:
    day, team = command.assigned_on, known.team
    rules.not_in_future(day, known, "/assigned_on")
    _recommended(day, known)
    if command.care_plan_agreed_on is not None:
        rules.not_in_future(command.care_plan_agreed_on, known, "/care_plan_agreed_on")
    rules.check_components(command.components, team)
    rules.check_relationships(command.focus_relationships, known, day)
    rules.check_ages(command.components, [each.infant_id for each in command.focus_relationships], day, known)
    rules.check_distinct([goal.goal_id for goal in command.goals], "duplicate-goal", "/goals")
    said = state.programme
    return event_of(
        ProgrammeAssigned,
        command,
        programme_id=command.programme_id or (said.programme_id if said else derived_id("programme", known.case_id)),
        catalogue_version=team.version,
        warnings=rules.competency_warnings(
            command.components, command.lead_practitioner_id, team, "/lead_practitioner_id"
        ),
    )


def _recommended(day: date, known: Known) -> None:
    """A programme rests on an assessment that recommends one: the latest that was complete on its day (domain 6.4)."""
    if known.acceptance is None:
        raise known.not_open()
    if known.completion is None:
        raise NotYetKnown("not-known-yet", "no completed assessment of this case has arrived here")
    found = known.completion_on(day)
    if (found or known.completion).recommendation != _PROGRAMME:
        raise Rejected("programme-not-recommended", "the assessment recommends something else")
    if found is None:
        raise Rejected("assigned-before-assessed", "earlier than the assessment was completed", field="/assigned_on")


def _revised(state: State, command: ReviseProgramme, known: Known) -> ProgrammeRevised:
    rules.not_in_future(command.on, known, "/on")
    if not (command.added or command.removed or command.goals_added):
        raise Rejected("nothing-revised", "a revision adds or removes something")
    rules.check_components(command.added, known.team, "/added")
    rules.check_distinct(list(command.removed), "duplicate-component", "/removed")
    warnings: tuple[ProgrammeWarning, ...] = ()
    if state.programme is not None and state.lead is not None:
        infants = [each.infant_id for each in state.programme.focus_relationships]
        rules.check_ages(command.added, infants, command.on, known, "/added")
        warnings = rules.competency_warnings(command.added, state.lead, known.team, "/added")
    return event_of(ProgrammeRevised, command, catalogue_version=known.team.version, warnings=warnings)
