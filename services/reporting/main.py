"""Runs the reporting service: `python -m services.reporting.main --role all|api|consumer|watch`."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.reporting import alerts, api, parked, rebase_routes, session_pages, sign_in, status, table_routes
from services.reporting.anew import make_anew
from services.reporting.decoding import Decoder
from services.reporting.names import NamesDesk
from services.reporting.pages import site
from services.reporting.pages.assets import assets
from services.reporting.pages.live import Hints
from services.reporting.pages.screens import draw_problem
from services.reporting.projections import CONSUMER, CaseHistory
from services.reporting.pseudonyms import Pseudonyms
from services.reporting.reports import routes as reports
from shared.bus.consumer import Consumer
from shared.bus.supervise import supervise
from shared.eventstore.pool import connect, open_pool
from shared.schema import schema_is_current
from shared.settings import STORES, Settings
from shared.telemetry.logs import logger
from shared.web.access.provider import Provider
from shared.web.access.sessions import Sessions
from shared.web.access.verify import Verifier
from shared.web.app import create_app
from shared.web.health import Check
from shared.web.reads_routes import reads_routes
from shared.web.serve import Runner, Service, run_service

log = logger(__name__)

NAME = "reporting"
_READERS = 8
"""Connections for questions of one API process."""
_WRITERS = 4
"""For sessions of readers, asked once a page, and decisions on held events."""
_DECIDED = (reports.router, rebase_routes.router)
"""What people decide about numbers."""
_SIGN_IN = (sign_in.sign_in, session_pages.session_pages)


class Projector:
    """Hears every store and keeps `case_history`; first makes anew what another definition of the fold made."""

    def __init__(self, settings: Settings) -> None:
        # It remembers facts by the ten thousand: with the default, a third of its time went into looking through them.
        gc.set_threshold(50_000, 20, 50)
        decoder = Decoder()
        self._settings = settings
        self._handler = CaseHistory(decoder)
        self._consumer = Consumer(
            settings, NAME, name=CONSUMER, stores=STORES, handler=self._handler, decodes=decoder.check
        )

    @property
    def ready(self) -> bool:
        """Whether it hears, and every row is of this definition."""
        return self._consumer.ready

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set. Raises what `Consumer.run` raises."""
        await supervise(self._work, stop, consumer=CONSUMER)

    async def _work(self, stop: asyncio.Event) -> None:
        await self._make_anew()
        await self._consumer.run(stop)

    async def _make_anew(self) -> None:
        pool = await open_pool(self._settings, NAME, "dyad_consumer", min_size=1, max_size=1)
        try:
            async with pool.acquire() as conn:
                made = await make_anew(conn, self._handler)
        finally:
            await pool.close()
        if made:
            log.info("made_anew", consumer=CONSUMER, cases=made)


def consumer(settings: Settings) -> Runner:
    """Hears every store and keeps `case_history`."""
    return Projector(settings)


def watch(settings: Settings) -> Runner:
    """Hears every store for the live tiles and wait alerts; disposable, so it runs by itself."""
    from services.reporting.watch import Watch  # noqa: PLC0415 - Faust takes its time to load, and only here

    return Watch(settings)


def app(settings: Settings, wanted: bool, checks: Mapping[str, Check]) -> FastAPI:
    """The HTTP side; with `wanted` false only health."""

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncGenerator[None, None]:
        reader = await open_pool(settings, NAME, "dyad_reader", min_size=1, max_size=_READERS)
        writer = await open_pool(settings, NAME, "dyad_writer", min_size=1, max_size=_WRITERS)

        async def current() -> bool:
            async with reader.acquire() as conn:
                return await schema_is_current(conn, NAME)

        application.state.views = api.Views(reader, writer, Pseudonyms(settings.reference_key))
        application.state.sessions = Sessions(writer, timedelta(minutes=settings.session_idle_minutes))
        application.state.provider = Provider.of(settings)
        application.state.checks["database"] = current
        hints = Hints(partial(connect, settings, NAME, "dyad_reader", application_name="dyad-live"))
        application.state.hints = hints
        listening = asyncio.create_task(hints.run(application.state.stopping))
        try:
            async with NamesDesk.of(settings) as application.state.names:
                yield
        finally:
            application.state.stopping.set()
            await listening
            await writer.close()
            await reader.close()

    reads = reads_routes(lambda state: state.views.reader)
    own = [
        api.router,
        table_routes.router,
        alerts.router,
        status.router,
        parked.router,
        *_DECIDED,
        *site.ROUTERS,
        *_SIGN_IN,
    ]
    routers = [*own, reads] if wanted else []
    if wanted:
        assets()  # without style and scripts it does not start
    made = create_app(
        NAME,
        title="Dyad: reporting",
        routers=routers,
        checks=checks,
        verifier=Verifier.of(settings),
        lifespan=lifespan,
        draw=draw_problem,
    )
    made.state.menu = site.MENU
    return made


service = Service(name=NAME, app=app, runners={"consumer": consumer}, apart={"watch": watch})

if __name__ == "__main__":
    run_service(service)
