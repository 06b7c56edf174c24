"""The programme: what it is composed of, and each change of it happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.codes import ComponentKind, TaskKind, Tier
from services.intervention.commands import Command
from services.intervention.course_codes import LeadReason, Phase, ProgrammeWarning, RevisionReason, TierReason
from services.intervention.events import TaskDone
from services.intervention.heard import AssessmentCompleted, Infant, InfantBorn
from services.intervention.values import Component
from tests.unit.intervention.build import (
    COLLEAGUE,
    INFANT,
    LEAD,
    TODAY,
    acceptance,
    assign,
    assigned,
    completion,
    configured,
    discharged,
    given,
    hand_over,
    handed_over,
    heard,
    held,
    item,
    joined,
    opened,
    rate,
    rated,
    received,
    revise,
    revised,
    step_down,
    stepped_down,
    task,
)

DAY = timedelta(days=1)
CHANGES: list[tuple[Any, Any]] = [
    (revise, revised),
    (step_down, stepped_down),
    (hand_over, handed_over),
    (rate, rated),
]


@pytest.mark.parametrize(("command", "event"), CHANGES)
def test_a_programme_that_stands_can_change(command: Command, event: Any) -> None:
    given(opened, assigned).when(command).then(event)


@pytest.mark.parametrize(("command", "event"), CHANGES)
def test_the_same_change_again_records_nothing(command: Command, event: Any) -> None:
    given(opened, assigned, event).when(command).then_nothing()


@pytest.mark.parametrize(("command", "_event"), CHANGES)
def test_nothing_changes_that_was_never_assigned(command: Command, _event: Any) -> None:
    given(opened).when(command).then_refused("programme-not-assigned")


@pytest.mark.parametrize(("command", "_event"), CHANGES)
def test_a_change_lies_between_the_programme_and_today(command: Any, _event: Any) -> None:
    early = replace(command, on=assigned.assigned_on - DAY)
    given(opened, assigned).when(early).then_refused("before-programme")
    given(opened, assigned).when(replace(command, on=TODAY + DAY)).then_refused("in-the-future")
    late = replace(command, on=discharged.discharged_on + DAY)
    given(opened, assigned, held, discharged).when(late).then_refused("after-discharge")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (revised, replace(revise, reason=RevisionReason.CLINICAL_REVIEW)),
        (stepped_down, replace(step_down, reason=TierReason.FAMILY_REQUEST)),
        (handed_over, replace(hand_over, reason=LeadReason.LEFT)),
        (rated, replace(rate, value=2)),
    ],
)
def test_the_same_change_for_another_reason_is_refused(first: Any, second: Command) -> None:
    given(opened, assigned, first).when(second).then_refused("conflicts-with-record")


massage = revise.added[0]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(revise, added=()), "nothing-revised"),
        (replace(revise, added=(replace(massage, component_code="NO-SUCH"),)), "component-not-in-catalogue"),
        (replace(revise, added=(replace(massage, planned_sessions=20),)), "sessions-outside-catalogue"),
        (replace(revise, added=(massage, massage)), "duplicate-component"),
        (replace(revise, removed=("VIG", "VIG")), "duplicate-component"),
        (replace(revise, added=assign.components), "component-in-programme"),
        (replace(revise, removed=("WWW",)), "component-not-in-programme"),
        (replace(revise, added=(), removed=("VIG",)), "no-component-left"),
        (replace(revise, goals_added=assign.goals), "duplicate-goal"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(opened, assigned).when(command).then_refused(code)


def test_a_revision_may_exchange_everything_and_add_a_goal_that_is_rated() -> None:
    goal = replace(assign.goals[0], goal_id=UUID(int=61))
    exchange = replace(revise, removed=("VIG",), goals_added=(goal,))
    exchanged = replace(revised, removed=("VIG",), goals_added=(goal,))
    given(opened, assigned).when(exchange).then(exchanged)
    of_new = replace(rate, goal_id=goal.goal_id)
    given(opened, assigned, exchanged).when(of_new).then(replace(rated, goal_id=goal.goal_id))
    given(opened, assigned).when(of_new).then_refused("unknown-goal")


def test_a_step_leads_from_the_tier_at_which_the_family_is_to_another() -> None:
    given(opened, assigned).when(replace(step_down, to_tier=Tier.SPECIALIST)).then_refused("tier-unchanged")
    up = replace(step_down, from_tier=Tier.TARGETED, to_tier=Tier.SPECIALIST, on=step_down.on + DAY)
    given(opened, assigned).when(up).then_refused("tier-differs")
    up_again = replace(stepped_down, from_tier=up.from_tier, to_tier=up.to_tier, on=up.on)
    given(opened, assigned, stepped_down).when(up).then(up_again)
    given(opened, assigned, stepped_down, up_again).when(replace(step_down, on=up.on + DAY)).then(
        replace(stepped_down, on=up.on + DAY)
    )


def test_only_who_leads_can_hand_over_and_only_to_somebody_else() -> None:
    given(opened, assigned).when(replace(hand_over, to_practitioner_id=LEAD)).then_refused("lead-unchanged")
    given(opened, assigned, handed_over).when(replace(hand_over, on=hand_over.on + DAY)).then_refused("lead-differs")
    back = replace(hand_over, from_practitioner_id=COLLEAGUE, to_practitioner_id=LEAD, on=hand_over.on + DAY)
    decided = replace(handed_over, from_practitioner_id=COLLEAGUE, to_practitioner_id=LEAD, on=back.on)
    given(opened, assigned, handed_over).when(back).then(decided)


def test_a_handover_does_the_task_that_asked_for_it() -> None:
    raised = task(TaskKind.REASSIGN_LEAD, date(2025, 6, 10))
    done = TaskDone(task_id=raised.task_id, on=hand_over.on)
    given(opened, assigned, raised).when(hand_over).then(handed_over, done)


def test_a_goal_is_rated_once_a_day_and_only_if_the_family_has_it() -> None:
    later = replace(rate, on=rate.on + DAY, value=9)
    given(opened, assigned, rated).when(later).then(replace(rated, on=later.on, value=9))
    given(opened, assigned).when(replace(rate, goal_id=INFANT)).then_refused("unknown-goal")


# what a programme may be composed of

north = configured(item(), item("WWW", sessions_min=1))


def test_the_version_of_the_teams_own_catalogue_is_stamped_on_the_programme() -> None:
    given.knowing(heard(team=(north,)))(opened).when(assign).then(replace(assigned, catalogue_version="north-2"))


@pytest.mark.parametrize(
    ("offered", "code"),
    [
        ((item("WWW"),), "component-not-in-catalogue"),
        ((item(kind=ComponentKind.PROFESSIONAL_PRACTICE),), "kind-differs-from-catalogue"),
        ((item(sessions_default=9, sessions_min=9),), "sessions-outside-catalogue"),
        ((item(sessions_max=7, sessions_default=7),), "sessions-outside-catalogue"),
    ],
)
def test_a_team_assigns_only_what_it_offers_as_it_offers_it(offered: tuple[Any, ...], code: str) -> None:
    given.knowing(heard(team=(configured(*offered),)))(opened).when(assign).then_refused(code)


BORN = date(2025, 1, 22)  # three months old on the programme's day, to the day


@pytest.mark.parametrize(
    ("window", "fits"),
    [
        ({"min_age_months": 3}, True),
        ({"min_age_months": 4}, False),
        ({"max_age_months": 3}, True),
        ({"max_age_months": 2}, False),
    ],
)
def test_a_component_is_given_at_the_age_that_it_is_for(window: dict[str, Any], fits: bool) -> None:
    baby = replace(received, subjects=(Infant(infant_id=INFANT, born_on=BORN),))
    told = given.knowing(heard(referral=(baby, acceptance), team=(configured(item(**window)),)))
    if fits:
        told(opened).when(assign).then(replace(assigned, catalogue_version="north-2"))
    else:
        told(opened).when(assign).then_refused("outside-component-age-window")


unborn = replace(received, subjects=(Infant(infant_id=INFANT, edd=assign.assigned_on + DAY),))


def test_before_the_birth_only_what_is_for_pregnancies_is_given() -> None:
    told = given.knowing(heard(referral=(unborn, acceptance)))
    told(opened).when(assign).then_refused("outside-component-age-window")
    bumps = (
        Component(
            component_code="MELLOW-BUMPS", kind=ComponentKind.EVIDENCE_BASED, planned_sessions=6, frequency_days=7
        ),
    )
    told(opened).when(replace(assign, components=bumps)).then(replace(assigned, components=bumps))


def test_a_birth_that_nobody_has_reported_yet_stands_in_nobodys_way() -> None:
    overdue = replace(received, subjects=(Infant(infant_id=INFANT, edd=assign.assigned_on),))
    given.knowing(heard(referral=(overdue, acceptance)))(opened).when(assign).then(assigned)
    birth = InfantBorn(infant_id=INFANT, born_on=assign.assigned_on)
    given.knowing(heard(referral=(unborn, acceptance, birth)))(opened).when(assign).then(assigned)


trained = configured(item(competency="vig"))
warned = replace(assigned, catalogue_version="north-2", warnings=(ProgrammeWarning.COMPETENCY_UNKNOWN,))


def test_a_component_that_needs_a_competency_is_given_by_a_lead_who_has_it() -> None:
    able = given.knowing(heard(team=(trained, joined)))
    able(opened).when(assign).then(replace(assigned, catalogue_version="north-2"))
    unable = given.knowing(heard(team=(trained, replace(joined, competencies=()))))
    unable(opened).when(assign).then_refused("competency-missing")
    stranger = replace(assign, lead_practitioner_id=COLLEAGUE)
    able(opened).when(stranger).then_refused("practitioner-unknown")


def test_where_nobody_is_registered_a_missing_competency_is_a_warning_that_stops_nobody() -> None:
    given.knowing(heard(team=(trained,)))(opened).when(assign).then(warned)


def test_a_programme_rests_on_the_latest_assessment_that_was_complete_on_its_day() -> None:
    earlier = replace(completion, completed_on=date(2025, 3, 20), recommendation="NO_FURTHER")
    given.knowing(heard(assessment=(earlier, completion)))(opened).when(assign).then(assigned)
    again = AssessmentCompleted(completed_on=date(2025, 4, 20), recommendation="SIGNPOST")
    told = given.knowing(heard(assessment=(completion, again)))
    told(opened).when(assign).then_refused("programme-not-recommended")


def test_the_phase_follows_the_work() -> None:
    fold = given.decider.fold
    assert fold(()).phase is Phase.NOT_OPEN
    assert fold((opened,)).phase is Phase.OPEN
    assert fold((opened, assigned)).phase is Phase.PROGRAMME_ASSIGNED
    early = replace(held, held_on=assigned.assigned_on - DAY)
    assert fold((opened, early, assigned)).phase is Phase.PROGRAMME_ASSIGNED
    assert fold((opened, assigned, held)).phase is Phase.ACTIVE
    assert fold((opened, assigned, held, discharged)).phase is Phase.DISCHARGED
