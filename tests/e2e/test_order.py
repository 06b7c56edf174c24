"""Roles as processes of their own, and facts that arrive in another order than they happened.

What holds a fact back is always outside: a relay or consumer that does not run, a topic that was deleted.
"""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from shared.bus.topics import ensure_topics
from shared.migrations import migrate_all
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.bus import query, settings_of, until
from shared.testing.platform import Platform
from shared.testing.roles import RoleProcess, role_processes
from shared.testing.tokens import bearer
from shared.testing.topics import delete_topics
from tests.e2e import says
from tests.e2e.clinic import Clinic, Family, accepted, cloud_event, refused
from tests.e2e.conftest import CLIENT_TIMEOUT_S
from tests.e2e.untimed import program

Roles = dict[tuple[str, str], RoleProcess]
APART = (
    ("referral", "api"),
    ("referral", "relay"),
    ("referral", "consumer"),
    ("assessment", "all"),
    ("intervention", "api"),
    ("intervention", "relay"),
    ("intervention", "consumer"),
    ("reporting", "api"),
    ("reporting", "consumer"),
)
WAITING = "SELECT code FROM rule_outcomes WHERE rule = 'P3' AND case_id = $1::uuid AND outcome = 'waiting'"
ACTED = "SELECT outcome, version FROM rule_outcomes WHERE rule = 'P3' AND case_id = $1::uuid"


@pytest.fixture(scope="module")
def apart(platform: Platform) -> Iterator[tuple[Settings, Roles]]:
    """Services whose roles are processes of their own; time does not pass in them."""
    namespace = servers.new_namespace()
    environment = platform.environment(namespace)
    settings = settings_of(environment)
    migrate_all(settings)
    with role_processes(settings, environment, APART, program=program) as roles:
        yield settings, roles
    servers.remove_namespace(platform, namespace)


@pytest.fixture
def patient_clinic(apart: tuple[Settings, Roles]) -> Iterator[Clinic]:
    """A clinical system that posts to them."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(apart[0])) as client:
        yield Clinic(apart[0], client)


def refer(clinic: Clinic, family: Family) -> tuple[says.Document, says.Document]:
    """A referral by reference: the baby and the mother."""
    baby, mother = says.infant(), says.caregiver()
    clinic.post("referral", family, cloud_event(family, "ReferralReceived", says.referral([baby], [mother])))
    return baby, mother


def test_a_family_travels_through_roles_that_run_apart(
    apart: tuple[Settings, Roles], patient_clinic: Clinic, family: Family
) -> None:
    clinic = patient_clinic
    baby, mother = refer(clinic, family)
    dyad = [says.relationship(baby, mother)]
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    clinic.post("assessment", family, cloud_event(family, "AssessmentCompleted", says.completion("2025-04-14", dyad)))
    clinic.post("intervention", family, cloud_event(family, "ProgrammeAssigned", says.programme("2025-04-22", dyad)))
    clinic.post("intervention", family, cloud_event(family, "Discharged", says.discharge("2025-05-19")))
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["stage"], case["programme_on"], case["closed_on"]) == ("closed", "2025-04-22", "2025-05-19")
    # A process that plays another role has no API: only its health is to be seen.
    settings, roles = apart
    assert settings.url("intervention") == roles["intervention", "api"].url
    assert httpx.get(f"{roles['intervention', 'consumer'].url}/cases/{family.case_id}").status_code == 404


def test_a_post_that_comes_before_its_cause_has_arrived_succeeds_later(
    apart: tuple[Settings, Roles], patient_clinic: Clinic, family: Family
) -> None:
    _, roles = apart
    clinic, relay = patient_clinic, roles["referral", "relay"]
    relay.stop()
    refer(clinic, family)
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    stranger = Family(family.team, reference=family.reference, case_id=family.case_id)  # waits for no token
    started = cloud_event(stranger, "AssessmentStarted", {"on": "2025-03-17"}, by_reference=False)
    discharged = cloud_event(stranger, "Discharged", says.discharge("2025-03-20"), by_reference=False)
    for store, event in (("assessment", started), ("intervention", discharged)):
        early = clinic.offer(store, stranger, event)
        refused(early, "not-known-yet")
        assert int(early.headers["retry-after"]) >= 1
        by_reference = cloud_event(stranger, "TaskDone", {"task_id": str(uuid4()), "on": "2025-03-17"})
        assert refused(clinic.offer(store, stranger, by_reference), "not-known-yet")["rule"] == "case-reference-unknown"

    relay.restart()
    for store, event in (("assessment", started), ("intervention", discharged)):
        accepted(clinic.offer(store, family, event), family, store, "")
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["first_contact_on"], case["closed_on"]) == ("2025-03-17", "2025-03-20")


async def test_a_signposting_assessment_that_arrives_before_the_acceptance_ends_in_the_discharge(
    apart: tuple[Settings, Roles], patient_clinic: Clinic, family: Family
) -> None:
    settings, roles = apart
    clinic, relay, consumer = patient_clinic, roles["referral", "relay"], roles["intervention", "consumer"]
    consumer.stop()
    baby, mother = refer(clinic, family)
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    done = says.completion("2025-04-14", [says.relationship(baby, mother)], recommendation="SIGNPOST")
    clinic.post("assessment", family, cloud_event(family, "AssessmentCompleted", done))
    # Kafka loses the referral's topic before the intervention service has read it: it hears of the assessment alone.
    relay.stop()
    await delete_topics(settings, "referral")
    await ensure_topics(settings)
    consumer.restart()

    async def waits() -> bool:
        return bool(await query(settings, "intervention", WAITING, family.case_id))

    await until(waits, "the rule to wait for the acceptance")
    early = clinic.offer(
        "intervention", Family(family.team), cloud_event(family, "Discharged", says.discharge("2025-04-15"))
    )
    refused(early, "not-known-yet")

    relay.restart()
    assert [each["type"].split(".")[1] for each in clinic.case_in("intervention", family)] == [
        "EpisodeOpened",
        "Discharged",
    ]
    assert [tuple(row) for row in await query(settings, "intervention", ACTED, family.case_id)] == [("acted", 2)]
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["discharge_reason"], case["closed_on"]) == ("no_further_need_after_assessment", "2025-04-14")
    await asyncio.to_thread(_nothing_was_said_twice, clinic, family)


def _nothing_was_said_twice(clinic: Clinic, family: Family) -> None:
    timeline = clinic.view(f"/cases/{family.case_id}", family)["timeline"]
    said = [(each["store"], each["event"]) for each in timeline]
    assert len(said) == len(set(said))
