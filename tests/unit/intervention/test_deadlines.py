"""Deadlines of an episode: reassignment (P8), targets (P9) and age (P12), by the team's own days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.intervention.codes import Modality, OwnerRole, SessionKind, TaskKind
from services.intervention.course_codes import Target
from services.intervention.deadlines import deadlines
from services.intervention.events import TargetBreached, TaskDone
from services.intervention.heard import AssessmentStarted, Infant, InfantBorn, PregnancyEnded
from services.intervention.known import Known
from services.intervention.rule_commands import FlagAgedOut, ReassignLead, RecordBreach
from services.intervention.team.codes import AgeLimit
from services.intervention.team.events import PractitionerAbsent, PractitionerLeft, PractitionerReturned
from services.intervention.team.values import Eligibility, Targets
from shared.kernel.civil import end_of
from tests.unit.intervention.build import (
    COLLEAGUE,
    INFANT,
    LEAD,
    OPENED_ON,
    TWIN,
    acceptance,
    assigned,
    completed,
    completion,
    configured,
    declined,
    discharged,
    given,
    handed_over,
    heard,
    held,
    joined,
    known,
    opened,
    paused,
    received,
    resumed,
    session,
    signposted,
    task,
    unwatched,
    watched,
)

DAY = timedelta(days=1)
TEAM, LEADS = OwnerRole.TEAM_LEAD, OwnerRole.LEAD_PRACTITIONER
started = AssessmentStarted(on=date(2025, 3, 17))
seen = heard(assessment=(started, completion))


def rung(name: str, *events: Any, told: Known = seen) -> list[Any]:
    """Commands of the deadlines of one rule; each rings at the end of the day that it names."""
    found = [item for item in deadlines(given.decider.fold(events), told) if item.name == name]
    for item in found:
        command = item.command
        assert item.due_at == end_of(command.due_on if isinstance(command, RecordBreach) else command.on)  # type: ignore[union-attr]
    return [item.command for item in found]


def breach(target: Target, since: date, days: int, owner: OwnerRole = LEADS) -> RecordBreach:
    return RecordBreach(target_code=target, due_on=since + days * DAY, owner_role=owner)


def said(command: RecordBreach) -> TargetBreached:
    return TargetBreached(target_code=command.target_code, due_on=command.due_on, owner_role=command.owner_role)


no_contact = breach(Target.CONTACT, OPENED_ON, 28, TEAM)
no_programme = breach(Target.PROGRAMME, completion.completed_on, 14, TEAM)
no_session = breach(Target.FIRST_SESSION, assigned.assigned_on, 28)
silence = breach(Target.SILENCE, held.held_on, 28)
no_ending = breach(Target.ENDING, completed.on, 28)


def test_p9_an_accepted_family_that_nobody_has_met_is_a_breach_after_four_weeks() -> None:
    assert rung("P9", opened, told=heard(assessment=())) == [no_contact]
    assert rung("P9", opened, told=heard(assessment=(started,))) == []
    talk = session(1, OPENED_ON, modality=Modality.TELEPHONE, is_treatment=False)
    assert rung("P9", opened, talk, told=heard(assessment=())) == []
    message = replace(talk, modality=Modality.TEXT_ASYNC)
    assert rung("P9", opened, message, told=heard(assessment=())) == [no_contact]


def test_p9_a_recommended_programme_is_due_in_two_weeks_and_nothing_else_is() -> None:
    assert rung("P9", opened) == [no_programme]
    assert rung("P9", opened, told=heard(assessment=(started, signposted))) == []
    assert rung("P9", opened, assigned) == [no_session]


def test_p9_the_first_treatment_session_ends_the_hidden_wait() -> None:
    assert rung("P9", opened, assigned, replace(held, is_treatment=False)) == [no_session]
    assert rung("P9", opened, assigned, held) == [silence]
    assert rung("P9", opened, assigned, declined) == []


def test_p9_silence_counts_from_the_last_session_and_not_while_work_rests() -> None:
    later = session(1, held.held_on + 5 * DAY, is_treatment=False)
    assert rung("P9", opened, assigned, held, later) == [breach(Target.SILENCE, later.held_on, 28)]
    assert rung("P9", opened, assigned, held, paused) == []
    assert rung("P9", opened, assigned, held, paused, resumed) == [breach(Target.SILENCE, resumed.on, 28)]
    assert rung("P9", opened, assigned, held, watched) == []
    assert rung("P9", opened, assigned, held, watched, unwatched) == [breach(Target.SILENCE, unwatched.on, 28)]


def test_p9_a_completed_programme_needs_an_ending_session() -> None:
    assert rung("P9", opened, assigned, held, completed) == [no_ending]
    goodbye = session(1, completed.on, kind=SessionKind.ENDING)
    assert rung("P9", opened, assigned, held, completed, goodbye) == []


@pytest.mark.parametrize(
    ("events", "command"),
    [
        ((opened, assigned), no_session),
        ((opened, assigned, held), silence),
        ((opened, assigned, held, completed), no_ending),
    ],
)
def test_p9_a_breach_is_said_once(events: tuple[Any, ...], command: RecordBreach) -> None:
    given.knowing(seen)(*events).when(command).then(said(command))
    assert rung("P9", *events, said(command)) == []
    given.knowing(seen)(*events, said(command)).when(command).then_nothing()


def test_p9_a_target_that_was_missed_is_not_missed_again_when_the_team_changes_its_days() -> None:
    slower = heard(assessment=(started, completion), team=(configured(targets=Targets(first_session_days=40)),))
    assert rung("P9", opened, assigned, told=slower) == [breach(Target.FIRST_SESSION, assigned.assigned_on, 40)]
    assert rung("P9", opened, assigned, said(no_session), told=slower) == []


def test_p9_another_silence_is_another_breach() -> None:
    later = session(1, silence.due_on + DAY)
    again = breach(Target.SILENCE, later.held_on, 28)
    assert rung("P9", opened, assigned, held, said(silence), later) == [again]


def test_nothing_rings_before_the_opening_after_the_discharge_or_without_an_acceptance() -> None:
    assert deadlines(given.decider.fold(()), seen) == ()
    assert deadlines(given.decider.fold((opened, assigned, held, discharged)), seen) == ()
    assert deadlines(given.decider.fold((opened, assigned)), heard(referral=(received,))) == ()
    given(opened, assigned, held, discharged).when(silence).then_nothing()


LEFT_ON = date(2025, 6, 30)
left = PractitionerLeft(practitioner_id=LEAD, left_on=LEFT_ON)
unborn = replace(received, subjects=(Infant(infant_id=INFANT, edd=date(2025, 8, 1)),))
lost = PregnancyEnded(infant_id=INFANT, on=date(2025, 5, 1))


def test_p7_after_a_loss_nobody_is_reminded_of_contacts_or_sessions() -> None:
    told = heard(
        referral=(unborn, acceptance, lost),
        team=(joined, left),
    )
    assert rung("P9", opened, assigned, told=told) == []
    assert len(rung("P8", opened, assigned, told=told)) == 1
    other = replace(received, subjects=(*unborn.subjects, Infant(infant_id=TWIN, edd=date(2025, 8, 1))))
    assert rung("P9", opened, assigned, told=heard(referral=(other, acceptance, lost))) != []


AWAY_ON = date(2025, 8, 25)
away = PractitionerAbsent(practitioner_id=LEAD, from_on=AWAY_ON)


def lead_is(*team: Any) -> Known:
    return heard(assessment=(started, completion), team=(joined, *team))


def test_p8_a_lead_who_leaves_is_a_task_to_reassign() -> None:
    command = ReassignLead(practitioner_id=LEAD, since=LEFT_ON, on=LEFT_ON)
    assert rung("P8", opened, assigned, told=lead_is(left)) == [command]
    raised = task(TaskKind.REASSIGN_LEAD, LEFT_ON + 7 * DAY, assigned.programme_id, detail=f"{LEAD}/{LEFT_ON}")
    told = given.knowing(lead_is(left))
    told(opened, assigned).when(command).then(raised)
    assert rung("P8", opened, assigned, raised, told=lead_is(left)) == []
    done = TaskDone(task_id=raised.task_id, on=LEFT_ON)
    assert rung("P8", opened, assigned, raised, done, told=lead_is(left)) == []


def test_p8_an_absence_of_more_than_two_weeks_is_a_task() -> None:
    day = AWAY_ON + 14 * DAY
    command = ReassignLead(practitioner_id=LEAD, since=AWAY_ON, on=day)
    assert rung("P8", opened, assigned, told=lead_is(away)) == [command]
    assert rung("P8", opened, assigned, told=lead_is(replace(away, until_on=day))) == [command]
    assert rung("P8", opened, assigned, told=lead_is(replace(away, until_on=day - DAY))) == []
    back = PractitionerReturned(practitioner_id=LEAD, on=AWAY_ON + 3 * DAY)
    assert rung("P8", opened, assigned, told=lead_is(away, back)) == []
    over = replace(away, from_on=date(2025, 5, 1), until_on=date(2025, 7, 1))
    assert rung("P8", opened, assigned, told=lead_is(over)) == []


def test_p8_is_about_the_lead_of_an_active_case_only() -> None:
    assert rung("P8", opened, told=lead_is(left)) == []
    assert rung("P8", opened, assigned, handed_over, told=lead_is(left)) == []
    assert rung("P8", opened, assigned, told=lead_is()) == []
    handed = ReassignLead(practitioner_id=LEAD, since=LEFT_ON, on=LEFT_ON)
    given.knowing(lead_is(left))(opened, assigned, handed_over).when(handed).then_nothing()
    assert handed_over.to_practitioner_id == COLLEAGUE


BORN = date(2022, 10, 1)
toddler = replace(received, subjects=(Infant(infant_id=INFANT, born_on=BORN),))
THIRD_BIRTHDAY = date(2025, 10, 1)


def test_p12_a_child_who_ages_out_in_care_is_a_flag_and_stays() -> None:
    told = heard(referral=(toddler, acceptance), assessment=(started, completion))
    command = FlagAgedOut(infant_id=INFANT, on=THIRD_BIRTHDAY)
    assert rung("P12", opened, assigned, told=told) == [command]
    flag = task(TaskKind.AGED_PAST_WINDOW, THIRD_BIRTHDAY + 7 * DAY, INFANT, LEADS)
    given.knowing(told)(opened, assigned).when(command).then(flag)
    assert rung("P12", opened, assigned, flag, told=told) == []


def test_p12_goes_by_the_teams_own_window_and_by_the_youngest() -> None:
    young = configured(eligibility=Eligibility(max_age_months_exclusive=AgeLimit.FOURTH_BIRTHDAY))
    told = heard(referral=(toddler, acceptance), team=(young,))
    assert rung("P12", opened, told=told) == [FlagAgedOut(infant_id=INFANT, on=date(2026, 10, 1))]
    sibling = replace(toddler, subjects=(*toddler.subjects, Infant(infant_id=TWIN, edd=date(2025, 6, 1))))
    assert rung("P12", opened, told=heard(referral=(sibling, acceptance))) == []
    birth = InfantBorn(infant_id=TWIN, born_on=date(2025, 6, 2))
    told = heard(referral=(sibling, acceptance, birth))
    assert rung("P12", opened, told=told) == [FlagAgedOut(infant_id=TWIN, on=date(2028, 6, 2))]


def test_p12_a_family_that_was_taken_on_beyond_the_window_is_not_flagged() -> None:
    older = replace(toddler, subjects=(Infant(infant_id=INFANT, born_on=date(2022, 3, 4)),))
    assert rung("P12", opened, told=heard(referral=(older, acceptance))) == []
    assert rung("P12", opened, told=known) == []
