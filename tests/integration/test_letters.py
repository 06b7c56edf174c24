"""Letters are queued in the transaction of the decision that calls for them, and by nothing else."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.referral.aggregate import aggregate as referral
from services.referral.pathway_commands import ReceiveReferral
from shared.eventstore.envelope import Provenance
from shared.eventstore.pool import open_pool
from shared.eventstore.restore import restore
from shared.eventstore.store import read_after
from shared.kernel.letter import Letter
from shared.process.answers import Asked, Done
from shared.process.cases import CaseRunner
from shared.process.timers import Timers
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.process_kit import (
    STRUCTURED,
    apply,
    client_of,
    event,
    installed,
    request_example,
    rows,
)

RECEIVED = request_example(referral, "ReferralReceived")
LETTERS = """
SELECT l.id, l.event_id, l.kind, l.reader, l.team_id, l.state, l.attempts, split_part(e.type, '.', 2) AS caused_by
FROM letters l JOIN events e USING (event_id) WHERE l.case_id = $1 ORDER BY e.position
"""


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """The referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Of the referral service."""
    async with client_of(settings, "referral") as made:
        yield made


async def post(client: httpx.AsyncClient, body: Any) -> httpx.Response:
    return await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)


def received(case_id: UUID) -> dict[str, Any]:
    return event("ReferralReceived", RECEIVED, subject=str(case_id), teamid="team-north")


async def test_a_decision_queues_the_letters_that_it_calls_for_and_its_repetition_none(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = uuid4()
    body = received(case_id)
    assert [(await post(client, body)).status_code for _ in range(2)] == [201, 201]
    [letter] = await rows(settings, "referral", LETTERS, case_id)
    assert (letter["kind"], letter["reader"], letter["caused_by"]) == (
        "acknowledgement",
        "referrer",
        "ReferralReceived",
    )
    assert (letter["team_id"], letter["state"], letter["attempts"]) == ("team-north", "queued", 0)


async def test_what_is_refused_calls_for_no_letter(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = uuid4()
    accepted = event("ReferralAccepted", request_example(referral, "ReferralAccepted"), subject=str(case_id))
    assert (await post(client, accepted)).status_code == 409
    assert await rows(settings, "referral", LETTERS, case_id) == []


async def test_a_letter_that_cannot_be_thought_of_refuses_its_own_request_only(settings: Settings) -> None:
    def break_for_one(said: Any, _state: Any, _known: Any) -> tuple[Letter, ...]:
        if said.received_on == sick.received_on:
            raise KeyError("letters")
        return ()

    example = referral.request_examples["ReferralReceived"]
    assert isinstance(example, ReceiveReferral)
    sick = replace(example, received_on=example.received_on.replace(day=4), received_at=None)
    broken = replace(referral, letters=break_for_one)
    provenance = Provenance(actor="somebody", actor_role="system", correlation_id=uuid4())
    asked = [
        Asked(case_id=uuid4(), commands=(command,), provenance=provenance, mints=True, team_id="team-north")
        for command in (sick, replace(example, received_at=None))
    ]
    pool = await open_pool(settings, "referral", "dyad_writer", max_size=2)
    try:
        first, second = await CaseRunner(broken, pool).ask(asked)
    finally:
        await pool.close()
    assert isinstance(first, KeyError)
    assert isinstance(second, Done)
    stored = "SELECT count(*) FROM events WHERE case_id = $1"
    found = [(await rows(settings, "referral", stored, each.case_id))[0][0] for each in asked]
    assert found == [0, 1]


async def test_neither_restore_nor_a_rule_that_is_run_again_queues_a_letter(
    client: httpx.AsyncClient, settings: Settings, platform: Platform
) -> None:
    case_id = uuid4()
    assert (await post(client, received(case_id))).status_code == 201
    owner = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    history = await read_after(owner, 0, 1000)
    await owner.close()
    assert history
    with installed(platform, "referral") as other:
        target = await asyncpg.connect(other.dsn("referral", "dyad_owner"))
        await restore(target, history)
        await target.close()
        runner = await asyncpg.connect(other.dsn("referral", "dyad_consumer"))
        assert await Timers(other, (referral,)).look(runner) > 0
        await runner.close()
        await apply(other, referral, case_id)
        assert await rows(other, "referral", LETTERS, case_id) == []
