"""M17: how far a team reaches into its locality, and from how many sides families are referred to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.reporting.heard_team import LocalityReachDeclared
from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import CONTACT
from services.reporting.team_record import said
from shared.eventstore.store import Connection
from shared.kernel.history import Recorded

NOT_STATED = "not_stated"
"""Source of a referral that names none: no source of its own, so not among the active ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What reached whom over a period, and the births to hold it against."""

    families: int
    """Cases with at least one attended contact."""
    trained: int
    """People who took part in training, each time."""
    consultations: int
    births: Mapping[str, tuple[int, int]]
    """By locality: the year that is used, and its births."""
    sources: Mapping[str, int]
    """Referrals received, by who referred; most first."""

    @property
    def births_a_year(self) -> int | None:
        """Of all localities together; None: nobody has declared any."""
        return sum(births for _, births in self.births.values()) if self.births else None

    def per_1000_births(self, number: int) -> Decimal | None:
        """So many for each 1,000 births a year, one decimal; None where births are not known."""
        births = self.births_a_year
        if births is None:
            return None
        return (Decimal(1000 * number) / births).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def received(self) -> int:
        """All referrals of the period."""
        return sum(self.sources.values())

    @property
    def active_sources(self) -> int:
        """Kinds of referrers from whom any referral came."""
        return len(self.sources.keys() - {NOT_STATED})

    @property
    def largest(self) -> int:
        """Referrals from the source that sent most."""
        return max((number for source, number in self.sources.items() if source != NOT_STATED), default=0)

    @property
    def largest_share(self) -> Decimal | None:
        """Of all, ratio in [0, 1], four decimals; None of nothing. Near 1: the team hangs on one kind of referrer."""
        return share_of(self.largest, self.received)


def births_of(
    record: Mapping[str, Iterable[Recorded[object]]], year: int, locality: str | None = None
) -> dict[str, tuple[int, int]]:
    """Births by locality: of the year asked about or, where it is not declared, the latest before it.

    Args:
        record: what stands of each team's stream, in its order: a team's last word about a locality and year counts.
        year: of the question.
        locality: only this one; None: all.

    A locality of several teams counts once: the latest year that any of them declares, and of two numbers the larger.
    """
    found: dict[str, tuple[int, int]] = {}
    for facts in record.values():
        own: dict[tuple[str, int], int] = {}
        for fact in facts:
            event = fact.event
            if isinstance(event, LocalityReachDeclared) and event.year <= year:
                own[event.locality, event.year] = event.births
        for (place, of_year), births in own.items():
            if locality in (None, place):
                found[place] = max(found.get(place, (0, 0)), (of_year, births))
    return dict(sorted(found.items()))


async def reach(conn: Connection, scope: Scope, *, first: date, last: date) -> Reach:
    """M17 from `first` to `last`, both included.

    Filters are about families: they change families and referrals, and a locality the births too; not the work with
    other professionals.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`. Births are those of its year.

    Unit: cases, people, consultations, each also per 1,000 births a year; referrals by source. Source: domain 6.6 M17;
    1 S13.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    work = await _work(conn, scope, first, last)
    return Reach(
        families=await _families(conn, scope, first, last),
        trained=work.get("training", (0, 0))[1],
        consultations=work.get("consultation", (0, 0))[0],
        births=births_of(await said(conn, scope, "LocalityReachDeclared"), last.year, scope.filters.locality),
        sources=await _sources(conn, scope, first, last),
    )


async def _families(conn: Connection, scope: Scope, first: date, last: date) -> int:
    contacts, given = scope.contacts(after=2)
    number: int = await conn.fetchval(
        f"""
        SELECT count(DISTINCT case_id) FROM ({contacts}) AS s
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL AND {CONTACT}
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    return number


async def _work(conn: Connection, scope: Scope, first: date, last: date) -> dict[str, tuple[int, int]]:
    """By kind: how many activities, and how many people took part."""
    work, given = scope.work(after=2)
    rows = await conn.fetch(
        f"""
        SELECT kind, count(*) AS activities, sum(audience) AS people FROM ({work}) AS w
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL AND kind IN ('training', 'consultation')
        GROUP BY kind
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    return {row["kind"]: (row["activities"], row["people"]) for row in rows}


async def _sources(conn: Connection, scope: Scope, first: date, last: date) -> dict[str, int]:
    cases, given = scope.cases(after=3)
    rows = await conn.fetch(
        f"""
        SELECT coalesce(source, $5::text) AS source, count(*) AS received FROM ({cases}) AS c
        WHERE received_on BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1
        """,
        scope.at, scope.team, first, last, NOT_STATED, *given,
    )  # fmt: skip
    return {row["source"]: row["received"] for row in rows}
