"""Every page and every metric, asked over HTTP by somebody signed in: of one team, of the network, now and then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from services.reporting.metrics.catalogue import METRICS
from services.reporting.pages import site
from shared.eventstore.pool import open_pool
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.testing.bus import query
from shared.testing.tokens import token
from shared.web.access.browser import SESSION_COOKIE
from shared.web.access.roles import Role
from shared.web.access.sessions import Sessions
from tests.bench.history import LAST_DAY, Loaded
from tests.bench.http_load import connected
from tests.bench.rows import Row, below
from tests.bench.work import Bench, percentile

ASKED, WARM_UP = 20, 2
"""Times that each question is asked, after it was asked to warm up."""
TEAM_MS, NETWORK_MS = 60, 300
TEAM_THEN_MS, NETWORK_THEN_MS = 80, 400
BACK = timedelta(days=180)
"""How far back the questions of the past go."""
_TEAMS = "SELECT team_id, count(*) AS cases FROM case_history WHERE upper_inf(known) GROUP BY team_id ORDER BY 2"


class Unanswered(Exception):
    """A question was not answered as it should be: then nothing was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Questions with one bound."""

    name: str
    target_ms: float
    asked: str
    """Parameters of the address."""
    team: str | None
    """Of whose lead it is asked; None: of one who works for all."""


async def asking(bench: Bench, loaded: Loaded) -> list[Row]:
    """For each kind of question the slowest page's p95 and the slowest metric's; all of them are said.

    Asked by one client at a time, on a connection that stays open: what the client waits is the server's time and the
    way over the loopback.
    """
    teams = [row["team_id"] for row in await query(bench.settings, "reporting", _TEAMS)]
    rows: list[Row] = []
    for case in _cases(teams, loaded.complete_to):
        session, bearer = await signed_in(bench.settings, case.team)
        pages = {page.path: f"{page.path}?{case.asked}" for page in site.PAGES}
        tables = {f"/tables/{name}": f"/tables/{name}?{case.asked}" for name in METRICS}
        for kind, addresses, header in (("page", pages, session), ("metric", tables, bearer)):
            spent = await p95s_ms(bench.settings, addresses, header)
            slowest = max(spent, key=spent.__getitem__)
            bench.say(f"{case.name}: " + ", ".join(f"{name} {ms:.0f}" for name, ms in _descending(spent)))
            name = f"{case.name}: slowest {kind} of {len(spent)}, {slowest.rsplit('/', 1)[-1]}, p95"
            rows.append(below(name, spent[slowest], "ms", target=case.target_ms))
    return rows


def _cases(teams: Sequence[str], complete_to: datetime) -> list[Case]:
    """Teams are given by size, the smallest first."""
    typical, largest = teams[len(teams) // 2], teams[-1]
    at = (LAST_DAY - BACK).isoformat()
    known_at = (complete_to - BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
    then = f"at={at}&known_at={known_at}"
    now = f"at={LAST_DAY}"

    def of(name: str, target_ms: float, asked: str, team: str | None) -> Case:
        whose = "" if team is None else f"team={team}&"
        return Case(name=name, target_ms=target_ms, asked=whose + asked, team=team)

    return [
        of("one team", TEAM_MS, now, typical),
        of("the largest team", TEAM_MS, now, largest),
        of("one team in the past", TEAM_THEN_MS, then, typical),
        of("the network", NETWORK_MS, now, None),
        of("the network in the past", NETWORK_THEN_MS, then, None),
    ]


async def signed_in(settings: Settings, team: str | None) -> tuple[str, str]:
    """Headers of somebody who may open every page, of one team its lead: session for the pages, token for the rest."""
    given = token(settings, Role.AUDITOR) if team is None else token(settings, Role.LEAD, team)
    pool = await open_pool(settings, "reporting", "dyad_writer", min_size=1, max_size=1)
    try:
        session = await Sessions(pool).begin(given, utc_now() + timedelta(hours=8))
    finally:
        await pool.close()
    return f"Cookie: {SESSION_COOKIE}={session.key}", f"Authorization: Bearer {given}"


async def p95s_ms(settings: Settings, addresses: Mapping[str, str], header: str) -> dict[str, float]:
    """By name the 95th percentile of the milliseconds that an address takes to be answered.

    Raises:
        Unanswered: an answer was no page.
    """
    found: dict[str, float] = {}
    host, port = settings.host, settings.port("reporting")
    async with connected(host, port) as ask:
        for name, address in addresses.items():
            asked = f"GET {address} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n{header}\r\n\r\n"
            spent = []
            for _ in range(WARM_UP + ASKED):
                begun = perf_counter()
                answer = await ask(asked.encode())
                spent.append((perf_counter() - begun) * 1000)
                if answer.status != 200:
                    raise Unanswered(f"{address}: {answer.status} {answer.body[:300]!r}")
            found[name] = percentile(spent[WARM_UP:], 0.95)
    return found


def _descending(spent: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(spent.items(), key=lambda item: -item[1])
