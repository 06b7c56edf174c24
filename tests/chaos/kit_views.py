"""Answers of reporting to many questions, to be compared before and after a fault."""

import time
from typing import Any

import httpx

from shared.settings import Settings
from tests.chaos.kit_generator import Generator

FINAL_WITHIN_S = 90.0
PERIOD = {"at": "2025-12-31", "from": "2025-01-01"}
STAMP = frozenset({"complete_to", "final", "known_at"})
"""What says how far an answer can be relied on; the rest is the answer."""


def questions(generator: Generator) -> list[tuple[str, dict[str, str]]]:
    """Every view about the generator's families: each case, and the team on some days."""
    days = ("2025-03-04", "2025-04-20", "2025-04-30", "2025-12-31")
    team = {"team": generator.team}
    return [
        *((f"/cases/{family.case_id}", {"at": "2025-12-31"}) for family, _ in generator.families),
        *(("/caseload", {**team, "at": day}) for day in days),
        *(("/cases", {**team, "at": day, "stage": "closed", "limit": "500"}) for day in days),
        ("/waits", {**team, **PERIOD}),
        ("/flow", {**team, **PERIOD}),
    ]


class Views:
    """Asks reporting.

    Args:
        settings: where it is.
        client: with a patient time-out.
    """

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self._url = settings.url("reporting")
        self._client = client

    async def ask(self, path: str, query: dict[str, str], known_at: str | None = None) -> dict[str, Any]:
        """One answer, stamp and all."""
        asked = query if known_at is None else {**query, "known_at": known_at}
        answer = await self._client.get(f"{self._url}{path}", params=asked)
        assert answer.status_code in {200, 404}, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def all(self, asked: list[tuple[str, dict[str, str]]], known_at: str | None = None) -> list[dict[str, Any]]:
        """The answers to many questions without their stamps."""
        return [bare(await self.ask(path, query, known_at)) for path, query in asked]

    async def now(self) -> str:
        """The instant at which an answer without `known_at` is given, by the database's clock."""
        return str((await self.ask("/teams", {}))["known_at"])

    async def is_final(self, known_at: str) -> bool:
        """Whether answers about that instant are final."""
        return bool((await self.ask("/flow", PERIOD, known_at))["final"])

    async def until_final(self, known_at: str) -> None:
        """Returns once answers about that instant are final."""
        ends = time.monotonic() + FINAL_WITHIN_S
        while not await self.is_final(known_at):
            assert time.monotonic() < ends, f"not final within {FINAL_WITHIN_S} s"


def bare(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without its stamp."""
    return {name: value for name, value in answer.items() if name not in STAMP}
