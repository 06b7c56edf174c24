"""The clocks of one case, side by side: of its events, of other cases of its babies, and of what the team has set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.reporting.clock_facts import case_facts
from services.reporting.clocks.catalogue import is_shown, readings
from services.reporting.clocks.facts import ClockFacts
from services.reporting.clocks.reading import ClockReading
from services.reporting.heard import Fact
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.queries import facts as facts_of
from services.reporting.teams import DEFAULT, Configuration, configurations
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamClock:
    """A clock of a case, and whether its team is held to it."""

    reading: ClockReading
    held_to: bool
    """The team's configuration names it, or it is every team's (the baby's clock)."""


async def clocks_of(
    conn: Connection, case_id: UUID, team_id: str, facts: Sequence[Fact], scope: Scope
) -> tuple[TeamClock, ...]:
    """Every clock of a case as at `scope.at`, as known at `scope.known_at`.

    Args:
        conn: a snapshot of the reader's teams.
        case_id: of the case.
        team_id: whose case it is: its configuration counts, and spells are of one team.
        facts: every event of the case.
        scope: t and k; neither its team nor its filters are looked at.
    """
    of_team = replace(scope, team=team_id, filters=Filters())
    configured = (await configurations(conn, of_team)).get(team_id, DEFAULT)
    others = [
        case_facts(other, await facts_of(conn, other, scope.known_at))
        for other in await _other_cases(conn, case_id, of_team)
    ]
    known = [fact for fact in facts if scope.known_at is None or fact.recorded_at <= scope.known_at]
    clock_facts = ClockFacts(
        case=case_facts(case_id, known),
        others=tuple(others),
        targets=configured.targets,
        targets_version=configured.version,
        on_parents_record=configured.on_parents_record,
    )
    return tuple(_of_team(reading, configured) for reading in readings(clock_facts, scope.at))


def _of_team(reading: ClockReading, configured: Configuration) -> TeamClock:
    return TeamClock(reading=reading, held_to=is_shown(reading.code, configured.clocks))


async def _other_cases(conn: Connection, case_id: UUID, scope: Scope) -> list[UUID]:
    """Other cases of the same babies in the same team, received by t, as known at k: what a spell may be joined of."""
    cases, instant = scope.cases(after=1)
    rows = await conn.fetch(
        f"""
        SELECT other.case_id FROM ({cases}) AS own JOIN ({cases}) AS other ON other.infants && own.infants
        WHERE own.case_id = $3::uuid AND other.case_id <> own.case_id AND other.received_on <= $1::date
        ORDER BY other.case_id
        """,
        scope.at, scope.team, case_id, *instant,
    )  # fmt: skip
    return [row["case_id"] for row in rows]
