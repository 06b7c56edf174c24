"""A team's other work: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.work.case import FURTHEST
from services.intervention.work.codes import ActivityKind, OrganisationType, Outcome, Profession, Question
from services.intervention.work.commands import (
    DeclareCapacity,
    DeclareReach,
    LinkReferral,
    PlanSupervision,
    RecordActivity,
)
from services.intervention.work.events import (
    CapacityDeclared,
    ConsultationBecameReferral,
    LocalityReachDeclared,
    SupervisionPlanned,
    SystemActivityRecorded,
)
from services.intervention.work.examples import REQUESTS
from shared.kernel.requests import event_of
from tests.unit.intervention_team.build import ANNA, DAY, TODAY, TOMORROW, example, work

consult: RecordActivity = example("SystemActivityRecorded", RecordActivity, REQUESTS)
link: LinkReferral = example("ConsultationBecameReferral", LinkReferral, REQUESTS)
plan: PlanSupervision = example("SupervisionPlanned", PlanSupervision, REQUESTS)
capacity: DeclareCapacity = example("CapacityDeclared", DeclareCapacity, REQUESTS)
reach: DeclareReach = example("LocalityReachDeclared", DeclareReach, REQUESTS)
train = replace(consult, activity_id=UUID(int=7), kind=ActivityKind.TRAINING, question=None, outcome=None)
supervise = replace(train, activity_id=UUID(int=8), kind=ActivityKind.SUPERVISION, series_id=plan.series_id)

consulted = event_of(SystemActivityRecorded, consult)
trained = event_of(SystemActivityRecorded, train)
supervised = event_of(SystemActivityRecorded, supervise)
linked = event_of(ConsultationBecameReferral, link)
planned = event_of(SupervisionPlanned, plan)
declared = event_of(CapacityDeclared, capacity)
reached = event_of(LocalityReachDeclared, reach)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_consultation_is_recorded_with_what_came_of_it(outcome: Outcome) -> None:
    work().when(replace(consult, outcome=outcome)).then(replace(consulted, outcome=outcome))


def test_training_for_a_roomful_needs_no_family() -> None:
    roomful = replace(train, audience_count=40, minutes=360)
    work(consulted).when(roomful).then(event_of(SystemActivityRecorded, roomful))


def test_advice_to_a_commissioner_is_work_of_its_own_kind() -> None:
    advise = replace(
        train,
        kind=ActivityKind.SYSTEM_ADVICE,
        professions=(Profession.COMMISSIONER, Profession.SYSTEM_LEADER),
        host_org_type=OrganisationType.COMMISSIONING_BODY,
    )
    work().when(advise).then(event_of(SystemActivityRecorded, advise))


def test_the_same_activity_again_records_nothing() -> None:
    work(consulted, linked, trained).when(consult).then_nothing()


def test_another_activity_under_the_same_id_is_refused() -> None:
    work(consulted).when(replace(consult, minutes=51)).then_refused("conflicts-with-record")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(consult, on=TOMORROW), "in-the-future"),
        (replace(consult, outcome=None), "outcome-needed"),
        (replace(train, outcome=Outcome.ADVICE_ONLY), "only-of-a-consultation"),
        (replace(train, question=Question.OTHER), "only-of-a-consultation"),
        (replace(train, about_case_id=UUID(int=5)), "only-of-a-consultation"),
        (replace(consult, series_id=plan.series_id), "only-of-supervision"),
        (supervise, "unknown-series"),
        (replace(consult, practitioners=(ANNA, ANNA)), "named-twice"),
        (replace(consult, professions=(Profession.GP, Profession.GP)), "named-twice"),
    ],
)
def test_an_activity_that_contradicts_itself_is_refused(command: RecordActivity, code: str) -> None:
    work().when(command).then_refused(code)


def test_an_activity_of_today_is_taken() -> None:
    today = replace(consult, on=TODAY)
    work().when(today).then(event_of(SystemActivityRecorded, today))


def test_a_consultation_becomes_a_referral_and_stays_linked() -> None:
    work(consulted).when(link).then(linked)


def test_a_consultation_becomes_a_referral_on_the_same_day() -> None:
    same_day = replace(link, on=consult.on)
    work(consulted).when(same_day).then(event_of(ConsultationBecameReferral, same_day))


def test_linking_it_again_records_nothing() -> None:
    work(consulted, linked).when(link).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"case_id": UUID(int=5)}, "conflicts-with-record"),
        ({"activity_id": UUID(int=5)}, "unknown-consultation"),
        ({"activity_id": train.activity_id}, "unknown-consultation"),
    ],
)
def test_a_referral_is_linked_to_one_consultation_on_record(members: dict[str, Any], code: str) -> None:
    work(consulted, trained, linked).when(replace(link, **members)).then_refused(code)


def test_a_referral_does_not_come_before_its_consultation_or_in_the_future() -> None:
    work(consulted).when(replace(link, on=consult.on - DAY)).then_refused("referred-before-consultation")
    work(consulted).when(replace(link, on=TOMORROW)).then_refused("in-the-future")


def test_supervision_is_planned_and_held_in_its_series() -> None:
    work().when(plan).then(planned)
    work(planned).when(supervise).then(supervised)


def test_the_same_plan_again_records_nothing() -> None:
    work(planned, supervised).when(plan).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"minutes": 90}, "conflicts-with-record"),
        ({"series_id": UUID(int=5), "to_on": plan.from_on - DAY}, "to-before-from"),
        ({"series_id": UUID(int=5), "from_on": TODAY + FURTHEST + DAY}, "in-the-future"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(members: dict[str, Any], code: str) -> None:
    work(planned).when(replace(plan, **members)).then_refused(code)


def test_capacity_is_declared_week_by_week() -> None:
    work().when(capacity).then(declared)
    none = replace(capacity, week=capacity.week + timedelta(days=7), new_case_slots=0)
    work(declared).when(none).then(event_of(CapacityDeclared, none))


def test_the_same_capacity_again_records_nothing() -> None:
    work(declared).when(capacity).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"new_case_slots": 3}, "conflicts-with-record"),
        ({"week": capacity.week + DAY}, "not-a-monday"),
        ({"week": date(2026, 9, 7)}, "in-the-future"),
    ],
)
def test_a_capacity_that_cannot_be_is_refused(members: dict[str, Any], code: str) -> None:
    work(declared).when(replace(capacity, **members)).then_refused(code)


def test_the_babies_of_a_locality_are_declared_year_by_year() -> None:
    work().when(reach).then(reached)
    this_year = replace(reach, year=TODAY.year)
    work(reached).when(this_year).then(event_of(LocalityReachDeclared, this_year))


def test_the_same_reach_again_records_nothing() -> None:
    work(reached).when(reach).then_nothing()


def test_a_reach_that_contradicts_the_record_or_lies_ahead_is_refused() -> None:
    work(reached).when(replace(reach, births=3000)).then_refused("conflicts-with-record")
    work().when(replace(reach, year=TODAY.year + 1)).then_refused("in-the-future")
