"""`wait_for`: whoever must see what was written elsewhere gives the token of that write, and waits a while.

A token is `store@stream:version`, as every write answers it; several are separated by commas.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Query

from shared.web.problems import Problem, not_reached

WAIT_BOUND_S = 5.0
_PAUSE_S = 0.01
_TOKEN = re.compile(r"([a-z]{1,20})@([a-z]{1,20}-[a-z0-9][a-z0-9-]{0,39}):([1-9]\d{0,8})")
_MOST = 8
WAIT_FOR_PATTERN = "^[a-z]{1,20}@[a-z]{1,20}-[a-z0-9][a-z0-9-]{0,39}:[1-9][0-9]{0,8}$"
"""Of one token, for the published documents."""


class Token(NamedTuple):
    """One write that a caller wants to see."""

    store: str
    stream: str
    version: int


Reached = Callable[[Token], Awaitable[bool]]
"""Whether what a token stands for is visible here."""


def parse_tokens(text: str | None) -> tuple[Token, ...]:
    """The tokens of a `wait_for`.

    Raises:
        Problem: 400 `bad-wait-for`.
    """
    if not text:
        return ()
    found = [_TOKEN.fullmatch(part.strip()) for part in text.split(",")]
    tokens = tuple(Token(match[1], match[2], int(match[3])) for match in found if match is not None)
    if len(tokens) != len(found) or len(tokens) > _MOST:
        detail = "wait_for takes up to 8 tokens that a write answered, such as referral@referral-<case id>:3"
        raise Problem(400, "bad-wait-for", detail, field="/wait_for", within="query")
    return tokens


async def wait_until(reached: Reached, tokens: Sequence[Token], *, bound_s: float = WAIT_BOUND_S) -> None:
    """Returns once every token is reached.

    Raises:
        Problem: 503 `not-reached-yet` with Retry-After, after `bound_s` seconds.
    """
    ends = time.monotonic() + bound_s
    for token in tokens:
        while not await reached(token):
            if time.monotonic() > ends:
                raise not_reached("not-reached-yet", "what wait_for names has not arrived here yet; ask again")
            await asyncio.sleep(_PAUSE_S)


async def _tokens(
    wait_for: Annotated[
        str | None,
        Query(
            description="Token(s) of earlier writes, `store@stream:version`, comma-separated.",
            json_schema_extra={"pattern": WAIT_FOR_PATTERN},
        ),
    ] = None,
    wait_for_header: Annotated[
        str | None,
        Header(
            alias="wait-for", description="The same as `wait_for`.", json_schema_extra={"pattern": WAIT_FOR_PATTERN}
        ),
    ] = None,
) -> tuple[Token, ...]:
    return (*parse_tokens(wait_for), *parse_tokens(wait_for_header))


WaitFor = Annotated[tuple[Token, ...], Depends(_tokens)]
