"""What every service heard and could not apply, and what its rules left undecided: read and decided in its database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from deploy.local.network.aggregates import aggregates
from deploy.local.output import Row
from shared.bus import held
from shared.eventstore.pool import connect
from shared.eventstore.store import Connection
from shared.process import overdue
from shared.process import parked as rules
from shared.settings import SERVICES, STORES, Settings

_CONSUMERS = "SELECT DISTINCT consumer FROM held ORDER BY consumer"
COLUMNS = ("service", "item", "kind", "state", "case_id", "event", "since", "error")


class NotUndecided(Exception):
    """Nothing of this name waits for this decision."""


async def list_all(settings: Settings, *, everything: bool) -> list[Row]:
    """Every parked event, every rule's undecided cause and every deadline that was tried in vain, of all services.

    With `everything` decided events too.
    """
    rows: list[Row] = []
    for service in SERVICES:
        async with _connected(settings, service) as connection:
            for (consumer,) in await connection.fetch(_CONSUMERS):
                items = await held.list_held(connection, consumer, everything=everything)
                rows += [_event(service, item) for item in items]
            if service in STORES:
                rows += [_rule(service, item) for item in await rules.list_parked(connection)]
                rows += [_deadline(service, item) for item in await overdue.list_overdue(connection)]
    return rows


async def retry(settings: Settings, service: str, item: str, by: str, reason: str) -> str:
    """Try an item again; the outcome in one word.

    Args:
        settings: where the databases are.
        service: whose item.
        item: as `list_all` names it: a number, rule and causing event as `rule/uuid`, or rule and stream.
        by: opaque id of who decides.
        reason: why; a short code, no personal data.

    Raises:
        NotUndecided: nothing of this name waits for this decision.
    """
    async with _connected(settings, service) as connection:
        try:
            if _is_event(item):
                await held.retry(connection, int(item), by, reason)
                return "asked for"
            rule, _, stream = item.rpartition("/")
            if service in STORES and await overdue.try_again(connection, stream, rule):
                return "asked for"
            rule, cause = _rule_and_cause(service, item)
            async with connection.transaction():
                aggregate, listed = aggregates()[service], settings.tombstones
                return await rules.retry(connection, aggregate, rule, cause, by=by, reason=reason, tombstones=listed)
        except (held.NotHeld, rules.NotParked):
            raise NotUndecided(item) from None


async def discard(settings: Settings, service: str, item: str, by: str, reason: str) -> None:
    """Decide for good that nothing comes of an item; arguments and errors as for `retry`."""
    async with _connected(settings, service) as connection:
        try:
            if _is_event(item):
                async with connection.transaction():
                    await held.discard(connection, int(item), by, reason)
            else:
                rule, cause = _rule_and_cause(service, item)
                async with connection.transaction():
                    await rules.discard(connection, aggregates()[service], rule, cause, by=by, reason=reason)
        except (held.NotHeld, rules.NotParked):
            raise NotUndecided(item) from None


def _is_event(item: str) -> bool:
    return item.isascii() and item.isdecimal() and int(item) < 2**63


def _rule_and_cause(service: str, item: str) -> tuple[str, UUID]:
    rule, _, cause = item.rpartition("/")
    try:
        if service in STORES and rule:
            return rule, UUID(cause)
    except ValueError:
        pass
    raise NotUndecided(item)


@asynccontextmanager
async def _connected(settings: Settings, service: str) -> AsyncIterator[Connection]:
    connection = await connect(settings, service, "dyad_consumer")
    try:
        yield connection
    finally:
        await connection.close()


def _event(service: str, item: held.HeldItem) -> Row:
    version = f"@{item.stream}:{item.version}" if item.stream else ""
    return {
        "service": service,
        "item": str(item.id),
        "kind": item.kind,
        "state": item.state,
        "case_id": str(item.case_id) if item.case_id else None,
        "event": f"{item.type or 'unreadable'} {item.store}{version}",
        "since": item.held_at.isoformat(),
        "error": item.error,
    }


def _rule(service: str, item: rules.ParkedRule) -> Row:
    return {
        "service": service,
        "item": f"{item.rule}/{item.cause}",
        "kind": "rule",
        "state": item.outcome,
        "case_id": str(item.case_id),
        "event": str(item.cause),
        "since": item.at.isoformat(),
        "error": item.code,
    }


def _deadline(service: str, item: overdue.OverdueDeadline) -> Row:
    return {
        "service": service,
        "item": f"{item.name}/{item.stream}",
        "kind": "deadline",
        "state": "waiting",
        "case_id": str(item.case_id),
        "event": item.stream,
        "since": item.due_at.isoformat(),
        "error": item.code,
    }
