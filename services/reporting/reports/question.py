"""What a frozen report asks: everything that its answer depends on, and nothing else. Pure but for `Scope`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.reporting.metrics.metric import Period
from services.reporting.metrics.scope import Filters, Scope


class ReportKind(StrEnum):
    """What a report is made for."""

    VIEW = "view"
    """The figures of one page, as somebody saw them."""
    EVIDENCE_PACK = "evidence-pack"
    """S48: all about one team and period, with its definitions, for whoever pays for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that has one answer for ever.

    Attributes:
        teams: whose rows are seen, as row-level security takes them; None = every team's.
        team: the one that is asked about; None = all of `teams` together.
        at: t, civil date Europe/London.
        known_at: k, UTC instant at or before the watermark.
        first_day, last_day: of the period, both included; not after `at`.
        filters: which cases.
        suppressed: whether small numbers are hidden.
        metrics: their names in the catalogue, in the order of the report.
    """

    teams: frozenset[str] | None
    team: str | None
    at: date
    known_at: datetime
    first_day: date
    last_day: date
    filters: Filters = field(default_factory=Filters)
    suppressed: bool
    metrics: tuple[str, ...]

    @property
    def scope(self) -> Scope:
        """As the metrics take it."""
        return Scope(at=self.at, known_at=self.known_at, team=self.team, filters=self.filters)

    @property
    def period(self) -> Period:
        """As the metrics take it."""
        return Period(self.first_day, self.last_day)


def said_of(filters: Filters) -> dict[str, str]:
    """The filters that are set, as codes by name."""
    return {name: str(code) for name, code in asdict(filters).items() if code is not None}


def filters_of(said: Mapping[str, str]) -> Filters:
    """What `said_of` has said."""
    practitioner = said.get("practitioner")
    rest = {name: code for name, code in said.items() if name != "practitioner"}
    return Filters(**rest, practitioner=None if practitioner is None else UUID(practitioner))
