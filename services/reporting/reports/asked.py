"""What may be asked to be frozen, strictly, and the one question that it means."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Len

from services.reporting.metrics.catalogue import METRICS
from services.reporting.metrics.scope import Filters
from services.reporting.parameters import AgeBand, PriorityCode, TierCode, year_to
from services.reporting.reports.question import Question, ReportKind
from services.reporting.table_routes import inside
from shared.kernel.civil import civil_date
from shared.kernel.fields import CivilDate, Code, Instant, Matching, OnsCode, ReasonCode
from shared.kernel.values import value
from shared.web.access.actor import Actor
from shared.web.access.acts import require_team
from shared.web.body import request_body, shape
from shared.web.problems import Problem

CaseCode = Annotated[str, Matching(r"^[A-Za-z0-9_]{1,40}$")]
_OF_PERSONS = frozenset({"caseload-by-practitioner"})
"""What is about single members of staff is no business of whoever pays for the team."""
EVIDENCE = tuple(name for name in METRICS if name not in {*_OF_PERSONS, "network"})
"""The metrics of an evidence pack, in the order of the catalogue. Source: S48, domain 6.6."""


@value
class AskedFilters:
    """Which cases; codes, as for every view."""

    source: CaseCode | None = None
    concern: CaseCode | None = None
    tier: TierCode | None = None
    priority: PriorityCode | None = None
    locality: OnsCode | None = None
    practitioner: UUID | None = None
    age_band: AgeBand | None = None


@value
class Freeze:
    """A question to be frozen. What is left out is taken as in `GET /tables`; `known_at`: all that is complete."""

    name: ReasonCode
    kind: ReportKind = ReportKind.VIEW
    metrics: Annotated[tuple[Code, ...], Len(0, 40)] = ()
    team: Code | None = None
    at: CivilDate | None = None
    known_at: Instant | None = None
    first_day: CivilDate | None = None
    last_day: CivilDate | None = None
    filters: AskedFilters = AskedFilters()
    suppressed: bool | None = None


FREEZE = shape(Freeze, "body")
FREEZE_BODY = request_body(
    FREEZE.schema,
    {"name": "board-march-2026", "metrics": ["waits", "flow"], "team": "team-north", "at": "2026-03-31"},
)
"""`openapi_extra` of the route that freezes."""


def question_of(asked: Freeze, actor: Actor, known_at: datetime, now: datetime) -> Question:
    """The question that is meant; `known_at` and `now` are UTC instants.

    Raises:
        Problem: 403 for another team, or raw numbers from outside; 422 for metrics that there are not, for none, or for
            a period that is none.
    """
    require_team(actor, asked.team, "body", "/team")
    own = inside(actor, asked.team)
    if asked.suppressed is False and not own:
        raise Problem(403, "not-inside-the-team", "raw numbers stay in their team", field="/suppressed", within="body")
    hidden = not own if asked.suppressed is None else asked.suppressed
    at = asked.at or civil_date(now)
    last = asked.last_day or at
    question = Question(
        teams=actor.teams if asked.team is None else frozenset({asked.team}),
        team=asked.team,
        at=at,
        known_at=known_at,
        first_day=asked.first_day or year_to(last),
        last_day=last,
        filters=Filters(**{name: getattr(asked.filters, name) for name in Filters.__dataclass_fields__}),
        suppressed=hidden,
        metrics=asked.metrics,
    )
    if asked.kind is ReportKind.EVIDENCE_PACK:
        return _pack(asked, question)
    if not asked.metrics or len(set(asked.metrics)) < len(asked.metrics) or not set(asked.metrics) <= set(METRICS):
        raise Problem(
            422, "metric-unknown", "name each metric once, as GET /tables lists them", field="/metrics", within="body"
        )
    return _checked(question)


def _pack(asked: Freeze, question: Question) -> Question:
    """All of one team, suppressed: it is made to leave it."""
    if asked.metrics or asked.suppressed is False or asked.team is None:
        raise Problem(
            422,
            "not-an-evidence-pack",
            "it is of one team, has every metric, and hides small numbers",
            field="/kind",
            within="body",
        )
    return _checked(replace(question, suppressed=True, metrics=EVIDENCE))


def _checked(question: Question) -> Question:
    if question.first_day > question.last_day:
        raise Problem(422, "period-ends-before-it-starts", field="/first_day", within="body")
    if question.last_day > question.at:
        raise Problem(422, "period-after-date", "a period ends on or before `at`", field="/last_day", within="body")
    return question
