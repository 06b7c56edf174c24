"""One relay or consumer as a process of its own, so that a test can kill it: `python -m tests.chaos.run_bus ...`.

relay STORE                     runs the relay of a store
consumer NAME STORE,STORE...    runs a consumer of the reporting database with the handler `Seeing`
"""

import asyncio
import sys

from shared.bus.consumer import Consumer
from shared.relay.relay import Relay
from shared.settings import Settings
from shared.telemetry.logs import configure_logging
from shared.testing.bus import Seeing, decodes


async def main(what: str, name: str, stores: str = "") -> None:
    """Runs until it is killed."""
    settings = Settings()  # type: ignore[call-arg]  # from the environment
    configure_logging(name, what)
    if what == "relay":
        await Relay(settings, name).run(asyncio.Event())
    else:
        reading = Consumer(
            settings, "reporting", name=name, stores=stores.split(","), handler=Seeing(name), decodes=decodes
        )
        await reading.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
