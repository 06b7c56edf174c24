"""P11 between services: what was discharged over there is summarised here, and taken back with it, in any order."""

from typing import Any

import pytest

from services.assessment import commands as assessment
from services.intervention import commands as intervention
from services.referral import commands as referral
from services.referral.task_codes import TaskKind
from shared.kernel.history import EventVoided, VoidReason
from tests.unit.process.network import Network

RECEIVE = referral.EXAMPLES["ReferralReceived"]
ACCEPT = referral.EXAMPLES["ReferralAccepted"]
START = assessment.EXAMPLES["AssessmentStarted"]
DISCHARGE = intervention.EXAMPLES["Discharged"]
SENT: Any = referral.EXAMPLES["DischargeSummarySent"]
SEND, PUT_RIGHT = TaskKind.SEND_DISCHARGE_SUMMARY, TaskKind.CORRECT_DISCHARGE_SUMMARY


def discharged() -> Network:
    network = Network()
    assert network.ask("referral", RECEIVE, ACCEPT)
    network.settle()
    assert network.ask("assessment", START)
    network.settle()
    assert network.ask("intervention", DISCHARGE)
    return network


def void_discharge(network: Network) -> None:
    [target] = [item for item in network.services["intervention"].history if type(item.event).__name__ == "Discharged"]
    void = EventVoided(corrects_event_id=target.event_id, reason=VoidReason.ENTERED_IN_ERROR)
    assert network.ask("intervention", void)


def open_tasks(network: Network) -> list[TaskKind]:
    state = network.services["referral"].state()
    return [kind for kind in (SEND, PUT_RIGHT) for _ in state.open_tasks(kind)]


def test_a_discharge_asks_for_one_summary() -> None:
    network = discharged()
    network.settle()
    assert open_tasks(network) == [SEND]
    assert network.ask("referral", SENT)
    assert open_tasks(network) == []
    assert network.services["referral"].waiting() == set()


def test_a_summary_said_to_be_sent_before_its_discharge_is_known_waits() -> None:
    network = discharged()
    assert not network.ask("referral", SENT)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_discharge_that_was_voided_leaves_no_summary_to_be_sent_however_its_news_arrives(at_once: bool) -> None:
    network = discharged()
    if not at_once:
        network.settle()
    void_discharge(network)
    network.settle()
    assert open_tasks(network) == []


def test_a_summary_that_was_sent_of_a_voided_discharge_is_put_right_by_a_person() -> None:
    network = discharged()
    network.settle()
    assert network.ask("referral", SENT)
    void_discharge(network)
    network.settle()
    assert open_tasks(network) == [PUT_RIGHT]
