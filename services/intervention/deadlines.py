"""What is to be decided about an episode once a day has passed: rules P8, P9 and P12. Pure."""

from collections.abc import Iterator
from datetime import date

from services.intervention.closing import contacts
from services.intervention.codes import OwnerRole, SessionKind, TaskKind
from services.intervention.commands import Command
from services.intervention.course_codes import Phase, Target
from services.intervention.known import Known
from services.intervention.rule_commands import FlagAgedOut, ReassignLead, RecordBreach
from services.intervention.state import State
from services.intervention.tasks import task_id_of
from services.intervention.team.register import Member
from shared.kernel.civil import birthday_months, end_of
from shared.kernel.deadlines import due_on
from shared.kernel.rule import Deadline

_LEAD, _TEAM = OwnerRole.LEAD_PRACTITIONER, OwnerRole.TEAM_LEAD


def deadlines(state: State, known: Known) -> tuple[Deadline[Command], ...]:
    """All deadlines of the episode that were neither met nor recorded as missed.

    None while it is not open, after its discharge, and while no acceptance stands. Once the pregnancy has ended, and
    there is no other infant, nobody is reminded of contacts, sessions or ages (rule P7).
    """
    if state.opened_on is None or state.discharge is not None or known.acceptance is None:
        return ()
    found: list[Deadline[Command]] = list(_reassignments(state, known))
    if not known.family.without_infant:
        found += _breaches(state, known)
        found += _aged_out(state, known, state.opened_on)
    return tuple(found)


def _breaches(state: State, known: Known) -> Iterator[Deadline[Command]]:
    """P9; each target once for one beginning."""
    for target, since, days, owner in _targets(state, known):
        due = due_on(since, days)
        said = [item.due_on for item in state.breaches if item.target_code is target]
        known_already = due in said if target is Target.SILENCE else any(day > since for day in said)
        if not known_already:
            command = RecordBreach(target_code=target, due_on=due, owner_role=owner)
            yield Deadline(name="P9", due_at=end_of(due), command=command)


def _targets(state: State, known: Known) -> Iterator[tuple[Target, date, int, OwnerRole]]:
    """(target, civil date from which its days count, days, whose it is) for each that is not met."""
    days, programme, completion = known.team.targets, state.programme, known.completion
    if state.opened_on is not None and not contacts(state, known):
        yield Target.CONTACT, state.opened_on, days.contact_days, _TEAM
    if programme is None:
        if completion is not None and known.recommends_programme:
            yield Target.PROGRAMME, completion.completed_on, days.programme_days, _TEAM
    elif not state.treatment and not state.declined and state.completed_on is None:
        yield Target.FIRST_SESSION, programme.assigned_on, days.first_session_days, _LEAD
    if state.phase is Phase.ACTIVE and not state.monitored:
        yield Target.SILENCE, _last_seen(state), days.silence_days, _LEAD
    if state.completed_on is not None and not any(item.kind is SessionKind.ENDING for item in state.held):
        yield Target.ENDING, state.completed_on, days.ending_days, _LEAD


def _last_seen(state: State) -> date:
    """The last session, or the day on which the work or its watching went on."""
    days = [item.held_on for item in state.held]
    days += [item.on for item in state.resumptions]
    return max(days + [item.on for item in state.monitoring_ended])


def _reassignments(state: State, known: Known) -> Iterator[Deadline[Command]]:
    """P8: the lead leaves, or is away for longer than the team allows."""
    lead = state.lead
    member = None if lead is None else known.team.practitioners.get(lead)
    if state.programme is None or lead is None or member is None or state.open_tasks(TaskKind.REASSIGN_LEAD):
        return
    raised = {item.task_id for item in state.tasks}
    for since, day in _unavailable(member, known.moment.today, known.team.targets.absence_days):
        if task_id_of(TaskKind.REASSIGN_LEAD, state.programme.programme_id, f"{lead}/{since}") not in raised:
            command = ReassignLead(practitioner_id=lead, since=since, on=day)
            yield Deadline(name="P8", due_at=end_of(day), command=command)


def _unavailable(member: Member, today: date, absence_days: int) -> Iterator[tuple[date, date]]:
    """(since, civil date at whose end it is too long) of leaving, and of each absence that is not over."""
    if member.left_on is not None:
        yield member.left_on, member.left_on
    for absence in member.absences:
        day = due_on(absence.from_on, absence_days)
        if absence.until_on is None or (absence.until_on >= day and absence.until_on >= today):
            yield absence.from_on, day


def _aged_out(state: State, known: Known, opened_on: date) -> Iterator[Deadline[Command]]:
    """P12: the youngest infant reaches the team's age limit in care; a flag, never an end (statement S33)."""
    family = known.family
    infants = family.infants_on(known.moment.today) - family.lost
    if not infants or not infants <= family.born_on.keys():
        return
    youngest = max(infants, key=lambda infant: (family.born_on[infant], infant))
    day = birthday_months(family.born_on[youngest], known.team.max_age_months_exclusive)
    raised = {item.task_id for item in state.tasks}
    if day >= opened_on and task_id_of(TaskKind.AGED_PAST_WINDOW, youngest) not in raised:
        yield Deadline(name="P12", due_at=end_of(day), command=FlagAgedOut(infant_id=youngest, on=day))
