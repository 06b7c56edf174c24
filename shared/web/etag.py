"""ETag and If-Match: the version of a case's stream in one service (RFC 9110 sections 8.8.3 and 13.1.1)."""

from typing import Annotated

from fastapi import Depends, Header

from shared.web.problems import Problem

IF_MATCH_PATTERN = '^"(0|[1-9][0-9]{0,8})"$'


def etag(version: int) -> str:
    """The strong entity tag of a stream at `version`."""
    return f'"{version}"'


def parse_if_match(text: str | None) -> int | None:
    """The version that the caller believes in; None without the header.

    Raises:
        Problem: 400 `bad-if-match` for weak tags, lists, `*` and what is no version.
    """
    if text is None:
        return None
    inner = text.strip()
    digits = inner[1:-1]
    if len(inner) < 3 or inner[0] != '"' or inner[-1] != '"' or not (digits.isascii() and digits.isdigit()):
        raise _bad()
    if len(digits) > 9 or digits != str(int(digits)):
        raise _bad()
    return int(digits)


def _bad() -> Problem:
    detail = 'If-Match takes exactly one ETag that this service gave, such as "3"'
    return Problem(400, "bad-if-match", detail, field="/if-match", within="header")


def mismatch() -> Problem:
    """412: somebody else was faster, or the caller read something older."""
    return Problem(412, "version-mismatch", "the case is at another version in this service; read it again")


async def _expected_version(
    if_match: Annotated[
        str | None,
        Header(
            description='The ETag of the case as it was read, such as `"3"`.',
            json_schema_extra={"pattern": IF_MATCH_PATTERN},
        ),
    ] = None,
) -> int | None:
    return parse_if_match(if_match)


ExpectedVersion = Annotated[int | None, Depends(_expected_version)]
