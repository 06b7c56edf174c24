"""Process rules on real stores: once in effect, waiting without a lost wake-up, refused commands parked."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.bus.cases import lock_cases
from shared.eventstore.envelope import Provenance
from shared.eventstore.pool import open_pool
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.rule import Rule
from shared.process.answers import Asked, Done
from shared.process.cases import CaseRunner
from shared.process.manager import ProcessManager
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.process_kit import (
    STRUCTURED,
    apply,
    client_of,
    event,
    event_names,
    hand_over,
    installed,
    request_example,
    rows,
)

RECEIVED = request_example(referral, "ReferralReceived")
ACCEPTED = request_example(referral, "ReferralAccepted")
OUTCOMES = """
SELECT rule, outcome, code FROM rule_outcomes
WHERE case_id = $1 AND rule IN ('P2', 'P3', 'voided-acceptance') ORDER BY rule
"""

SOMEBODY_WAITS = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()
)
"""


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """The three deciding services' own databases for this module."""
    with installed(platform, "referral", "assessment", "intervention") as made:
        yield made


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The three services by name."""
    async with (
        client_of(settings, "referral") as one,
        client_of(settings, "assessment") as two,
        client_of(settings, "intervention") as three,
    ):
        yield {"referral": one, "assessment": two, "intervention": three}


async def post(client: httpx.AsyncClient, body: Any) -> httpx.Response:
    return await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)


async def accepted_case(client: httpx.AsyncClient) -> UUID:
    case_id = str(uuid4())
    received = event("ReferralReceived", RECEIVED, subject=case_id, teamid="team-north")
    assert (await post(client, received)).status_code == 201
    assert (await post(client, event("ReferralAccepted", ACCEPTED, subject=case_id))).status_code == 201
    return UUID(case_id)


async def void(client: httpx.AsyncClient, case_id: UUID, place: int) -> httpx.Response:
    stored = (await client.get(f"/cases/{case_id}/events")).json()
    body = {"corrects_event_id": stored[place]["id"], "reason": "entered_in_error"}
    return await client.post(f"/cases/{case_id}/voids", json=body)


async def test_an_acceptance_opens_assessment_and_episode_once(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    for aggregate, wanted in ((assessment, "AssessmentRequested"), (intervention, "EpisodeOpened")):
        assert await hand_over(settings, "referral", aggregate, case_id) == 2
        await apply(settings, aggregate, case_id)
        await apply(settings, aggregate, case_id)
        assert await event_names(settings, aggregate.store, case_id) == [wanted]
        found = await rows(settings, aggregate.store, OUTCOMES, case_id)
        assert [tuple(row) for row in found] == [("P2", "acted", None)]


async def test_what_a_rule_says_names_its_rule_and_cause_and_keeps_team_and_correlation(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, intervention, case_id)
    cause = (await clients["referral"].get(f"/cases/{case_id}/events")).json()[1]
    said = (await clients["intervention"].get(f"/cases/{case_id}/events")).json()[0]
    assert (said["rule"], said["causationid"], said["actor"]) == ("P2", cause["id"], "dyad")
    assert said["correlationid"] == cause["correlationid"]
    assert said["teamid"] == "team-north"


async def test_an_emptied_inbox_and_a_refilled_topic_act_on_nothing_twice(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, intervention, case_id)
    conn = await asyncpg.connect(settings.dsn("intervention", "dyad_consumer"))
    await conn.execute("DELETE FROM inbox WHERE case_id = $1", case_id)
    await conn.close()
    assert await hand_over(settings, "referral", intervention, case_id) == 2
    await apply(settings, intervention, case_id)
    assert await event_names(settings, "intervention", case_id) == ["EpisodeOpened"]


async def test_a_post_before_its_cause_is_not_known_yet_and_succeeds_later(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    offer = event("AssessmentOffered", request_example(assessment, "AssessmentOffered"), subject=str(case_id))
    early = await post(clients["assessment"], offer)
    assert early.status_code == 409
    assert early.json()["code"] == "not-known-yet"
    assert early.headers["retry-after"] == "1"
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    assert (await post(clients["assessment"], offer)).status_code == 201
    assert await event_names(settings, "assessment", case_id) == ["AssessmentRequested", "AssessmentOffered"]


async def test_a_reference_names_the_case_in_another_service_once_its_link_was_heard(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    received = event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid="team-north")
    case_id = UUID((await post(clients["referral"], received)).json()["case_id"])
    await post(clients["referral"], event("ReferralAccepted", ACCEPTED, subject=str(case_id)))
    data = {**request_example(assessment, "AssessmentOffered"), "case_reference": reference}
    offer = event("AssessmentOffered", data)
    assert (await post(clients["assessment"], offer)).json()["code"] == "not-known-yet"
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    answer = await post(clients["assessment"], offer)
    assert (answer.status_code, answer.json()["case_id"]) == (201, str(case_id))


async def completed_assessment(settings: Settings, clients: dict[str, httpx.AsyncClient], case_id: UUID) -> None:
    """An assessment that ends without a programme."""
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    for name in ("AssessmentOffered", "AssessmentStarted", "AssessmentCompleted"):
        data = request_example(assessment, name)
        if name == "AssessmentCompleted":
            data |= {"recommendation": "SIGNPOST", "need_level": "NONE", "measures_baseline": []}
            data["reason_not_measured"] = "not_appropriate"
            data["focus_relationships"] = [
                {
                    "infant_id": RECEIVED["subjects"][0]["infant_id"],
                    "caregiver_ids": [RECEIVED["caregivers"][0]["caregiver_id"]],
                }
            ]
        answer = await post(clients["assessment"], event(name, data, subject=str(case_id)))
        assert answer.status_code == 201, (name, answer.text)


async def test_a_completed_assessment_that_arrives_before_the_acceptance_waits_and_discharges_all_the_same(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await completed_assessment(settings, clients, case_id)
    await hand_over(settings, "assessment", intervention, case_id)
    await apply(settings, intervention, case_id)
    assert [row["outcome"] for row in await rows(settings, "intervention", OUTCOMES, case_id)] == ["waiting"]
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, intervention, case_id)
    assert await event_names(settings, "intervention", case_id) == ["EpisodeOpened", "Discharged"]
    found = await rows(settings, "intervention", OUTCOMES, case_id)
    assert [tuple(row) for row in found] == [("P2", "acted", None), ("P3", "acted", None)]


async def test_a_post_counts_as_an_arrival_for_a_waiting_rule(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, _answering(assessment, NotYetKnown("later")), case_id)
    found = await rows(settings, "assessment", OUTCOMES, case_id)
    assert [tuple(row) for row in found] == [("P2", "waiting", "later")]
    offer = event("AssessmentOffered", request_example(assessment, "AssessmentOffered"), subject=str(case_id))
    answer = await post(clients["assessment"], offer)
    assert answer.status_code == 201
    found = await rows(settings, "assessment", OUTCOMES, case_id)
    assert [tuple(row) for row in found] == [("P2", "acted", None)]
    read = await clients["assessment"].get(f"/cases/{case_id}")
    assert answer.headers["etag"] == read.headers["etag"] == '"2"'
    assert (answer.json()["version"], len(answer.json()["event_ids"])) == (2, 1)
    assert answer.json()["wait_for"] == f"assessment@assessment-{case_id}:2"
    again = await post(clients["assessment"], offer)
    assert (again.content, again.headers["etag"]) == (answer.content, '"2"')
    assert await event_names(settings, "assessment", case_id) == ["AssessmentOffered", "AssessmentRequested"]


async def test_a_rule_that_breaks_after_a_post_takes_what_the_others_decided_with_it(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, _with_second_rule(assessment, NotYetKnown("later"), first_waits=True), case_id)
    offer = assessment.request_examples["AssessmentOffered"]
    person = Provenance(actor="local", actor_role="practitioner", correlation_id=uuid4())
    broken = _with_second_rule(assessment, RuntimeError("broken"))
    async with await open_pool(settings, "assessment", "dyad_writer", min_size=1, max_size=1) as pool:
        asked = Asked(case_id=case_id, commands=(offer,), provenance=person)
        [answer] = await CaseRunner(broken, pool).ask([asked])
    assert isinstance(answer, Done)
    assert await event_names(settings, "assessment", case_id) == ["AssessmentOffered"]
    found = await rows(settings, "assessment", OUTCOMES, case_id)
    assert [tuple(row) for row in found] == [("P2", "waiting", "later")]
    await apply(settings, assessment, case_id)
    assert await event_names(settings, "assessment", case_id) == ["AssessmentOffered", "AssessmentRequested"]


async def test_a_restored_rule_record_is_honoured(clients: dict[str, httpx.AsyncClient], settings: Settings) -> None:
    case_id = await accepted_case(clients["referral"])
    cause = (await clients["referral"].get(f"/cases/{case_id}/events")).json()[1]["id"]
    conn = await asyncpg.connect(settings.dsn("intervention", "dyad_owner"))
    await conn.execute(
        "INSERT INTO rule_outcomes (rule, cause, case_id, team_id, outcome, cause_recorded_at)"
        " VALUES ($1, $2, $3, 'team-north', $4, $5)",
        *("P2", UUID(cause), case_id, "nothing", datetime.now(UTC)),
    )
    await conn.close()
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, intervention, case_id)
    assert await event_names(settings, "intervention", case_id) == []


async def test_a_cause_that_was_taken_back_before_it_was_heard_causes_nothing(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    assert (await void(clients["referral"], case_id, 1)).status_code == 201
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    found = {
        row["rule"]: (row["outcome"], row["code"]) for row in await rows(settings, "assessment", OUTCOMES, case_id)
    }
    assert found["P2"] == ("nothing", "cause-not-in-force")
    assert "AssessmentRequested" not in await event_names(settings, "assessment", case_id)


async def test_a_cause_that_comes_back_into_force_is_looked_at_again(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await void(clients["referral"], case_id, 1)
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    assert (await void(clients["referral"], case_id, 2)).status_code == 201
    await hand_over(settings, "referral", assessment, case_id)
    await apply(settings, assessment, case_id)
    assert "AssessmentRequested" in await event_names(settings, "assessment", case_id)


async def test_a_rules_refused_command_is_parked_with_its_code_and_the_rest_goes_on(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    refusing, fine = await accepted_case(clients["referral"]), await accepted_case(clients["referral"])
    for case_id in (refusing, fine):
        await hand_over(settings, "referral", intervention, case_id)
    aggregate = _answering(intervention, Rejected("not-today"), only=refusing)
    await apply(settings, aggregate, refusing, fine)
    found = await rows(settings, "intervention", OUTCOMES, refusing)
    assert [tuple(row) for row in found] == [("P2", "parked", "not-today")]
    assert await event_names(settings, "intervention", refusing) == []
    assert await event_names(settings, "intervention", fine) == ["EpisodeOpened"]
    await apply(settings, aggregate, refusing)
    assert await event_names(settings, "intervention", refusing) == []


async def test_a_person_retries_a_parked_rule_with_a_reason(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id, path = await _parked(clients, settings)
    answer = await clients["intervention"].post(f"{path}/retry", json={"reason": "mended"})
    assert (answer.status_code, answer.json()) == (200, {"outcome": "acted"})
    assert await event_names(settings, "intervention", case_id) == ["EpisodeOpened"]
    record = "SELECT outcome, decided_by, reason FROM rule_outcomes WHERE case_id = $1 AND rule = 'P2'"
    assert [tuple(row) for row in await rows(settings, "intervention", record, case_id)] == [
        ("acted", "local-system", "mended")
    ]
    assert (await clients["intervention"].post(f"{path}/retry", json={"reason": "mended"})).status_code == 404


async def test_a_person_discards_a_parked_rule_for_good(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id, path = await _parked(clients, settings)
    answer = await clients["intervention"].post(f"{path}/discard", json={"reason": "wrong-case"})
    assert answer.status_code == 200
    await apply(settings, intervention, case_id)
    assert await event_names(settings, "intervention", case_id) == []
    listed = (await clients["intervention"].get("/parked")).json()["rules"]
    assert str(case_id) not in {item["case_id"] for item in listed}


async def test_a_discard_waits_for_the_consumer_that_judges_the_same_case(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, _answering(intervention, NotYetKnown("later")), case_id)
    listed = (await clients["intervention"].get("/parked")).json()["rules"]
    cause = next(item["cause"] for item in listed if (item["case_id"], item["rule"]) == (str(case_id), "P2"))
    consumer = await asyncpg.connect(settings.dsn("intervention", "dyad_consumer"))
    async with consumer.transaction():
        await lock_cases(consumer, "intervention", [case_id])
        path = f"/parked/rules/P2/{cause}/discard"
        discarding = asyncio.create_task(clients["intervention"].post(path, json={"reason": "wrong-case"}))
        async with asyncio.timeout(20):
            while not await consumer.fetchval(SOMEBODY_WAITS):
                assert not discarding.done(), "it did not wait for the case"
                await asyncio.sleep(0)
        await ProcessManager(intervention).apply(consumer, [case_id])
    await consumer.close()
    assert (await discarding).status_code == 404
    assert await event_names(settings, "intervention", case_id) == ["EpisodeOpened"]
    found = await rows(settings, "intervention", OUTCOMES, case_id)
    assert [tuple(row) for row in found] == [("P2", "acted", None)]


async def _parked(clients: dict[str, httpx.AsyncClient], settings: Settings) -> tuple[UUID, str]:
    """A case whose episode could not be opened, and the path of that parked rule."""
    case_id = await accepted_case(clients["referral"])
    await hand_over(settings, "referral", intervention, case_id)
    await apply(settings, _answering(intervention, Rejected("not-today")), case_id)
    listed = (await clients["intervention"].get("/parked")).json()["rules"]
    [mine] = [item for item in listed if item["case_id"] == str(case_id)]
    assert (mine["outcome"], mine["code"]) == ("parked", "not-today")
    return case_id, f"/parked/rules/{mine['rule']}/{mine['cause']}"


def _answering(aggregate: Any, refusal: Exception, *, only: UUID | None = None) -> Any:
    """A service whose decider refuses every command; that of one case only, if one is given."""

    def decide(state: Any, command: Any, known: Any) -> Any:
        if only is None or known.case_id == str(only):
            raise refusal
        return aggregate.decider.decide(state, command, known)

    return replace(aggregate, decider=replace(aggregate.decider, decide=decide))


def _with_second_rule(aggregate: Any, trouble: Exception, *, first_waits: bool = False) -> Any:
    """A service with a rule behind P2 that always has this trouble; P2 may have it too."""

    def react(_cause: Any, _known: Any) -> Any:
        raise trouble

    [first, *_] = [rule for rule in aggregate.rules if rule.name == "P2"]
    first = replace(first, react=react) if first_waits else first
    return replace(aggregate, rules=(first, Rule("second", frozenset({"ReferralAccepted"}), react)))
