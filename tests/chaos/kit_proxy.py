"""A TCP proxy in front of PostgreSQL that lets a COMMIT through and keeps its answer: the moment of not knowing."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from deploy.local import ports

CHUNK = 65_536
COMMIT = re.compile(rb"COMMIT[;\0]")
"""As the client sends it, in a simple query message; not the isolation level READ COMMITTED."""


class CommitHolder:
    """Passes everything between clients and the server until `armed`; then keeps the answer to the next COMMIT.

    Args:
        server_port: of PostgreSQL, on loopback.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self.armed = False
        self.held = asyncio.Event()
        """Set once an answer is kept; that connection is silent from then on."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        server_reader, server_writer = await asyncio.open_connection(ports.LOOPBACK, self._server_port)
        silent = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._forward(reader, server_writer, silent))
                tasks.create_task(self._answer(server_reader, writer, silent))
        except* OSError:
            pass  # a side that was killed
        finally:
            for side in (writer, server_writer):
                side.close()

    async def _forward(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        while data := await reader.read(CHUNK):
            if self.armed and COMMIT.search(data):
                self.armed = False
                silent.set()
                self.held.set()
            server.write(data)
            await server.drain()
        server.close()

    async def _answer(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        while data := await server.read(CHUNK):
            if not silent.is_set():
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def commit_holder(server_port: int) -> AsyncIterator[tuple[CommitHolder, int]]:
    """A proxy at work during the block, and its port."""
    holder = CommitHolder(server_port)
    server = await asyncio.start_server(holder.serve, ports.LOOPBACK, 0)
    try:
        yield holder, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 10)
