"""How a team works, as configured: its targets and weights in force on a day, as known at an instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_team import TEAM_STREAMS, TeamConfigured
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CONSUMER
from shared.eventstore.store import Connection
from shared.kernel.codec import wire_type
from shared.kernel.history import effective

DEFAULT_VERSION = "default-1"
"""Version of a team that has configured nothing."""

OF_EACH_TEAM = "of-each-team"
"""In place of a version, for several teams of which any has configured itself: each is taken by its own settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What reporting uses of a team's configuration."""

    version: str = DEFAULT_VERSION
    targets: Mapping[str, int]
    """Days by name of the target, e.g. `decide_days`; what is not named is as in the defaults."""
    weights: Mapping[str, Decimal]
    """What a case weighs, by phase, tier and complexity; what is not named is as in the defaults."""
    clocks: frozenset[str] = frozenset({"local"})
    """Named waiting-time definitions that the team is held to (`clocks.catalogue.EVERY_CLOCK`)."""
    on_parents_record: bool = False
    """Whether national returns open its referrals on the parent's or carer's record, not on the baby's."""
    reliable_changes: Mapping[str, Decimal] = field(default_factory=dict)
    """Points by code of a measure, where the team has set its own."""


DEFAULT = Configuration(
    targets={
        "decide_days": 14,
        "contact_days": 28,
        "assess_days": 42,
        "programme_days": 14,
        "first_session_days": 28,
    },
    weights={
        "targeted": Decimal(1),
        "specialist": Decimal(2),
        "waiting": Decimal("0.25"),
        "assessment": Decimal(1),
        "active": Decimal(1),
        "ending": Decimal("0.5"),
        "complexity": Decimal("0.5"),
    },
)
"""For a team that has configured nothing; weights: domain 3.5."""

_CONFIGURED = [wire_type(name, 1) for name in ("TeamConfigured", "TeamConfiguredCorrected", "EventVoided")]
_CONFIGURATIONS = """
SELECT doc FROM inbox
WHERE consumer = $1 AND store = 'intervention' AND NOT waiting AND type = ANY ($2::text[])
  AND stream >= 'team-' AND stream < 'team.' AND ($3::text IS NULL OR stream = $3)
  AND ($4::timestamptz IS NULL OR recorded_at <= $4)
"""
_EVENTS = """
SELECT doc FROM inbox
WHERE consumer = $1 AND stream = ANY ($2::text[]) AND NOT waiting AND ($3::timestamptz IS NULL OR recorded_at <= $3)
"""


def in_force(facts: Iterable[Fact], at: date) -> Configuration:
    """The configuration of one team on a day: the latest in its stream that is effective by then.

    Args:
        facts: of one team's stream, voids and corrections included, in any order.
        at: civil date.
    """
    found = DEFAULT
    for fact in effective(list(facts)):
        event: Any = fact.event
        if isinstance(event, TeamConfigured) and event.effective_on <= at:
            found = Configuration(
                version=event.config_version,
                targets={**DEFAULT.targets, **event.targets},
                weights={**DEFAULT.weights, **event.weights},
                clocks=frozenset(event.clocks) or DEFAULT.clocks,
                on_parents_record=event.index_subject == "caregiver",
                reliable_changes={
                    each.measure_code: each.reliable_change
                    for each in event.measures
                    if each.reliable_change is not None
                },
            )
    return found


async def configurations(conn: Connection, scope: Scope) -> dict[str, Configuration]:
    """Of each team of the question that has configured itself: what is in force at t, as known at k."""
    stream = None if scope.team is None else f"{TEAM_STREAMS[0]}{scope.team}"
    rows = await conn.fetch(_CONFIGURATIONS, CONSUMER, _CONFIGURED, stream, scope.known_at)
    facts = sorted((decode(row["doc"].encode()) for row in rows), key=lambda fact: (fact.team_id, fact.version))
    return {team_id: in_force(of_team, scope.at) for team_id, of_team in groupby(facts, key=lambda fact: fact.team_id)}


def common_version(scope: Scope, configured: Mapping[str, Configuration]) -> str:
    """Version of the settings that an answer rests on: of its one team, or of all where none has set any."""
    if scope.team is not None:
        return configured.get(scope.team, DEFAULT).version
    return OF_EACH_TEAM if configured else DEFAULT_VERSION


async def events(conn: Connection, team_id: str, known_at: datetime | None) -> list[Fact]:
    """Every event of a team's own (settings, people, work) that was recorded by `known_at`, in no particular order."""
    streams = [f"{prefix}{team_id}" for prefix in TEAM_STREAMS]
    return [decode(row["doc"].encode()) for row in await conn.fetch(_EVENTS, CONSUMER, streams, known_at)]
