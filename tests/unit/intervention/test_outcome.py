"""The outcome of a case from its paired measures (M9, domain 3.5), worked by hand."""

from datetime import date
from uuid import UUID

import pytest

from services.intervention.heard import MeasureRecorded
from services.intervention.outcome import RELIABLE_CHANGE, outcome_band
from tests.unit.intervention.build import FATHER, MOTHER, score

FIRST, SECOND, END = date(2025, 3, 17), date(2025, 3, 24), date(2025, 8, 19)
CONTACTS = (SECOND, FIRST, FIRST, date(2025, 8, 1))


def band(*measures: MeasureRecorded, contacts: tuple[date, ...] = CONTACTS) -> str:
    return str(outcome_band(measures, contacts, END))


def pair(code: str, first: int, last: int, subject: UUID = MOTHER) -> tuple[MeasureRecorded, MeasureRecorded]:
    return score(code, first, FIRST, subject), score(code, last, END, subject)


@pytest.mark.parametrize(
    ("code", "threshold", "better"),
    [("PHQ-9", 6, -1), ("GAD-7", 4, -1), ("CORE-10", 5, -1), ("GBO", 3, 1), ("SWEMWBS", 3, 1), ("WEMWBS", 9, 1)],
)
def test_a_change_counts_from_the_published_threshold_on(code: str, threshold: int, better: int) -> None:
    assert band(*pair(code, 20, 20 + better * threshold)) == "improved"
    assert band(*pair(code, 20, 20 + better * (threshold - 1))) == "maintained"
    assert band(*pair(code, 20, 20 - better * threshold)) == "deteriorated"
    assert int(RELIABLE_CHANGE[code].threshold) == threshold


def test_one_better_and_one_worse_is_mixed() -> None:
    assert band(*pair("PHQ-9", 20, 10), *pair("GAD-7", 5, 15)) == "mixed"


def test_one_better_and_one_unchanged_is_improved() -> None:
    assert band(*pair("PHQ-9", 20, 10), *pair("GAD-7", 5, 5)) == "improved"


def test_one_worse_and_one_unchanged_is_deteriorated() -> None:
    assert band(*pair("PHQ-9", 10, 20), *pair("GAD-7", 5, 5)) == "deteriorated"


def test_two_people_make_two_series() -> None:
    assert band(score("PHQ-9", 20, FIRST, MOTHER), score("PHQ-9", 5, END, FATHER)) == "not_measured"
    assert band(*pair("PHQ-9", 20, 5, MOTHER), *pair("PHQ-9", 5, 20, FATHER)) == "mixed"


def test_two_raters_make_two_series() -> None:
    assert band(score("GBO", 2, FIRST, rater="caregiver"), score("GBO", 8, END, rater="clinician")) == "not_measured"


def test_a_measure_without_a_published_threshold_makes_no_pair() -> None:
    assert band(*pair("EPDS", 20, 5)) == "not_measured"


def test_a_single_score_is_no_pair() -> None:
    assert band(score("PHQ-9", 20, END)) == "not_measured"


def test_the_first_score_counts_from_the_first_contact_on() -> None:
    before = date(2025, 3, 16)
    assert band(score("PHQ-9", 25, before), score("PHQ-9", 14, FIRST), score("PHQ-9", 12, END)) == "maintained"


def test_the_last_score_counts_from_the_second_contact_on() -> None:
    between = date(2025, 3, 20)
    assert band(score("PHQ-9", 20, FIRST), score("PHQ-9", 5, between)) == "not_measured"
    assert band(score("PHQ-9", 20, FIRST), score("PHQ-9", 5, SECOND)) == "improved"


def test_a_score_after_the_discharge_does_not_count() -> None:
    after = date(2025, 8, 20)
    assert band(*pair("PHQ-9", 20, 20), score("PHQ-9", 0, after)) == "maintained"


def test_one_contact_makes_no_outcome_and_a_date_counts_once() -> None:
    assert band(*pair("PHQ-9", 20, 5), contacts=(FIRST, FIRST)) == "not_measured"
    assert band(*pair("PHQ-9", 20, 5), contacts=(FIRST, date(2025, 8, 20))) == "not_measured"


def test_scores_of_one_day_stand_in_the_order_of_recording() -> None:
    assert band(score("PHQ-9", 20, SECOND), score("PHQ-9", 5, SECOND)) == "improved"
