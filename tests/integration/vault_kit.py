"""A family with personal data, posted to real services, and looks into the vault from outside."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson

from services.referral.aggregate import aggregate as referral
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.process_kit import STRUCTURED, event, installed, request_example

TEAM = "team-north"


@dataclass(frozen=True, slots=True)
class Family:
    """Ids of one synthetic family."""

    case_id: UUID
    infant: UUID
    mother: UUID


def new_family() -> Family:
    """A family that nobody has heard of."""
    return Family(uuid4(), uuid4(), uuid4())


def entry(about: UUID | str | list[UUID], field: str, value: str, *readers: str) -> dict[str, Any]:
    """One entry of `data.personal`."""
    subjects = about if isinstance(about, list) else [about]
    told = {"disclosable_to": list(readers)} if readers else {}
    return {"about": [str(subject) for subject in subjects], "field": field, "value": value, **told}


def received(family: Family, *personal: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Data of a referral of one infant and one caregiver."""
    data = request_example(referral, "ReferralReceived")
    [infant], [mother] = data["subjects"][:1], data["caregivers"][:1]
    data["subjects"] = [{**infant, "infant_id": str(family.infant)}]
    data["caregivers"] = [{**mother, "caregiver_id": str(family.mother)}]
    return {**data, **({"personal": list(personal)} if personal else {}), **more}


async def post(client: httpx.AsyncClient, name: str, family: Family, data: Any, **attributes: Any) -> httpx.Response:
    """A structured event about a family's case."""
    body = event(name, data, subject=str(family.case_id), **attributes)
    return await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)


async def refer(client: httpx.AsyncClient, family: Family, *personal: dict[str, Any], **more: Any) -> httpx.Response:
    """Posts the referral of a family."""
    return await post(client, "ReferralReceived", family, received(family, *personal, **more), teamid=TEAM)


async def note(client: httpx.AsyncClient, family: Family, *personal: dict[str, Any]) -> httpx.Response:
    """Posts that details of the infant were put right, each time another entry."""
    data = {"subject_ref": str(family.infant), "entry_id": str(uuid4()), "on": "2025-03-04", "personal": list(personal)}
    return await post(client, "PersonDetailsRecorded", family, data)


async def people(client: httpx.AsyncClient, family: Family) -> dict[str, Any]:
    """What a service shows of the people of a case."""
    answer = await client.get(f"/cases/{family.case_id}/people")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def values(shown: Mapping[str, Any]) -> dict[tuple[str, ...], list[str]]:
    """Shown entries by field and whom they are about."""
    found: dict[tuple[str, ...], list[str]] = {}
    for item in shown["entries"]:
        found.setdefault((item["field"], *item["about"]), []).append(item["value"])
    return found


async def as_owner(settings: Settings, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """A query with all rights on a service's database."""
    conn = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
    try:
        await conn.execute("SELECT set_config('dyad.teams', '*', false)")
        return list(await conn.fetch(query, *arguments))
    finally:
        await conn.close()


def auditor(settings: Settings, name: str = "auditor-1") -> dict[str, str]:
    """The header of somebody who may export and erase."""
    return bearer(settings, "auditor", subject=name)


async def eventually(condition: Callable[[], Awaitable[bool]], bound_s: float = 20) -> None:
    """Returns once the condition holds.

    Raises:
        TimeoutError: it does not hold within `bound_s` seconds.
    """
    async with asyncio.timeout(bound_s):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in a database
            await asyncio.sleep(0.02)


@contextmanager
def installed_apart(platform: Platform, folder: Path, *services: str) -> Iterator[Settings]:
    """Databases with secrets of their own, which may be rotated; `folder` is the test's own."""
    with installed(platform, *services) as settings:
        shutil.copytree(settings.secrets_dir, folder / "secrets")
        yield settings.model_copy(
            update={"secrets_dir": folder / "secrets", "tombstones_file": folder / "tombstones.ndjson"}
        )
