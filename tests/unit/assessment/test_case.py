"""The assessment's rules: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.assessment.codes import ReasonNotMeasured
from services.assessment.commands import Command, FinishTask
from services.assessment.heard import ReferralDeclined, ReferralLinkedDuplicate, ReferralWithdrawn
from services.assessment.measure_codes import MeasureCode, Rater, SubjectKind, Timepoint
from services.assessment.values import Relationship, RelationshipRating
from tests.unit.assessment.build import (
    FATHER,
    INFANT,
    MOTHER,
    STRANGER,
    TODAY,
    abandoned,
    complete,
    completed,
    concern,
    concerned,
    dyad,
    flag,
    flagged,
    given,
    heard,
    measure,
    measured,
    offer,
    offered,
    received,
    requested,
    start,
    started,
    withdrawn,
)

EVERY = [offer, start, measure, concern, complete]


@pytest.mark.parametrize("command", EVERY)
@pytest.mark.parametrize("arrived", [heard(), heard(received)])
def test_before_the_acceptance_has_arrived_it_is_not_yet_known(command: Command, arrived: object) -> None:
    given.knowing(arrived)().when(command).then_refused("not-known-yet")  # type: ignore[arg-type]


@pytest.mark.parametrize("command", EVERY)
def test_nothing_is_assessed_that_was_not_accepted(command: Command) -> None:
    declined = heard(received, ReferralDeclined(decided_on=date(2025, 3, 5)))
    given.knowing(declined)().when(command).then_refused("referral-declined")
    elsewhere = heard(received, ReferralLinkedDuplicate(of_case_id=UUID(int=9)))
    given.knowing(elsewhere)().when(command).then_refused("referral-duplicate")
    gone = heard(received, ReferralWithdrawn(on=date(2025, 3, 5)))
    given.knowing(gone)().when(command).then_refused("referral-withdrawn")


@pytest.mark.parametrize(
    "command",
    [
        replace(offer, offer_on=date(2025, 4, 2), appt_on=date(2025, 4, 9)),
        replace(start, on=date(2025, 4, 2)),
        complete,
    ],
)
def test_nothing_new_happens_after_a_withdrawal(command: Command) -> None:
    given.knowing(withdrawn)(requested).when(command).then_refused("after-withdrawal")


def test_what_happened_before_the_withdrawal_can_still_be_recorded() -> None:
    given.knowing(withdrawn)(requested).when(start).then(started)


def test_an_offer_is_recorded() -> None:
    given(requested).when(offer).then(offered)


def test_the_same_offer_again_records_nothing_and_another_one_is_another_offer() -> None:
    given(requested, offered).when(offer).then_nothing()
    later = replace(offer, appt_on=date(2025, 3, 24))
    given(requested, offered).when(later).then(replace(offered, appt_on=date(2025, 3, 24)))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(offer, offer_on=date(2025, 3, 4)), "before-acceptance"),
        (replace(offer, offer_on=TODAY + timedelta(days=1), appt_on=TODAY + timedelta(days=8)), "in-the-future"),
        (replace(offer, appt_on=date(2025, 3, 6)), "appointment-before-offer"),
        (replace(start, on=date(2025, 3, 4)), "before-acceptance"),
        (replace(start, on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(complete, completed_on=date(2025, 3, 4)), "before-acceptance"),
        (replace(complete, completed_on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(measure, completed_on=date(2025, 3, 2)), "before-referral"),
        (replace(measure, completed_on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(concern, raised_on=date(2025, 3, 2)), "before-referral"),
        (replace(concern, by_when=date(2025, 3, 16)), "action-before-concern"),
        (replace(concern, subject_ref=STRANGER), "unknown-member"),
    ],
)
def test_dates_and_people_fit_the_referral(command: Command, code: str) -> None:
    given(requested).when(command).then_refused(code)


def test_the_assessment_starts_once() -> None:
    given(requested, offered).when(start).then(started)
    given(requested, started).when(start).then_nothing()
    given(requested, started).when(replace(start, on=date(2025, 3, 18))).then_refused("conflicts-with-record")


def test_a_start_that_nobody_offered_is_recorded_all_the_same() -> None:
    given().when(start).then(started)


def test_a_measure_is_recorded_with_its_band_and_the_registrys_version() -> None:
    given(started).when(measure).then(measured)


def test_the_same_measure_again_records_nothing() -> None:
    given(started, measured).when(measure).then_nothing()


def test_the_same_measure_with_another_result_is_refused() -> None:
    given(started, measured).when(replace(measure, total=Decimal(15))).then_refused("conflicts-with-record")


def test_a_measure_taken_before_the_acceptance_may_be_recorded() -> None:
    early = replace(measure, completed_on=date(2025, 3, 3))
    given().when(early).then(replace(measured, completed_on=date(2025, 3, 3)))


pir_gas = replace(
    measure,
    measure_code=MeasureCode.PIR_GAS,
    subject_kind=SubjectKind.RELATIONSHIP,
    subject_ref=None,
    relationship_ref=dyad,
    rater=Rater.CLINICIAN,
    total=Decimal(55),
    safety_item_flag=None,
)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(measure, total=Decimal(31)), "total-out-of-range"),
        (replace(measure, total=Decimal("14.5")), "total-not-on-scale"),
        (replace(measure, subject_kind=SubjectKind.INFANT), "subject-kind-differs"),
        (replace(measure, subject_ref=None), "subject-needed"),
        (replace(measure, subject_ref=STRANGER), "unknown-caregiver"),
        (replace(measure, safety_item_flag=None), "safety-item-needed"),
        (replace(measure, measure_code=MeasureCode.GAD_7, safety_item_flag=True), "no-safety-item"),
        (replace(pir_gas, relationship_ref=None), "relationship-needed"),
        (replace(pir_gas, subject_ref=MOTHER), "relationship-needed"),
        (
            replace(pir_gas, relationship_ref=Relationship(infant_id=STRANGER, caregiver_ids=(MOTHER,))),
            "unknown-infant",
        ),
        (
            replace(
                measure,
                measure_code=MeasureCode.SDQ_2_4,
                subject_kind=SubjectKind.INFANT,
                rater=Rater.CAREGIVER,
                safety_item_flag=None,
            ),
            "unknown-infant",
        ),
    ],
)
def test_a_measure_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(started).when(command).then_refused(code)


def test_a_relationship_is_measured_between_its_people() -> None:
    events = given.decider.decide(given.decider.initial, pir_gas, given.known)
    assert [(event.relationship_ref, event.band) for event in events] == [(dyad, "distressed")]  # type: ignore[union-attr]


def test_a_safety_concern_is_raised_once() -> None:
    given(started).when(concern).then(concerned)
    given(started, concerned).when(concern).then_nothing()


def test_the_assessment_is_completed_with_an_id_that_follows_from_the_case() -> None:
    given(requested, offered, started, measured).when(complete).then(completed)


def test_completing_it_again_records_nothing() -> None:
    given(started, completed).when(complete).then_nothing()
    given(started, completed).when(replace(complete, assessment_id=completed.assessment_id)).then_nothing()


def test_another_completion_is_refused() -> None:
    given(started, completed).when(replace(complete, contacts_used=4)).then_refused("conflicts-with-record")


def test_the_senders_own_assessment_id_is_kept() -> None:
    own = UUID(int=5)
    given(started).when(replace(complete, assessment_id=own)).then(replace(completed, assessment_id=own))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(complete, completed_on=date(2025, 3, 16)), "completed-before-started"),
        (replace(complete, measures_baseline=()), "baseline-needed"),
        (replace(complete, reason_not_measured=ReasonNotMeasured.LANGUAGE), "baseline-needed"),
        (replace(complete, focus_relationships=(replace(dyad, infant_id=STRANGER),)), "unknown-infant"),
        (replace(complete, focus_relationships=(replace(dyad, caregiver_ids=(STRANGER,)),)), "unknown-caregiver"),
        (
            replace(complete, focus_relationships=(replace(dyad, caregiver_ids=(MOTHER, MOTHER)),)),
            "duplicate-caregiver",
        ),
        (
            replace(complete, relationship_rating=RelationshipRating(measure=MeasureCode.PIR_GAS, value=Decimal(101))),
            "total-out-of-range",
        ),
    ],
)
def test_a_completion_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(started).when(command).then_refused(code)


def test_a_reason_stands_in_for_a_baseline_measure() -> None:
    reason = ReasonNotMeasured.DECLINED_BY_FAMILY
    command = replace(complete, measures_baseline=(), reason_not_measured=reason)
    given(started).when(command).then(replace(completed, measures_baseline=(), reason_not_measured=reason))


def test_twins_and_a_triad_are_relationships_of_one_case() -> None:
    triad = Relationship(infant_id=INFANT, caregiver_ids=(MOTHER, FATHER))
    command = replace(complete, focus_relationships=(dyad, triad))
    given(started).when(command).then(replace(completed, focus_relationships=(dyad, triad)))


def test_a_safety_item_above_zero_needs_a_safety_concern_before_the_assessment_is_completed() -> None:
    given(started, flagged).when(complete).then_refused("safety-concern-needed")
    given(started, flagged, concerned).when(complete).then(completed)
    given(started, concerned, flagged).when(complete).then(completed)


def test_a_safety_concern_about_another_person_is_no_answer() -> None:
    about_father = replace(concerned, subject_ref=FATHER)
    given(started, flagged, about_father).when(complete).then_refused("safety-concern-needed")
    given(started, flagged, replace(concerned, subject_ref=None)).when(complete).then(completed)


def test_a_safety_item_is_never_refused_however_late() -> None:
    later = replace(flag, timepoint=Timepoint.FINAL, completed_on=date(2025, 6, 1))
    given(started, completed).when(later).then(
        replace(flagged, timepoint=Timepoint.FINAL, completed_on=date(2025, 6, 1))
    )


def test_no_appointment_is_offered_after_the_assessment_was_completed() -> None:
    late = replace(offer, offer_on=date(2025, 4, 15), appt_on=date(2025, 4, 20))
    given(started, completed).when(late).then_refused("offered-after-completed")
    given(started, completed).when(offer).then(offered)


def test_an_abandoned_assessment_takes_what_happened_before_and_nothing_after_until_it_is_requested_again() -> None:
    given(requested, abandoned).when(start).then(started)
    later = (
        replace(offer, offer_on=date(2025, 3, 21), appt_on=date(2025, 3, 28)),
        replace(start, on=date(2025, 3, 21)),
    )
    for command in (*later, complete):
        given(requested, abandoned).when(command).then_refused("assessment-abandoned")
        state = given.decider.fold((requested, abandoned, requested))
        assert len(given.decider.decide(state, command, given.known)) == 1


def test_a_task_that_nobody_raised_cannot_be_done() -> None:
    given(requested).when(FinishTask(task_id=UUID(int=8), on=date(2025, 4, 1))).then_refused("unknown-task")


def test_subscales_are_kept_and_checked_one_by_one_and_only_its_raters_rate() -> None:
    about: dict[str, Any] = {
        "measure_code": MeasureCode.SDQ_2_4,
        "subject_kind": SubjectKind.INFANT,
        "subject_ref": INFANT,
        "rater": Rater.CAREGIVER,
        "subscales": {"conduct": Decimal(4), "prosocial": Decimal(8)},
    }
    asked = replace(measure, safety_item_flag=None, **about)
    given(started).when(asked).then(replace(measured, band=None, **about))
    given(started).when(replace(asked, subscales={"conduct": Decimal(11)})).then_refused("subscale-out-of-range")
    given(started).when(replace(asked, rater=Rater.SELF)).then_refused("rater-differs")
