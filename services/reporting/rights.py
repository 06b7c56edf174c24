"""By what right somebody reads one case here: the same rule as in the deciding services, on what was heard."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.reporting import heard_team
from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_assessment import AssessmentStarted
from services.reporting.heard_intervention import LeadPractitionerChanged, ProgrammeAssigned, SessionHeld
from services.reporting.heard_referral import AccessDenialLifted, AccessDenied, BreakGlassOpened
from services.reporting.projections import CONSUMER
from shared.eventstore.store import Connection
from shared.kernel.history import Corrected, EventVoided, Recorded, effective
from shared.kernel.oversight import Oversight
from shared.kernel.values import event_name
from shared.process.relationship import AccessDenied as CaseDenied
from shared.process.relationship import NoRelationship, Right, Seeker, Ties, right_by

_TEAM = "SELECT doc FROM inbox WHERE consumer = $1 AND stream = $2 AND NOT waiting"
_DENIALS = """
SELECT case_id, doc FROM inbox
WHERE consumer = $1 AND NOT waiting AND store = 'referral' AND case_id IN (
    SELECT case_id FROM inbox
    WHERE consumer = $1 AND NOT waiting AND case_id = ANY ($2::uuid[]) AND type LIKE 'dyad.AccessDenied%'
)
"""

_TIES = r"""
SELECT case_id, doc FROM inbox
WHERE consumer = $1 AND NOT waiting AND case_id = ANY ($2::uuid[]) AND type ~ (
    '^dyad\.(AssessmentStarted|SessionHeld|ProgrammeAssigned|LeadPractitionerChanged'
    '|AccessDeni|BreakGlassOpened|EventVoided)'
)
"""
"""What a legitimate relationship comes from, with its corrections and voids; of hundreds of cases that is a small part.
"""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case's events and those of its team."""

    facts: tuple[Fact, ...]
    team: tuple[Fact, ...]


async def team_facts(conn: Connection, team_id: str) -> tuple[Fact, ...]:
    """What a team has said of its people, and how it works."""
    rows = await conn.fetch(_TEAM, CONSUMER, f"team-{team_id}")
    return tuple(decode(row["doc"].encode()) for row in rows)


def right_to_case(record: CaseRecord, seeker: Seeker, now: datetime) -> Right:
    """By what right a seeker reads a case.

    Raises:
        NoRelationship, AccessDenied: he does not.
    """
    return _right(record.facts, oversight_of(record.team), seeker, now)


def _right(facts: Iterable[Fact], oversight: Oversight, seeker: Seeker, now: datetime) -> Right:
    standing = _standing(facts)
    ties = Ties(
        carers=frozenset(_carers(standing)),
        oversight=oversight,
        denied=_denied(standing),
        glass=tuple(
            (said.actor_id, said.until) for fact in standing if isinstance(said := fact.event, BreakGlassOpened)
        ),
    )
    return right_by(ties, seeker, now)


async def rights_to_cases(
    conn: Connection, cases: Mapping[UUID, str], seeker: Seeker, now: datetime
) -> Mapping[UUID, Right | None]:
    """By what right a seeker reads each of some cases; None: he has nothing to do with it.

    A case that the family keeps from him is left out.

    Args:
        conn: in a transaction that sees the seeker's teams.
        cases: case id to team.
        seeker: whose role may list cases at all.
        now: UTC instant.
    """
    if not seeker.needs_relationship:
        denied = await _denied_cases(conn, list(cases), seeker.actor_id)
        return {case_id: Right.ROLE for case_id in cases if case_id not in denied}
    tied = await _facts_by_case(conn, _TIES, list(cases))
    oversight = {team: oversight_of(await team_facts(conn, team)) for team in set(cases.values())}
    found: dict[UUID, Right | None] = {}
    for case_id, team in cases.items():
        try:
            found[case_id] = _right(tied.get(case_id, ()), oversight[team], seeker, now)
        except NoRelationship:
            found[case_id] = None
        except CaseDenied:
            continue
    return found


async def _denied_cases(conn: Connection, cases: Sequence[UUID], actor_id: str) -> frozenset[UUID]:
    found = await _facts_by_case(conn, _DENIALS, cases)
    return frozenset(case_id for case_id, facts in found.items() if actor_id in _denied(_standing(facts)))


async def _facts_by_case(conn: Connection, sql: str, cases: Sequence[UUID]) -> Mapping[UUID, Sequence[Fact]]:
    found: dict[UUID, list[Fact]] = {}
    for row in await conn.fetch(sql, CONSUMER, cases):
        found.setdefault(row["case_id"], []).append(decode(row["doc"].encode()))
    return found


RESTRICTED = frozenset({"SafetyConcernRaised", "SafeguardingFlagsChanged", "InfantIdentityReplaced"})
"""Names of events that only those are told who may read safeguarding information."""


def open_facts(facts: Iterable[Fact], known_at: datetime | None, *, safeguarding: bool) -> list[Fact]:
    """The facts that somebody is told: those recorded by `known_at`, without restricted ones and what amends them."""
    told: list[Fact] = []
    hidden: set[UUID] = set()
    for fact in sorted(facts, key=lambda fact: (fact.store, fact.stream, fact.version)):
        if isinstance(fact.event, EventVoided | Corrected):
            restricted = fact.event.corrects_event_id in hidden
        else:
            restricted = event_name(fact.event) in RESTRICTED
        if restricted and not safeguarding:
            hidden.add(fact.event_id)
        elif known_at is None or fact.recorded_at <= known_at:
            told.append(fact)
    return told


def _standing(facts: Iterable[Fact]) -> list[Recorded[object]]:
    """What holds of each stream, in the order in which it was recorded."""
    streams: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: fact.version):
        streams.setdefault(fact.stream, []).append(fact)
    return [fact for stream in streams.values() for fact in effective(stream)]


def _carers(facts: Iterable[Recorded[object]]) -> Iterator[UUID]:
    """Assessors, whoever held a session, and the lead who now leads: a former one has handed the case on."""
    lead: tuple[date, UUID | None] | None = None
    for fact in facts:
        match fact.event:
            case ProgrammeAssigned(lead_practitioner_id=who):
                lead = lead or (date.min, who)
            case LeadPractitionerChanged(on=on, to_practitioner_id=who):
                day = on or date.min
                lead = (day, who) if lead is None or day >= lead[0] else lead
            case SessionHeld(practitioners=found):
                yield from (practitioner.id for practitioner in found)
            case AssessmentStarted(practitioners=assessors):
                yield from assessors
    if lead is not None and lead[1] is not None:
        yield lead[1]


def _denied(facts: Iterable[Recorded[object]]) -> frozenset[str]:
    standing: set[tuple[UUID, str]] = set()
    for fact in facts:
        match fact.event:
            case AccessDenied(subject_ref=subject, actor_id=actor):
                standing.add((subject, actor))
            case AccessDenialLifted(subject_ref=subject, actor_id=actor):
                standing.discard((subject, actor))
    return frozenset(actor for _, actor in standing)


def oversight_of(team: Iterable[Fact]) -> Oversight:
    """The team's supervisors and triage rota as they now stand."""
    supervisors: dict[UUID, UUID] = {}
    rota: set[UUID] = set()
    left: set[UUID] = set()
    for fact in _standing(team):
        match fact.event:
            case heard_team.PractitionerJoined(practitioner_id=who) as joined:
                left.discard(who)
                _note(who, joined.supervisor_id, joined.triage_rota, supervisors, rota)
            case heard_team.PractitionerChanged(practitioner_id=who) as changed:
                _note(who, changed.supervisor_id, changed.triage_rota, supervisors, rota)
            case heard_team.PractitionerLeft(practitioner_id=who):
                left.add(who)
    return Oversight(
        supervisor_of={who: by for who, by in supervisors.items() if by not in left},
        triage_rota=frozenset(rota - left),
    )


def _note(
    who: UUID, supervisor: UUID | None, on_rota: bool | None, supervisors: dict[UUID, UUID], rota: set[UUID]
) -> None:
    if supervisor is not None:
        supervisors[who] = supervisor
    if on_rota is not None:
        (rota.add if on_rota else rota.discard)(who)
