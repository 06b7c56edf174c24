"""Whether two versions of the projection say the same: every belief up to an instant, row by row."""

from datetime import datetime
from typing import NamedTuple

from services.reporting.projections import TABLES
from services.reporting.rebuild.shape import ACTIVE
from shared.eventstore.store import Connection

# What was believed up to k is the same for ever: a row that was closed later than k was open at k.
_ROWS = """
SELECT to_jsonb(h) - 'known' || jsonb_build_object(
    'known', tstzrange(lower(h.known), CASE WHEN upper(h.known) <= $1::timestamptz THEN upper(h.known) END)
) AS row
FROM {table} AS h WHERE lower(h.known) <= $1::timestamptz
"""
_DIGEST = """
SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text FROM ({rows}) AS r
"""
_DIFFERENT = """
SELECT DISTINCT coalesce(row ->> 'case_id', row ->> 'team_id') AS owner
FROM ((({one}) EXCEPT ALL ({other})) UNION ALL (({other}) EXCEPT ALL ({one}))) AS r ORDER BY 1 LIMIT 20
"""


class Compared(NamedTuple):
    """One table in two versions."""

    table: str
    rows: int
    digest: str
    """Of the version that is read."""
    other_rows: int
    other_digest: str
    owners: tuple[str, ...]
    """Ids of cases, or codes of teams, whose rows differ; the first twenty."""

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return (self.rows, self.digest) == (self.other_rows, self.other_digest)


async def compare(conn: Connection, schema: str, known_at: datetime) -> list[Compared]:
    """Compares a version with the one that is read, in what both believed up to `known_at`.

    Args:
        conn: of the owner.
        schema: of the version.
        known_at: UTC instant at or before the watermark of both.
    """
    found = []
    for table in TABLES:
        rows, other = (_ROWS.format(table=f"{place}.{table}") for place in (ACTIVE, schema))
        [[count, digest]] = await conn.fetch(_DIGEST.format(rows=rows), known_at)
        [[other_count, other_digest]] = await conn.fetch(_DIGEST.format(rows=other), known_at)
        owners: tuple[str, ...] = ()
        if (count, digest) != (other_count, other_digest):
            different = await conn.fetch(_DIFFERENT.format(one=rows, other=other), known_at)
            owners = tuple(row["owner"] for row in different)
        found.append(Compared(table, count, digest, other_count, other_digest, owners))
    return found
