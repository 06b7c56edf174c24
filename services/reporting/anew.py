"""After an upgrade: rows that another definition of the fold made are made anew, case by case, from the same events."""

from collections.abc import Sequence
from uuid import UUID

from services.reporting.fold import DEFINITION
from services.reporting.heard_team import WORK_STREAM
from services.reporting.projections import CONSUMER, CaseHistory
from shared.bus.batch import is_poison
from shared.bus.cases import lock_cases
from shared.bus.trouble import place_of
from shared.eventstore.store import Connection
from shared.kernel.ids import team_key
from shared.telemetry.logs import logger

log = logger(__name__)

_STALE = """
SELECT DISTINCT case_id FROM case_history WHERE definition <> $1 AND case_id > $2 ORDER BY case_id LIMIT $3
"""
_STALE_WORK = """
SELECT substr(stream, length($2) + 1) AS team_id FROM stream_heads AS s
WHERE consumer = $1 AND stream >= $2 AND stream < $3 AND NOT EXISTS (
    SELECT FROM work_history AS w WHERE w.team_id = substr(s.stream, length($2) + 1) AND w.definition = $4
)
ORDER BY 1
"""
_FEW = 200
"""Cases that are made anew in one transaction."""


async def make_anew(conn: Connection, history: CaseHistory) -> int:
    """Folds every case again whose rows were made by another definition; gives how many those were.

    The work of a team that has no row of this definition is folded again too; it is not counted. It may be
    interrupted, and run beside consumers: each transaction holds the rows of its cases locked. A case that this code
    cannot fold keeps its rows and is named in the log.

    Args:
        conn: of the consumer, in no transaction.
        history: the handler that folds.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the server; what was made anew until then stays.
    """
    made, last = 0, UUID(int=0)
    while stale := [row[0] for row in await conn.fetch(_STALE, DEFINITION, last, _FEW)]:
        try:
            await _fold(conn, history, stale)
        except Exception as error:
            if not is_poison(error):
                raise
            await _one_by_one(conn, history, stale)
        made, last = made + len(stale), stale[-1]
    beyond = WORK_STREAM[:-1] + chr(ord(WORK_STREAM[-1]) + 1)
    for [team_id] in await conn.fetch(_STALE_WORK, CONSUMER, WORK_STREAM, beyond, DEFINITION):
        await _work(conn, history, team_id)
    return made


async def _work(conn: Connection, history: CaseHistory, team_id: str) -> None:
    try:
        await _fold(conn, history, [team_key(team_id)])
    except Exception as error:
        if not is_poison(error):
            raise
        log.error("work_not_made_anew", team_id=team_id, error=place_of(error))  # noqa: TRY400 - may quote


async def _fold(conn: Connection, history: CaseHistory, cases: Sequence[UUID]) -> None:
    async with conn.transaction():
        await lock_cases(conn, CONSUMER, cases)
        await history.apply(conn, cases)


async def _one_by_one(conn: Connection, history: CaseHistory, cases: Sequence[UUID]) -> None:
    for case_id in cases:
        try:
            await _fold(conn, history, [case_id])
        except Exception as error:
            if not is_poison(error):
                raise
            log.error("case_not_made_anew", case_id=str(case_id), error=place_of(error))  # noqa: TRY400 - may quote
