"""The end of an assessment: dyads and triads rated apart, the reason for the tier, what is prompted, what bars it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.assessment.codes import AbandonReason, FormulationConcern, NeedLevel, ReasonNotMeasured, Strength
from services.assessment.commands import COMMANDS, CompleteAssessment
from services.assessment.events import REGISTRY
from services.assessment.measure_codes import MeasureCode, Timepoint
from services.assessment.values import RatedRelationship, Relationship
from shared.kernel.requests import members
from tests.unit.assessment.build import (
    FATHER,
    INFANT,
    MOTHER,
    STRANGER,
    TODAY,
    TWIN,
    abandon,
    abandoned,
    complete,
    completed,
    concerned,
    dyad,
    flag,
    flagged,
    given,
    measured,
    requested,
    start,
    started,
    withdrawn,
)

DAY = timedelta(days=1)
triad = Relationship(infant_id=TWIN, caregiver_ids=(MOTHER, FATHER))
rated_dyad = RatedRelationship(
    infant_id=INFANT, caregiver_ids=(MOTHER,), measure=MeasureCode.PIR_GAS, value=Decimal(55)
)
rated_triad = RatedRelationship(
    infant_id=TWIN, caregiver_ids=(MOTHER, FATHER), measure=MeasureCode.PIR_GAS, value=Decimal(72)
)


def test_a_dyad_and_a_triad_are_rated_apart() -> None:
    ratings: dict[str, Any] = {"focus_relationships": (dyad, triad), "relationship_ratings": (rated_dyad, rated_triad)}
    given(started).when(replace(complete, **ratings)).then(replace(completed, **ratings))


def test_one_relationship_may_be_rated_with_several_measures() -> None:
    ratings = (rated_dyad, replace(rated_dyad, measure=MeasureCode.DC05_AXIS2_A, value=Decimal(3)))
    given(started).when(replace(complete, relationship_ratings=ratings)).then(
        replace(completed, relationship_ratings=ratings)
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (
            replace(complete, relationship_ratings=(replace(rated_dyad, caregiver_ids=(STRANGER,)),)),
            "unknown-caregiver",
        ),
        (replace(complete, relationship_ratings=(replace(rated_dyad, infant_id=STRANGER),)), "unknown-infant"),
        (replace(complete, relationship_ratings=(replace(rated_dyad, value=Decimal(101)),)), "total-out-of-range"),
        (
            replace(complete, relationship_ratings=(replace(rated_dyad, measure=MeasureCode.EPDS, value=Decimal(9)),)),
            "subject-kind-differs",
        ),
        (
            replace(complete, relationship_ratings=(rated_dyad, replace(rated_dyad, value=Decimal(60)))),
            "duplicate-relationship",
        ),
        (
            replace(
                complete,
                focus_relationships=(triad, replace(triad, caregiver_ids=tuple(reversed(triad.caregiver_ids)))),
            ),
            "duplicate-relationship",
        ),
        (replace(complete, severity=None), "severity-needed"),
    ],
)
def test_ratings_that_cannot_be_and_a_tier_without_its_reason_are_refused(
    command: CompleteAssessment, code: str
) -> None:
    given(started).when(command).then_refused(code)


@pytest.mark.parametrize("level", [NeedLevel.TARGETED, NeedLevel.NONE, NeedLevel.OTHER_SERVICE])
def test_only_the_specialist_tier_needs_a_severity(level: NeedLevel) -> None:
    command = replace(complete, need_level=level, severity=None)
    given(started).when(command).then(replace(completed, need_level=level, severity=None))


def test_strengths_and_concerns_of_the_formulation_are_kept_as_codes() -> None:
    formulation: dict[str, Any] = {
        "strengths": (Strength.WARMTH,),
        "concerns": (FormulationConcern.LOW_REFLECTIVE_CAPACITY,),
    }
    given(started).when(replace(complete, **formulation)).then(replace(completed, **formulation))


def test_a_completion_without_a_nationally_counted_baseline_is_prompted_for_one() -> None:
    assert completed.warnings == ("no-nationally-counted-measure",)
    given(started, measured).when(complete).then(completed)
    not_measured: dict[str, Any] = {"measures_baseline": (), "reason_not_measured": ReasonNotMeasured.ANTENATAL}
    given(started).when(replace(complete, **not_measured)).then(replace(completed, **not_measured))


def test_a_nationally_counted_baseline_in_the_list_or_on_record_is_enough() -> None:
    listed = (MeasureCode.PIR_GAS, MeasureCode.CORE_10)
    given(started).when(replace(complete, measures_baseline=listed)).then(
        replace(completed, measures_baseline=listed, warnings=())
    )
    phq = replace(measured, measure_code=MeasureCode.PHQ_9)
    given(started, phq).when(complete).then(replace(completed, warnings=()))
    later = replace(phq, timepoint=Timepoint.FINAL)
    given(started, later).when(complete).then(completed)


def test_a_completion_said_again_after_the_measure_came_stays_quiet() -> None:
    phq = replace(measured, measure_code=MeasureCode.PHQ_9)
    given(started, completed, phq).when(complete).then_nothing()


def test_a_safety_concern_from_before_the_answer_does_not_answer_it() -> None:
    before = replace(concerned, raised_on=flag.completed_on - DAY)
    given(started, before, flagged).when(complete).then_refused("safety-concern-needed")
    given(started, before, flagged, replace(concerned, raised_on=flag.completed_on + DAY)).when(complete).then(
        completed
    )


def test_of_two_caregivers_each_safety_item_needs_its_answer() -> None:
    fathers = replace(flagged, subject_ref=FATHER)
    given(started, flagged, fathers, concerned).when(complete).then_refused("safety-concern-needed")
    given(started, flagged, fathers, concerned, replace(concerned, subject_ref=FATHER)).when(complete).then(completed)


def test_an_assessment_is_abandoned_with_its_reason() -> None:
    given(requested, started).when(abandon).then(abandoned)
    for reason in AbandonReason:
        given(requested).when(replace(abandon, reason=reason)).then(replace(abandoned, reason=reason))


def test_abandoning_again_records_nothing_and_with_another_reason_is_refused() -> None:
    given(requested, abandoned).when(abandon).then_nothing()
    given(requested, abandoned).when(replace(abandon, reason=AbandonReason.MOVED_AREA)).then_refused(
        "conflicts-with-record"
    )


@pytest.mark.parametrize(
    ("events", "command", "code"),
    [
        ((started, completed), abandon, "assessment-completed"),
        ((started,), replace(abandon, on=start.on - DAY), "assessment-abandoned"),
        ((requested,), replace(abandon, on=date(2025, 3, 4)), "before-acceptance"),
        ((requested,), replace(abandon, on=TODAY + DAY), "in-the-future"),
    ],
)
def test_an_assessment_that_cannot_have_been_abandoned_is_not(events: tuple[Any, ...], command: Any, code: str) -> None:
    given(*events).when(command).then_refused(code)


def test_a_family_that_left_may_be_noted_after_the_withdrawal() -> None:
    assert withdrawn.withdrawn is not None
    later = replace(abandon, on=withdrawn.withdrawn.on + DAY)
    given.knowing(withdrawn)(requested).when(later).then(replace(abandoned, on=later.on))


def test_no_diagnosis_is_ever_asked_for() -> None:
    """Statement S30: nothing that is said or asked here has a place for one."""
    names = {name for cls in (*REGISTRY.classes.values(), *COMMANDS.values()) for name in members(cls)}
    assert not [name for name in names if "diagnos" in name]
    assert {"severity", "complexity", "duration_months"} <= names
