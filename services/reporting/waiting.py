"""Who waits: the open cases of a team, or the network, with what each owes; for the worklist and the pathway watch.

One query over the views of reporting, as known at k; the rule itself is `services.reporting.wait_alerts`.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting import teams
from services.reporting.metrics.scope import OPEN, Scope
from services.reporting.targets import Target
from services.reporting.wait_alerts import SOON_DAYS, Alert, Wait, alerts
from shared.eventstore.store import Connection

_WAITS = """
SELECT c.case_id, c.team_id, c.owed_codes, c.owed_days, s.last_held_on,
       CASE WHEN {open} THEN s.not_brought END AS not_brought
FROM ({cases}) AS c
LEFT JOIN LATERAL (
    SELECT max(day) FILTER (WHERE status = 'held') AS last_held_on,
           array_agg(day ORDER BY day) FILTER (WHERE status = 'not_held' AND attend_status IN ('3', '7')) AS not_brought
    FROM seen_contacts AS s WHERE s.case_id = c.case_id AND {known} AND s.day <= $1::date
) AS s ON true
WHERE (c.owed_codes IS NOT NULL OR {open})
  AND ($3::uuid[] IS NULL OR c.case_id = ANY ($3))
"""


async def waits(conn: Connection, scope: Scope, cases: Collection[UUID] | None = None) -> list[Wait]:
    """The cases that owe something or are open, with what their alerts rest on.

    Sessions count up to t; what is owed stands as known at k, whatever t is.

    Args:
        conn: a snapshot, as `dyad_reader`.
        scope: team, t and k.
        cases: only these of them; None: all.
    """
    rows, instant = scope.cases(after=1)
    known = "upper_inf(s.known)" if scope.known_at is None else "s.known @> $4::timestamptz"
    found = await conn.fetch(
        _WAITS.format(cases=rows, known=known, open=OPEN),
        scope.at, scope.team, None if cases is None else list(cases), *instant,
    )  # fmt: skip
    return [_wait(row) for row in found]


def _wait(row: Any) -> Wait:
    owed = zip(row["owed_codes"] or (), row["owed_days"] or (), strict=True)
    last: date | None = row["last_held_on"]
    missed: list[date] = row["not_brought"] or []
    return Wait(
        case_id=row["case_id"],
        team_id=row["team_id"],
        owed=tuple((Target(code), day) for code, day in owed),
        last_held_on=last,
        # on one day a session that was held comes before one that was not (P5)
        not_brought=tuple(day for day in missed if last is None or day >= last),
    )


async def wait_alerts(
    conn: Connection, scope: Scope, cases: Collection[UUID] | None = None, *, within_days: int = SOON_DAYS
) -> list[Alert]:
    """Every wait alert of a team, or of the network, at t as known at k; by due date, then id.

    Args:
        conn: a snapshot, as `dyad_reader`.
        scope: team, t and k; each case is held against its own team's targets in force at t.
        cases: only these of them; None: all.
        within_days: how far ahead a breach is foretold, in days.
    """
    configured = await teams.configurations(conn, scope)
    found = [
        alert
        for wait in await waits(conn, scope, cases)
        for alert in alerts(wait, configured.get(wait.team_id, teams.DEFAULT).targets, scope.at, within_days)
    ]
    return sorted(found, key=lambda alert: (alert.due_on, alert.alert_id))
