"""The process rules between services: every order of arrival ends in the same case (domain 6.5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assessment import commands as assessment
from services.assessment.codes import Recommendation
from services.intervention import commands as intervention
from services.intervention.codes import DischargeReason, Stage, TaskKind
from services.referral import commands as referral
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason
from tests.unit.process.network import AGGREGATES, Network

RECEIVE = referral.EXAMPLES["ReferralReceived"]
ACCEPT: Any = referral.EXAMPLES["ReferralAccepted"]
WITHDRAW, DECLINE = referral.EXAMPLES["ReferralWithdrawn"], referral.EXAMPLES["ReferralDeclined"]
START = assessment.EXAMPLES["AssessmentStarted"]
COMPLETE: Any = assessment.EXAMPLES["AssessmentCompleted"]
MEASURE = assessment.EXAMPLES["MeasureRecorded"]
SIGNPOST: Any = replace(COMPLETE, recommendation=Recommendation.SIGNPOST)
ASSIGN, HOLD = intervention.EXAMPLES["ProgrammeAssigned"], intervention.EXAMPLES["SessionHeld"]
DISCHARGE = intervention.EXAMPLES["Discharged"]


def void(network: Network, store: str, name: str, *, last: bool = False) -> bool:
    """Takes back the first (or last) event of a name."""
    found = [item for item in network.services[store].history if type(item.event).__name__ == name]
    if not found:
        return False
    target = found[-1 if last else 0].event_id
    return network.ask(store, EventVoided(corrects_event_id=target, reason=VoidReason.ENTERED_IN_ERROR))


def accepted() -> Network:
    network = Network()
    assert network.ask("referral", RECEIVE)
    assert network.ask("referral", ACCEPT)
    return network


def assessed(completion: Any) -> Network:
    """A case whose assessment is complete, while the intervention service has heard nothing."""
    network = accepted()
    assert network.deliver("referral", "assessment")
    assert network.ask("assessment", START)
    assert network.ask("assessment", completion)
    return network


def discharge_of(network: Network) -> Any:
    return network.services["intervention"].state().discharge


def test_an_acceptance_requests_an_assessment_and_opens_an_episode() -> None:
    network = accepted()
    network.settle()
    assert network.services["assessment"].said() == ["AssessmentRequested"]
    assert network.services["intervention"].said() == ["EpisodeOpened"]


@pytest.mark.parametrize("first", ["assessment", "referral"])
def test_a_signpost_ends_in_the_discharge_whichever_news_comes_first(first: str) -> None:
    network = assessed(SIGNPOST)
    network.deliver(first, "intervention")
    if first == "assessment":
        assert network.services["intervention"].waiting() == {("P3", "not-known-yet")}
    network.settle()
    assert discharge_of(network).reason == DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT
    assert discharge_of(network).stage_at_discharge == Stage.ASSESSED
    assert network.services["intervention"].waiting() == set()


def test_a_recommended_programme_ends_in_one_task_that_the_programme_does() -> None:
    network = assessed(COMPLETE)
    network.deliver("assessment", "intervention")
    network.settle()
    assert network.services["intervention"].said() == ["EpisodeOpened", "TaskRaised"]
    assert network.ask("intervention", ASSIGN)
    assert network.services["intervention"].state().open_tasks(TaskKind.ASSIGN_PROGRAMME) == ()


def test_a_withdrawal_after_acceptance_closes_the_case_and_before_it_does_not() -> None:
    network = accepted()
    assert network.ask("referral", WITHDRAW)
    network.settle()
    assert discharge_of(network).reason == DischargeReason.FAMILY_WITHDREW
    never = Network()
    assert never.ask("referral", RECEIVE)
    assert never.ask("referral", WITHDRAW)
    never.settle()
    assert never.services["intervention"].said() == []


def test_a_withdrawal_after_the_discharge_was_heard_is_refused() -> None:
    network = assessed(SIGNPOST)
    network.settle()
    assert not network.ask("referral", WITHDRAW)


def test_a_voided_acceptance_closes_both_and_a_new_one_reopens_both() -> None:
    network = accepted()
    network.settle()
    assert void(network, "referral", "ReferralAccepted")
    network.settle()
    assert network.services["assessment"].said() == ["AssessmentRequested", "AssessmentAbandoned"]
    assert discharge_of(network).reason == DischargeReason.ADMINISTRATIVE_ERROR
    assert network.ask("referral", ACCEPT)
    network.settle()
    assert network.services["assessment"].said()[-1] == "AssessmentRequested"
    assert discharge_of(network) is None
    assert network.ask("assessment", START)


def test_a_voided_acceptance_after_contacts_is_a_task_in_each_service() -> None:
    network = assessed(COMPLETE)
    network.settle()
    assert network.ask("intervention", HOLD)
    assert void(network, "referral", "ReferralAccepted")
    network.settle()
    assert network.services["assessment"].said()[-1] == "TaskRaised"
    assert network.services["intervention"].said()[-1] == "TaskRaised"
    assert discharge_of(network) is None


def test_an_acceptance_voided_before_it_was_heard_has_never_been() -> None:
    network = accepted()
    assert void(network, "referral", "ReferralAccepted")
    network.settle()
    assert network.services["assessment"].said() == []
    assert network.services["intervention"].said() == []


@pytest.mark.parametrize("first", ["assessment", "referral"])
def test_a_result_of_a_case_whose_acceptance_was_voided_before_it_was_heard_waits_for_no_one(first: str) -> None:
    network = assessed(SIGNPOST)
    assert void(network, "referral", "ReferralAccepted")
    network.deliver(first, "intervention")
    network.settle()
    intervening = network.services["intervention"]
    assert (intervening.said(), intervening.waiting()) == ([], set())
    assert network.ask("referral", ACCEPT)
    network.settle()
    assert intervening.said() == ["EpisodeOpened", "Discharged"]
    assert discharge_of(network).reason == DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT


def test_a_result_is_followed_when_the_void_of_the_acceptance_is_itself_voided() -> None:
    network = assessed(SIGNPOST)
    assert void(network, "referral", "ReferralAccepted")
    network.settle()
    assert void(network, "referral", "EventVoided")
    network.settle()
    assert discharge_of(network).reason == DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT


def test_a_void_of_the_void_asks_a_person_about_what_was_closed() -> None:
    network = accepted()
    network.settle()
    assert void(network, "referral", "ReferralAccepted")
    network.settle()
    assert void(network, "referral", "EventVoided")
    network.settle()
    kinds = [task.kind for task in network.services["intervention"].state().tasks]
    assert kinds == [TaskKind.REVIEW_RESTORED_ACCEPTANCE]
    assert void(network, "intervention", "Discharged")
    assert discharge_of(network) is None


def test_what_the_assessment_said_while_the_episode_was_closed_in_error_is_followed_when_it_reopens() -> None:
    network = assessed(SIGNPOST)
    network.deliver("referral", "intervention")
    assert void(network, "referral", "ReferralAccepted")
    network.deliver("referral", "intervention")
    assert discharge_of(network).reason == DischargeReason.ADMINISTRATIVE_ERROR
    network.deliver("assessment", "intervention")
    assert network.ask("referral", ACCEPT)
    network.settle()
    assert discharge_of(network).reason == DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT


def test_a_completion_corrected_to_signpost_before_the_programme_discharges_the_case() -> None:
    network = assessed(COMPLETE)
    network.settle()
    target = network.services["assessment"].history[-1].event_id
    reason = CorrectionReason.NEW_INFORMATION
    assert network.ask("assessment", Corrected(corrects_event_id=target, reason=reason, data=SIGNPOST))
    network.settle()
    assert discharge_of(network).reason == DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT


def test_an_acceptance_corrected_to_an_earlier_day_opens_the_episode_earlier() -> None:
    network = accepted()
    network.settle()
    target = network.services["referral"].history[-1].event_id
    earlier = replace(ACCEPT, decided_on=date(2025, 3, 3))
    reason = CorrectionReason.ENTERED_IN_ERROR
    assert network.ask("referral", Corrected(corrects_event_id=target, reason=reason, data=earlier))
    network.settle()
    assert network.services["intervention"].state().opened_on == date(2025, 3, 3)


STORIES: dict[str, Callable[[], Network]] = {
    "signposted": lambda: assessed(SIGNPOST),
    "programme": lambda: assessed(COMPLETE),
    "accepted": accepted,
}


@pytest.mark.parametrize("story", sorted(STORIES))
@given(st.data())
def test_any_order_and_any_portions_of_arrival_end_in_the_same_case(story: str, data: st.DataObject) -> None:
    """Version order within a stream is the bus's promise; between streams, and how much at a time, nothing is."""
    in_order, mixed = STORIES[story](), STORIES[story]()
    in_order.settle()
    steps = st.tuples(st.sampled_from(sorted(AGGREGATES)), st.sampled_from(sorted(AGGREGATES)), st.integers(1, 3))
    for source, target, limit in data.draw(st.lists(steps, max_size=12)):
        mixed.deliver(source, target, limit)
    mixed.settle()
    for store in AGGREGATES:
        assert sorted(mixed.services[store].said()) == sorted(in_order.services[store].said())
        assert mixed.services[store].waiting() == set()
    assert discharge_of(mixed) == discharge_of(in_order)


ACTS: list[Callable[[Network], object]] = [
    lambda network: network.ask("referral", ACCEPT),
    lambda network: network.ask("referral", DECLINE),
    lambda network: network.ask("referral", WITHDRAW),
    lambda network: void(network, "referral", "ReferralAccepted", last=True),
    lambda network: void(network, "referral", "ReferralWithdrawn", last=True),
    lambda network: void(network, "referral", "EventVoided", last=True),
    lambda network: network.ask("assessment", START),
    lambda network: network.ask("assessment", SIGNPOST),
    lambda network: network.ask("assessment", COMPLETE),
    lambda network: void(network, "assessment", "AssessmentCompleted", last=True),
    lambda network: network.ask("intervention", ASSIGN),
    lambda network: network.ask("intervention", HOLD),
    lambda network: network.ask("intervention", DISCHARGE),
    lambda network: void(network, "intervention", "Discharged", last=True),
    lambda network: network.settle(),
]
ROUTES = [("referral", "assessment"), ("referral", "intervention"), ("assessment", "intervention")]


@settings(max_examples=150)
@given(st.data())
def test_whatever_people_do_and_however_news_travels_no_rule_breaks_and_none_acts_twice(data: st.DataObject) -> None:
    network = Network()
    network.ask("referral", RECEIVE)
    for act in data.draw(st.lists(st.one_of(st.sampled_from(ACTS), st.sampled_from(ROUTES)), min_size=8, max_size=40)):
        if isinstance(act, tuple):
            network.deliver(*act, limit=1)
        else:
            act(network)
    network.settle()
    for store, service in network.services.items():
        AGGREGATES[store].decider.check(service.state())
        assert {code for _, code in service.waiting()} <= {"not-known-yet"}
    before = {store: service.said() for store, service in network.services.items()}
    for target, service in network.services.items():
        service.hear("referral", []) if target != "referral" else None
    assert {store: service.said() for store, service in network.services.items()} == before
