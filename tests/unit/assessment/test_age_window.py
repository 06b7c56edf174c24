"""The age window of a measure: outside it is recorded all the same, with a warning (domain 2.4, 6.4)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.assessment.events import MeasureRecorded
from services.assessment.heard import Infant, InfantBorn
from services.assessment.measure_codes import Band, MeasureCode, MeasureWarning, Rater, SubjectKind
from services.assessment.measures import REGISTRY, warnings_of
from services.assessment.values import Relationship
from tests.unit.assessment.build import (
    INFANT,
    MOTHER,
    TWIN,
    acceptance,
    dyad,
    given,
    heard,
    measure,
    measured,
    received,
    started,
)

OUTSIDE = (MeasureWarning.OUTSIDE_AGE_WINDOW,)
BORN_ON = date(2024, 1, 31)
AGED = heard(
    replace(received, subjects=(Infant(infant_id=INFANT, born_on=date(2023, 1, 1)), Infant(infant_id=TWIN))),
    acceptance,
)
observed = replace(
    measure,
    measure_code=MeasureCode.PIIOS,
    subject_kind=SubjectKind.RELATIONSHIP,
    subject_ref=None,
    relationship_ref=dyad,
    rater=Rater.OBSERVER,
    total=Decimal(10),
    safety_item_flag=None,
)
noted = replace(
    measured,
    measure_code=MeasureCode.PIIOS,
    subject_kind=SubjectKind.RELATIONSHIP,
    subject_ref=None,
    relationship_ref=dyad,
    rater=Rater.OBSERVER,
    total=Decimal(10),
    band=None,
)
warned = replace(noted, warnings=OUTSIDE)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("PIIOS", date(2024, 3, 13), date(2024, 8, 30)),
        ("KIPS", date(2024, 3, 31), date(2030, 1, 30)),
        ("MORS-CHILD-WARMTH", date(2026, 1, 31), date(2029, 1, 30)),
        ("MORS-CHILD-INVASION", date(2026, 1, 31), date(2029, 1, 30)),
        ("SDQ-2-4", date(2026, 1, 31), date(2029, 1, 30)),
        # one month after 31 January is reached on 1 March
        ("ASQ-SE-2", date(2024, 3, 1), date(2030, 2, 28)),
    ],
)
def test_a_measure_outside_its_age_window_is_warned_of_on_the_day_before_and_after(
    code: str, first: date, last: date
) -> None:
    measure = MeasureCode(code)
    assert warnings_of(measure, [BORN_ON], first - date.resolution) == OUTSIDE
    assert warnings_of(measure, [BORN_ON], first) == ()
    assert warnings_of(measure, [BORN_ON], last) == ()
    assert warnings_of(measure, [BORN_ON], last + date.resolution) == OUTSIDE


def test_a_measure_without_an_age_window_is_never_warned_of() -> None:
    without = {code for code, measure in REGISTRY.items() if measure.ages is None}
    assert without >= {"EPDS", "PHQ-9", "MORS-SF-WARMTH", "PIR-GAS", "GBO"}
    for code in without:
        assert warnings_of(code, [BORN_ON], date(2044, 1, 31)) == ()


def test_what_is_not_known_is_not_warned_of() -> None:
    late = date(2025, 1, 31)
    assert warnings_of(MeasureCode.PIIOS, [], late) == ()
    assert warnings_of(MeasureCode.PIIOS, [None], late) == ()
    assert warnings_of(MeasureCode.PIIOS, [BORN_ON, None], late) == ()
    assert warnings_of(MeasureCode.PIIOS, [BORN_ON, date(2024, 12, 1)], late) == (), "one of them is young enough"
    assert warnings_of(MeasureCode.PIIOS, [BORN_ON, BORN_ON], late) == OUTSIDE


def test_a_measure_outside_its_age_window_is_recorded_with_a_warning() -> None:
    given.knowing(AGED)(started).when(observed).then(warned)


def test_a_measure_of_an_infant_whose_age_is_not_known_is_recorded_without_one() -> None:
    given(started).when(observed).then(noted)
    twin = Relationship(infant_id=TWIN, caregiver_ids=(MOTHER,))
    given.knowing(AGED)(started).when(replace(observed, relationship_ref=twin)).then(
        replace(noted, relationship_ref=twin)
    )


@pytest.mark.parametrize(("born_on", "expected"), [(date(2025, 1, 1), noted), (date(2025, 3, 10), warned)])
def test_a_birth_that_was_heard_tells_the_age_of_an_infant_referred_unborn(
    born_on: date, expected: MeasureRecorded
) -> None:
    born = heard(received, acceptance, InfantBorn(infant_id=INFANT, born_on=born_on))
    given.knowing(born)(started).when(observed).then(expected)


def test_a_measure_said_again_after_the_birth_was_heard_stays_quiet() -> None:
    given.knowing(AGED)(started, noted).when(observed).then_nothing()


def test_a_caregivers_measure_is_made_for_any_infant_of_the_case() -> None:
    coder = Rater.OBSERVER
    kips = replace(measure, measure_code=MeasureCode.KIPS, rater=coder, total=Decimal(3), safety_item_flag=None)
    scored = replace(measured, measure_code=MeasureCode.KIPS, rater=coder, total=Decimal(3), band=Band.MODERATE)
    young = [Infant(infant_id=each, born_on=date(2025, 2, 1)) for each in (INFANT, TWIN)]
    only_young = heard(replace(received, subjects=tuple(young)), acceptance)
    given.knowing(only_young)(started).when(kips).then(replace(scored, warnings=OUTSIDE))
    older = heard(replace(received, subjects=(young[0], replace(young[1], born_on=date(2023, 1, 1)))), acceptance)
    given.knowing(older)(started).when(kips).then(scored)
