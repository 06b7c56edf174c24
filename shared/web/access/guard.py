"""Permission in the signature: every route takes one of these, and FastAPI has it checked before the route runs.

`/livez`, `/readyz` and `/metrics` alone take none: whoever supervises a process must be able to ask without a token,
and they say nothing about anybody. A test walks all routes and fails for one that is not in its table.
"""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from shared.web.access.actor import Actor
from shared.web.access.keys import NoKeys
from shared.web.access.roles import Scope
from shared.web.access.verify import BadToken, Verifier
from shared.web.problems import RETRY_AFTER_S, Problem

_REALM = 'Bearer realm="dyad"'


def unauthenticated(rule: str | None = None) -> Problem:
    """401: no token, or one that is not taken; says which rule it breaks (RFC 6750 section 3)."""
    if rule is None:
        return Problem(
            401, "token-needed", "send Authorization: Bearer and an access token", headers={"WWW-Authenticate": _REALM}
        )
    return Problem(
        401,
        "bad-token",
        "the access token is not taken; ask the issuer for another",
        field="/authorization",
        within="header",
        rule=rule,
        headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
    )


def forbidden(scope: Scope) -> Problem:
    """403: this role may not do this kind of act."""
    challenge = f'{_REALM}, error="insufficient_scope", scope="{scope.value}"'
    return Problem(
        403,
        "not-permitted",
        "your role does not permit this",
        rule=scope.value,
        headers={"WWW-Authenticate": challenge},
    )


def forbidden_team(within: str = "query", field: str = "/team") -> Problem:
    """403: a team that is none of the caller's own was named. Whether it exists is not said."""
    return Problem(403, "not-your-team", "your token is not for this team", field=field, within=within)


def unavailable() -> Problem:
    """503: nothing is wrong with the token, the keys to verify it are missing."""
    return Problem(
        503,
        "keys-unavailable",
        "the issuer's keys cannot be read; nobody can be let in until they are",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


async def actor_of_token(request: Request, token: str) -> Actor:
    """Whoever a token stands for.

    Raises:
        Problem: 401; 503 when the issuer's keys cannot be read.
    """
    verifier: Verifier = request.app.state.verifier
    try:
        return await verifier.actor(token)
    except BadToken as refusal:
        raise unauthenticated(refusal.rule) from None
    except NoKeys:
        raise unavailable() from None


async def authenticated(request: Request) -> Actor:
    """Whoever the bearer token stands for.

    Raises:
        Problem: 401.
    """
    given = request.headers.getlist("authorization")
    if not given:
        raise unauthenticated()
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("bearer-token")
    return await actor_of_token(request, token.strip())


class Permitted:
    """A dependency: an actor who may do one of these kinds of act.

    Args:
        scopes: any of them suffices; the first is named in the refusal.
    """

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request) -> Actor:
        """The actor.

        Raises:
            Problem: 401 or 403.
        """
        actor = await authenticated(request)
        if not any(map(actor.may, self.scopes)):
            raise forbidden(self.scopes[0])
        return actor


CurrentActor = Annotated[Actor, Depends(authenticated)]
"""Anybody with a token: only for routes that say nothing about anybody."""
MayReadStatus = Annotated[Actor, Depends(Permitted(Scope.STATUS_READ, Scope.CASE_READ))]
MayReadCase = Annotated[Actor, Depends(Permitted(Scope.CASE_READ))]
MayWriteCase = Annotated[Actor, Depends(Permitted(Scope.CASE_WRITE))]
MayDecideReferral = Annotated[Actor, Depends(Permitted(Scope.CASE_DECIDE))]
MayPostEvents = Annotated[Actor, Depends(Permitted(Scope.CASE_WRITE, Scope.WORK_WRITE, Scope.TEAM_CONFIGURE))]
"""What each posted type needs beyond that is asked of it one by one (`Aggregate.needs`)."""
MayBreakGlass = Annotated[Actor, Depends(Permitted(Scope.BREAK_GLASS))]
MayDeny = Annotated[Actor, Depends(Permitted(Scope.DENY))]
MayReadPerson = Annotated[Actor, Depends(Permitted(Scope.PERSON_READ))]
MayExportPerson = Annotated[Actor, Depends(Permitted(Scope.PERSON_EXPORT))]
MayErase = Annotated[Actor, Depends(Permitted(Scope.ERASE))]
MayReadTeam = Annotated[Actor, Depends(Permitted(Scope.TEAM_READ))]
MayConfigureTeam = Annotated[Actor, Depends(Permitted(Scope.TEAM_CONFIGURE))]
MayRecordWork = Annotated[Actor, Depends(Permitted(Scope.WORK_WRITE))]
MayReadViews = Annotated[Actor, Depends(Permitted(Scope.VIEWS_READ))]
MayRebaseLimits = Annotated[Actor, Depends(Permitted(Scope.LIMITS_REBASE))]
MayListCases = Annotated[Actor, Depends(Permitted(Scope.CASES_LIST, Scope.CASES_PSEUDONYMISED))]
MayReadTimeline = Annotated[Actor, Depends(Permitted(Scope.CASES_LIST))]
MayReadParked = Annotated[Actor, Depends(Permitted(Scope.PARKED_READ))]
MayDecideParked = Annotated[Actor, Depends(Permitted(Scope.PARKED_DECIDE))]
MayHandleLetters = Annotated[Actor, Depends(Permitted(Scope.LETTERS_HANDLE))]
MayReadSchemas = Annotated[Actor, Depends(Permitted(Scope.SCHEMAS_READ))]
MayReadReads = Annotated[Actor, Depends(Permitted(Scope.READS_READ))]
