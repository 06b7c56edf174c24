"""Structured logs: one JSON object a line on stderr, with the ids of what is being done and never its content."""

import logging
import sys
from traceback import walk_tb

import structlog

_PLACES = 8
"""How many places of an error are logged, the innermost ones."""


def places_of(error: BaseException) -> list[str]:
    """The places in the code that an error came through, innermost last."""
    return [f"{frame.f_code.co_filename}:{line}" for frame, line in walk_tb(error.__traceback__)][-_PLACES:]


def _without_content(_logger: object, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Instead of a traceback: which error happened and where in the code; of a library's message its first line.

    A message may quote what was posted, and local variables hold documents and passwords: neither is ever logged.
    asyncio and uvicorn put the error itself on the lines after the first.
    """
    entry["event"] = str(entry["event"]).partition("\n")[0]
    given = entry.pop("exc_info", None)
    if not given:
        return entry
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if error is not None:
        entry["error_type"] = type(error).__name__
        entry["places"] = places_of(error)
        cause = error.__cause__ or error.__context__
        if cause is not None:
            entry["cause_type"] = type(cause).__name__
    return entry


def configure_logging(service: str, role: str, level: str = "INFO") -> None:
    """Sets up logging for one process; every line carries `service`, `role`, `level` and a UTC `timestamp`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_content,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("aiokafka", "uvicorn.access", "kafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service, role=role)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; first argument of each call is a short event name in snake case, then ids as keywords."""
    return structlog.stdlib.get_logger(name)
