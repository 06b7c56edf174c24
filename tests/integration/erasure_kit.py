"""A family that is to be erased, who asks for it, and the executor that does it, with its clock in the test's hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from services.referral.erasure_executor import ErasureExecutor
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.settings import Settings
from tests.integration.process_kit import apply, client_of, hand_over, request_example
from tests.integration.vault_kit import Family, as_owner, auditor, entry, eventually, new_family, post, refer

NAME = "Wilhelmina Quackenbush"
HEARERS: dict[str, Aggregate[Any, Any, Any, Any]] = {"assessment": assessment, "intervention": intervention}
LATER = timedelta(hours=337)


@dataclass(frozen=True, slots=True)
class Office:
    """The referral service as different people see it."""

    system: httpx.AsyncClient
    first: httpx.AsyncClient
    second: httpx.AsyncClient
    assessment: httpx.AsyncClient


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Office]:
    """The referral service for four people, and the assessment service."""
    async with AsyncExitStack() as undo:
        yield Office(
            await undo.enter_async_context(client_of(settings, "referral")),
            await undo.enter_async_context(client_of(settings, "referral", auditor(settings, "first"))),
            await undo.enter_async_context(client_of(settings, "referral", auditor(settings, "second"))),
            await undo.enter_async_context(client_of(settings, "assessment")),
        )


async def known_family(settings: Settings, office: Office) -> Family:
    """A family with personal data in two services."""
    family = new_family()
    answer = await refer(
        office.system,
        family,
        entry(family.infant, "full_name", NAME),
        entry([family.infant, family.mother], "note", "of both"),
        entry(family.mother, "full_name", "the mother's"),
    )
    assert answer.status_code == 201
    acceptance = request_example(referral, "ReferralAccepted")
    assert (await post(office.system, "ReferralAccepted", family, acceptance)).status_code == 201
    await spread(settings, family)
    offer = {**request_example(assessment, "AssessmentOffered"), "personal": [entry(family.infant, "note", NAME)]}
    assert (await post(office.assessment, "AssessmentOffered", family, offer)).status_code == 201
    return family


async def spread(settings: Settings, family: Family) -> None:
    """What Kafka would carry: each service hears the others, and its rules run."""
    for aggregate in HEARERS.values():
        await hand_over(settings, "referral", aggregate, family.case_id)
        await apply(settings, aggregate, family.case_id)
        await hand_over(settings, aggregate.store, referral, family.case_id)
    await apply(settings, referral, family.case_id)


async def ask(office: Office, subject: UUID) -> str:
    answer = await office.first.post("/erasures", json={"subject": str(subject), "reason": "retention_expired"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_id"])


async def state(office: Office, request_id: str) -> dict[str, Any]:
    listed = (await office.first.get("/erasures")).json()["erasures"]
    found: dict[str, Any] = next(item for item in listed if item["request_id"] == request_id)
    return found


async def run_executor(
    settings: Settings, done: Any, *, now: datetime | None = None, clock: Callable[[], datetime] | None = None
) -> None:
    """Runs the executor with its clock at `now` until a condition holds."""
    stop = asyncio.Event()
    executor = ErasureExecutor(settings, clock=clock or (lambda: now or utc_now()), poll_s=0.02, retry_s=0.02)
    task = asyncio.create_task(executor.run(stop))
    try:
        await eventually(done)
    finally:
        stop.set()
        await task


async def erased(settings: Settings, office: Office, family: Family, subject: UUID) -> str:
    """Erases a person and has every service hear it."""
    request_id = await ask(office, subject)
    assert (await office.second.post(f"/erasures/{request_id}/approval")).status_code == 200

    async def executed() -> bool:
        return bool((await state(office, request_id))["state"] == "executed")

    await run_executor(settings, executed, now=utc_now() + LATER)
    await spread(settings, family)
    await spread(settings, family)  # heard twice, acknowledged once
    return request_id


async def has_key(settings: Settings, service: str, subject: UUID) -> bool:
    return bool(await as_owner(settings, service, "SELECT FROM subject_keys WHERE subject = $1", subject))
