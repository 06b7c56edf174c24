"""A load generator that costs little: one keep-alive connection per client, bytes made before the clock starts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    body: bytes


def request(host: str, port: int, path: str, body: bytes, content_type: str, *, token: str) -> bytes:
    """A POST request with its access token, ready to be written to a connection."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {content_type}\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get_request(host: str, port: int, path: str, *, token: str) -> bytes:
    """A GET request with its access token, ready to be written to a connection."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


async def load(host: str, port: int, clients: Sequence[Sequence[bytes]]) -> list[list[Answer]]:
    """Each client sends its requests one after the other, all clients at once; gives all answers."""
    return list(await asyncio.gather(*(_client(host, port, mine) for mine in clients)))


async def _client(host: str, port: int, requests: Sequence[bytes]) -> list[Answer]:
    async with connected(host, port) as ask:
        return [await ask(each) for each in requests]


@asynccontextmanager
async def connected(host: str, port: int) -> AsyncIterator[Callable[[bytes], Awaitable[Answer]]]:
    """What sends a request and gives its answer, on one connection that stays open for as long as the block."""
    reader, writer = await asyncio.open_connection(host, port, limit=LIMIT)

    async def ask(request: bytes) -> Answer:
        writer.write(request)
        return await _answer(reader)

    try:
        yield ask
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    return Answer(int(head[9:12]), await reader.readexactly(length) if length else b"")
