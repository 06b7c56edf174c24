"""The names of families, for the pages that show cases: asked of the referral service for each page, kept nowhere.

They are asked for with the reader's own token, so that it is the referral service that decides who is told what, and
that has each read on record.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx
from pydantic import BaseModel
from starlette.requests import Request

from shared.settings import Settings
from shared.telemetry.logs import logger
from shared.web.access.actor import Actor
from shared.web.access.browser import session_of
from shared.web.access.keys import unencrypted_is_fine
from shared.web.access.roles import Scope

MOST = 200
"""Cases of one question, as the referral service's `POST /people` takes them."""
NO_RIGHT = "Names are not shown: your role does not read them."
NO_ANSWER = "Names are not shown: the referral service, which keeps them, does not answer. Everything else is as usual."
_WITHIN_S = 2.0
_INFANT = "infant"
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a family."""

    name: str = field(repr=False)
    infant: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What a page says of who is meant."""

    by_case: Mapping[UUID, tuple[Person, ...]] = field(default_factory=dict, repr=False)
    why_not: str | None = None
    """One sentence for the reader, where no name is shown."""

    def of(self, case_id: UUID) -> tuple[Person, ...]:
        """Who is named of a case, babies first; nobody where the referral service named nobody."""
        return self.by_case.get(case_id, ())


class _Named(BaseModel):
    name: str
    kind: str | None


class _Case(BaseModel):
    case_id: UUID
    names: list[_Named]


class _Answer(BaseModel):
    people: list[_Case]


class NamesDesk:
    """Asks the referral service.

    Args:
        client: whose base address is that service's.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say. Raises ValueError for an address of another machine that says http: tokens go there."""
        address = settings.referral_address
        if address and not (address.startswith("https://") or unencrypted_is_fine(address)):
            raise ValueError("DYAD_REFERRAL_ADDRESS: https, or http on this machine")
        # no proxy of the environment and no other address: the reader's token goes to this service alone
        return cls(
            httpx.AsyncClient(
                base_url=settings.referral_url, timeout=_WITHIN_S, trust_env=False, follow_redirects=False
            )
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def names(self, request: Request, actor: Actor, cases: Iterable[UUID]) -> Names:
        """The names of some cases, in one question.

        Args:
            request: of the page, whose token is sent on.
            actor: who reads it.
            cases: that he is shown by their own ids, `MOST` of them at most.
        """
        if not actor.may(Scope.PERSON_READ):
            return Names(why_not=NO_RIGHT)
        wanted = [str(case_id) for case_id in cases]
        if not wanted:
            return Names()
        session = session_of(request)
        who = request.headers["authorization"] if session is None else f"Bearer {session.token}"
        try:
            async with asyncio.timeout(_WITHIN_S):  # httpx's own bound is for each of its waits
                answer = await self._client.post("/people", json={"cases": wanted}, headers={"authorization": who})
            answer.raise_for_status()
            found = _Answer.model_validate_json(answer.content)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            _log.warning("names_not_told", error=type(error).__name__)
            return Names(why_not=NO_ANSWER)
        return Names(
            {
                case.case_id: tuple(Person(each.name, each.kind == _INFANT) for each in case.names)
                for case in found.people
            }
        )
