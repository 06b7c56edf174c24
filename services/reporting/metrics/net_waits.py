"""M4: the waits once more, net of the days on which the work rested because the family asked for it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reporting.metrics.figures import Figures, figures
from services.reporting.metrics.scope import OPEN, Scope
from services.reporting.metrics.waits import WAITS
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class NetWait:
    """One wait in its two forms, never mixed."""

    title: str
    completed: Figures
    """Stopped within the period."""
    completed_rested: int
    """Of those, cases from whose wait any day was taken off."""
    incomplete: Figures
    """Still waiting at the date."""
    incomplete_rested: int


_OFF = """
(SELECT coalesce(sum(upper(rest) - lower(rest)), 0)::integer
 FROM unnest(family_pauses * datemultirange(daterange(start, until))) AS rest)
"""
"""Days from `start` to before `until` on which the work rested at the family's request."""


async def net_waits(conn: Connection, scope: Scope, *, first: date, last: date) -> dict[str, NetWait]:
    """Every wait of `waits.WAITS` without the days of pauses that the family asked for: no target is held to it.

    Clocks never pause (`waits`); this answers another question, and is always shown under its own name. A rest lasts
    from the day of EpisodePaused to the day before EpisodeResumed. A wait that stopped before it started is left out.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period, civil date.
        last: of the period, included; not after `scope.at`.

    Unit: days between civil dates, less days of rest. Source: domain 6.6 M4 (net wait).
    Example: received 1 March, rest at the family's request from 10 to 19 March, seen 31 March -> 30 days, net 20.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=2)
    clocks = ", ".join(f"('{name}', c.{wait.start}, c.{wait.stop})" for name, wait in WAITS.items())
    rows = await conn.fetch(
        f"""
        WITH waited AS (
            SELECT clock.name, start, c.family_pauses, CASE WHEN stop <= $1::date THEN stop ELSE $1::date END AS until,
                   CASE WHEN stop BETWEEN $3::date AND $4::date THEN 'completed'
                        WHEN is_open AND start <= $1::date AND (stop IS NULL OR stop > $1::date) THEN 'incomplete'
                   END AS form
            FROM (SELECT *, {OPEN} AS is_open FROM ({cases}) AS believed) AS c,
                 LATERAL (VALUES {clocks}) AS clock (name, start, stop)
            WHERE start IS NOT NULL AND c.received_on IS NOT NULL
        ), net AS (
            SELECT name, form, until - start AS days, CASE WHEN family_pauses IS NULL THEN 0 ELSE {_OFF} END AS off
            FROM waited WHERE form IS NOT NULL AND until >= start
        )
        SELECT name, form, days - off AS days, count(*), count(*) FILTER (WHERE off > 0) AS rested
        FROM net GROUP BY 1, 2, 3
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    counted: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    rested: Counter[tuple[str, str]] = Counter()
    for name, form, days, count, with_rest in rows:
        counted[name, form][days] = count
        rested[name, form] += with_rest
    return {name: _answer(name, wait.title, counted, rested) for name, wait in WAITS.items()}


def _answer(
    name: str, title: str, counted: Mapping[tuple[str, str], Mapping[int, int]], rested: Mapping[tuple[str, str], int]
) -> NetWait:
    completed, incomplete = (name, "completed"), (name, "incomplete")
    return NetWait(
        title=title,
        completed=figures(counted.get(completed, {})),
        completed_rested=rested.get(completed, 0),
        incomplete=figures(counted.get(incomplete, {})),
        incomplete_rested=rested.get(incomplete, 0),
    )
