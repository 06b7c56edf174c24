"""Statement S19: at least one psychologist or psychotherapist, watched and never enforced against care."""

from dataclasses import replace
from datetime import date

from services.intervention.codes import Discipline
from services.intervention.task_events import TaskDone
from services.intervention.team.commands import ChangePractitioner, LeaveTeam
from services.intervention.team.values import Targets
from tests.unit.intervention_team.build import (
    ANNA,
    BEN,
    CARA,
    PSYCHOLOGIST,
    TODAY,
    anna,
    ben,
    configure,
    configured,
    joined,
    joining,
    psychologist_needed,
    said,
    team,
)

JUNE = date(2025, 6, 2)
leave = LeaveTeam(practitioner_id=BEN, left_on=JUNE)
gone = LeaveTeam(practitioner_id=ANNA, left_on=JUNE)
needed = psychologist_needed(ANNA, JUNE)


def test_a_team_that_loses_its_last_psychologist_is_told_so() -> None:
    team(anna, ben).when(gone).then(said(gone), needed)


def test_the_task_is_due_as_the_team_has_set_its_targets() -> None:
    slow = replace(configured, targets=Targets(task_days=30))
    team(slow, anna).when(gone).then(said(gone), psychologist_needed(ANNA, JUNE, task_days=30))


def test_a_team_with_another_psychotherapist_is_not() -> None:
    cara = joined(CARA, Discipline.ADULT_PSYCHOTHERAPIST)
    team(anna, cara).when(gone).then(said(gone))


def test_a_team_that_never_had_one_is_told_when_the_first_practitioner_joins() -> None:
    team(configured).when(joining(BEN)).then(ben, psychologist_needed(BEN, ben.joined_on))


def test_a_team_in_which_nobody_works_yet_is_not_told() -> None:
    team().when(configure).then(configured)


def test_a_team_that_never_had_one_is_not_told_at_every_turn() -> None:
    told = psychologist_needed(BEN, ben.joined_on)
    team(ben, told, joined(CARA)).when(leave).then(said(leave))
    team(ben, told).when(configure).then(configured)


def test_what_a_void_took_away_is_noticed_when_the_team_is_next_configured() -> None:
    day = configured.effective_on  # of Anna and Ben, Anna's joining was voided
    team(ben).when(configure).then(configured, psychologist_needed(BEN, day))


def test_a_change_of_discipline_counts_like_leaving() -> None:
    retrained = ChangePractitioner(practitioner_id=ANNA, on=JUNE, discipline=Discipline.OTHER)
    team(anna, ben).when(retrained).then(said(retrained), needed)


def test_the_task_is_done_when_a_psychologist_joins() -> None:
    cara = joined(CARA, Discipline.CHILD_ADOLESCENT_PSYCHOTHERAPIST, joined_on=TODAY)
    joining_cara = joining(CARA, Discipline.CHILD_ADOLESCENT_PSYCHOTHERAPIST, joined_on=TODAY)
    team(anna, said(gone), needed).when(joining_cara).then(cara, TaskDone(task_id=needed.task_id, on=TODAY))


def test_the_task_stays_open_when_somebody_else_joins() -> None:
    team(anna, said(gone), needed).when(joining(BEN)).then(ben)


def test_losing_the_next_one_is_another_task() -> None:
    cara = joined(CARA, PSYCHOLOGIST)
    before = (anna, said(gone), needed, cara, TaskDone(task_id=needed.task_id, on=TODAY))
    left = LeaveTeam(practitioner_id=CARA, left_on=TODAY)
    team(*before).when(left).then(said(left), psychologist_needed(CARA, TODAY, before=1))
