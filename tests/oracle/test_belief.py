"""Voids, corrections, and what was known when: the state rule of domain 6.6 on the smallest histories."""

from datetime import UTC, date, datetime, timedelta

from tests.oracle.belief import believed
from tests.oracle.cases import cases_of
from tests.oracle.documents import london_date, read
from tests.oracle.saying import START, Story


def discharged_on(story: Story, k: datetime | None = None) -> date | None:
    [case] = cases_of(believed(read(story.documents), k))
    return case.discharged_on


def closed() -> tuple[Story, str]:
    story = Story()
    story.received("2025-03-03")
    return story, story.discharged("2025-03-28")


def test_a_void_takes_back_and_a_void_of_it_brings_back() -> None:
    story, discharge = closed()
    void = story.voided(discharge)
    assert discharged_on(story) is None
    story.voided(void)
    assert discharged_on(story) == date(2025, 3, 28)


def test_a_void_counts_from_its_own_recording_on() -> None:
    story, discharge = closed()
    story.voided(discharge)
    voided_at = START + timedelta(hours=3)
    assert discharged_on(story, voided_at - timedelta(microseconds=1)) == date(2025, 3, 28)
    assert discharged_on(story, voided_at) is None


def corrected(story: Story, target: str, on: str) -> str:
    data = {"discharged_on": on, "reason": "moved_area"}
    return story.say("DischargedCorrected", corrects_event_id=target, data=data)


def test_the_last_correction_holds_and_without_it_the_one_before() -> None:
    story, discharge = closed()
    corrected(story, discharge, "2025-04-01")
    second = corrected(story, discharge, "2025-04-02")
    assert discharged_on(story) == date(2025, 4, 2)
    story.voided(second)
    assert discharged_on(story) == date(2025, 4, 1)


def test_a_correction_is_itself_corrected() -> None:
    story, discharge = closed()
    first = corrected(story, discharge, "2025-04-01")
    corrected(story, first, "2025-04-03")
    assert discharged_on(story) == date(2025, 4, 3)


def test_the_last_word_holds_though_it_corrects_an_earlier_one_than_the_last() -> None:
    story, discharge = closed()
    first = corrected(story, discharge, "2025-04-01")
    corrected(story, discharge, "2025-04-02")
    corrected(story, first, "2025-04-03")
    assert discharged_on(story) == date(2025, 4, 3)


def test_a_correction_of_what_was_voided_has_no_effect() -> None:
    story, discharge = closed()
    first = corrected(story, discharge, "2025-04-01")
    corrected(story, first, "2025-04-03")
    story.voided(first)
    assert discharged_on(story) == date(2025, 3, 28)


def test_a_correction_does_not_bring_back_what_was_voided() -> None:
    story, discharge = closed()
    story.voided(discharge)
    corrected(story, discharge, "2025-04-01")
    assert discharged_on(story) is None


def test_a_reopening_takes_back_the_discharge_before_it_and_not_the_one_after() -> None:
    story, _ = closed()
    story.say("EpisodeReopened", on="2025-03-30")
    assert discharged_on(story) is None
    story.discharged("2025-05-01")
    assert discharged_on(story) == date(2025, 5, 1)


def test_an_instant_belongs_to_its_civil_date_in_london() -> None:
    assert london_date("2025-03-30T23:30:00+00:00") == date(2025, 3, 31)
    assert london_date("2025-10-26T23:30:00+00:00") == date(2025, 10, 26)
    assert datetime(2025, 3, 30, 23, 30, tzinfo=UTC).date() == date(2025, 3, 30)
