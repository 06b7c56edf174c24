"""Runs the reporting service: `python -m services.reporting.main --role all|api|consumer`."""

import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reporting import api, pages, parked
from services.reporting.decoding import Decoder
from services.reporting.projections import CONSUMER, CaseHistory
from shared.bus.consumer import Consumer
from shared.eventstore.pool import open_pool
from shared.schema import schema_is_current
from shared.settings import STORES, Settings
from shared.web.access.verify import Verifier
from shared.web.app import create_app
from shared.web.health import Check
from shared.web.serve import Runner, Service, run_service

NAME = "reporting"
_READERS = 8
"""Connections for questions of one API process."""


def consumer(settings: Settings) -> Runner:
    """Hears every store and keeps `case_history`."""
    # It remembers facts by the ten thousand: with the default, a third of its time went into looking through them.
    gc.set_threshold(50_000, 20, 50)
    decoder = Decoder()
    return Consumer(settings, NAME, name=CONSUMER, stores=STORES, handler=CaseHistory(decoder), decodes=decoder.check)


def app(settings: Settings, wanted: bool, checks: Mapping[str, Check]) -> FastAPI:
    """The HTTP side; with `wanted` false only health."""

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncGenerator[None, None]:
        reader = await open_pool(settings, NAME, "dyad_reader", min_size=1, max_size=_READERS)
        writer = await open_pool(settings, NAME, "dyad_writer", min_size=1, max_size=2)

        async def current() -> bool:
            async with reader.acquire() as conn:
                return await schema_is_current(conn, NAME)

        application.state.views = api.Views(reader, writer)
        application.state.checks["database"] = current
        try:
            yield
        finally:
            await writer.close()
            await reader.close()

    routers = [api.router, parked.router, pages.pages] if wanted else []
    return create_app(
        NAME, title="Dyad: reporting", routers=routers, checks=checks, verifier=Verifier.of(settings), lifespan=lifespan
    )


service = Service(name=NAME, app=app, runners={"consumer": consumer})

if __name__ == "__main__":
    run_service(service)
