"""What is due in an assessment, when it rings, and when it does not (rules P2, P9)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.assessment.case import decider
from services.assessment.codes import OwnerRole, TargetCode
from services.assessment.commands import RecordBreach
from services.assessment.deadlines import deadlines
from services.assessment.events import TargetBreached
from services.assessment.heard import (
    Discharged,
    EpisodeOpened,
    EpisodeReopened,
    PregnancyEnded,
    ReferralLinkedDuplicate,
    ReferralWithdrawn,
)
from services.assessment.known import Known
from services.assessment.team_settings import Targets, TeamConfigured
from shared.kernel.civil import Moment
from tests.unit.assessment.build import (
    ACCEPTED_ON,
    INFANT,
    TWIN,
    abandoned,
    acceptance,
    completed,
    concerned,
    flagged,
    given,
    heard,
    known,
    offered,
    reassessed,
    received,
    requested,
    started,
)

OFFER_DUE, END_DUE, ANSWER_DUE = date(2025, 4, 2), date(2025, 4, 16), date(2025, 3, 18)
offer_breach = TargetBreached(target_code=TargetCode.OFFER_ASSESSMENT, due_on=OFFER_DUE, owner_role=OwnerRole.TEAM_LEAD)
end_breach = TargetBreached(
    target_code=TargetCode.COMPLETE_ASSESSMENT, due_on=END_DUE, owner_role=OwnerRole.PRACTITIONER
)
answer_breach = TargetBreached(
    target_code=TargetCode.ANSWER_SAFETY_ITEM, due_on=ANSWER_DUE, owner_role=OwnerRole.TEAM_LEAD
)


def ring(breach: TargetBreached) -> RecordBreach:
    return RecordBreach(target_code=breach.target_code, due_on=breach.due_on, owner_role=breach.owner_role)


def due(*events: Any, known: Known = known) -> dict[str, date]:
    found = deadlines(decider.fold(events), known)
    assert {item.name for item in found} == {item.command.target_code for item in found}  # type: ignore[union-attr]
    return {item.name: item.command.due_on for item in found}  # type: ignore[union-attr]


def test_an_accepted_family_waits_for_an_offer_and_for_the_end() -> None:
    assert due(requested) == {"offer_assessment": OFFER_DUE, "complete_assessment": END_DUE}


@pytest.mark.parametrize("act", [offered, started])
def test_an_offer_or_a_start_meets_the_first_and_leaves_the_second(act: Any) -> None:
    assert due(requested, act) == {"complete_assessment": END_DUE}


@pytest.mark.parametrize("end", [(completed,), (abandoned,)])
def test_the_end_of_the_assessment_meets_both(end: tuple[Any, ...]) -> None:
    assert due(requested, *end) == {}


def test_a_deadline_rings_at_the_end_of_the_civil_day_in_london() -> None:
    found = {item.name: item.due_at for item in deadlines(decider.fold([requested]), known)}
    assert found["offer_assessment"] == datetime(2025, 4, 2, 23, tzinfo=UTC), "British summer time"


def test_a_missed_offer_is_recorded_once() -> None:
    given(requested).when(ring(offer_breach)).then(offer_breach)
    given(requested, offer_breach).when(ring(offer_breach)).then_nothing()
    assert due(requested, offer_breach) == {"complete_assessment": END_DUE}


def test_a_deadline_that_was_met_while_it_rang_records_nothing() -> None:
    given(requested, offered).when(ring(offer_breach)).then_nothing()


def test_a_deadline_that_is_not_due_yet_records_nothing() -> None:
    early = replace(known, moment=Moment(datetime(2025, 4, 2, 22, 59, 59, tzinfo=UTC)))
    given.knowing(early)(requested).when(ring(offer_breach)).then_nothing()
    exact = replace(known, moment=Moment(datetime(2025, 4, 2, 23, tzinfo=UTC)))
    given.knowing(exact)(requested).when(ring(offer_breach)).then(offer_breach)


def test_an_assessment_that_did_not_end_in_time_is_recorded_once() -> None:
    given(requested, started).when(ring(end_breach)).then(end_breach)
    given(requested, started, end_breach).when(ring(end_breach)).then_nothing()


def test_the_team_sets_its_own_days() -> None:
    team = TeamConfigured(config_version="north-3", targets=Targets(offer_days=10, assess_days=20))
    own = heard(received, acceptance, team=(team,))
    assert due(requested, known=own)["complete_assessment"] == ACCEPTED_ON + timedelta(days=20)


@pytest.mark.parametrize(
    "ended",
    [
        heard(received, acceptance, ReferralWithdrawn(on=date(2025, 3, 20))),
        heard(received, acceptance, ReferralLinkedDuplicate(of_case_id=INFANT)),
        heard(received),
        heard(received, acceptance, episode=(Discharged(discharged_on=date(2025, 3, 20), reason="moved_area"),)),
        heard(received, acceptance, PregnancyEnded(infant_id=INFANT), PregnancyEnded(infant_id=TWIN)),
    ],
    ids=["withdrawn", "duplicate", "acceptance voided", "discharged", "loss"],
)
def test_nothing_rings_about_a_case_that_is_over_or_about_a_loss(ended: Known) -> None:
    assert due(requested, known=ended) == {}
    given.knowing(ended)(requested).when(ring(offer_breach)).then_nothing()


def test_a_reopened_case_and_one_with_a_living_twin_go_on() -> None:
    day = date(2025, 3, 20)
    closed = Discharged(discharged_on=day, reason="administrative_error")
    reopened = heard(received, acceptance, episode=(closed, EpisodeReopened(on=day)))
    accepted_anew = heard(received, acceptance, episode=(closed, EpisodeOpened(on=day)))
    twin = heard(received, acceptance, PregnancyEnded(infant_id=TWIN))
    assert due(requested, known=reopened) == due(requested, known=twin) == due(requested)
    assert due(requested, known=accepted_anew) == due(requested)
    opened_before = heard(received, acceptance, episode=(EpisodeOpened(on=day), closed))
    assert due(requested, known=opened_before) == {}


def test_a_reassessment_has_days_of_its_own() -> None:
    history = (requested, offered, started, completed, reassessed)
    assert due(*history) == {"offer_assessment": reassessed.due_on, "complete_assessment": date(2025, 6, 17)}


def test_a_safety_item_without_a_concern_rings_on_the_next_day_whatever_became_of_the_case() -> None:
    assert due(completed, flagged) == {"answer_safety_item": ANSWER_DUE}
    gone = heard(received, acceptance, ReferralWithdrawn(on=date(2025, 3, 20)))
    assert due(requested, flagged, known=gone) == {"answer_safety_item": ANSWER_DUE}
    given.knowing(gone)(requested, flagged).when(ring(answer_breach)).then(answer_breach)
    given(completed, flagged, answer_breach).when(ring(answer_breach)).then_nothing()


def test_a_safety_item_that_was_answered_does_not_ring() -> None:
    assert due(completed, flagged, concerned) == {}
    assert "answer_safety_item" in due(completed, flagged, replace(concerned, subject_ref=INFANT))
