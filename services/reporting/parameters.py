"""What may be asked, strictly: a name that is not known, a name said twice or a loose date is refused."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from services.reporting.metrics.scope import Filters, Scope
from shared.kernel.civil import civil_date
from shared.kernel.fields import DATE_FORM, INSTANT_FORM, Code
from shared.kernel.ids import utc_now
from shared.web.problems import Problem
from shared.web.wait import Token, parse_tokens

CURSOR = r"^[0-9a-f]{38}$"


def _text_like(pattern: str) -> BeforeValidator:
    def check(given: Any) -> Any:
        if isinstance(given, str) and not re.fullmatch(pattern, given, re.ASCII):
            raise ValueError("not of the one form that is taken")
        return given

    return BeforeValidator(check)


CivilDate = Annotated[
    date, _text_like(DATE_FORM), WithJsonSchema({"type": "string", "format": "date", "pattern": DATE_FORM})
]
"""A civil date in Europe/London, exactly YYYY-MM-DD."""
Instant = Annotated[
    datetime,
    _text_like(INSTANT_FORM),
    AfterValidator(lambda instant: instant.astimezone(UTC)),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT_FORM}),
]
"""An instant with its offset from UTC, RFC 3339."""
Stage = Literal[
    "awaiting_decision", "waiting_assessment", "in_assessment", "waiting_programme", "waiting_first_session",
    "active", "paused", "ending", "closed", "orphan",
]  # fmt: skip
"""M1's sub-states, and the two states of a case that is not open."""


CaseCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")]
"""A code of a case's referral, as the catalogue of events lists them."""
LocalityCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}$")]
"""Code of a locality, Office for National Statistics."""
TierCode = Literal["TARGETED", "SPECIALIST", "CONSULT"]
PriorityCode = Literal["1", "2", "3", "4"]
AgeBand = Literal["antenatal", "0-5", "6-11", "12-23", "24-35", "36-plus"]


class Asked(BaseModel):
    """The question `(t, k)` that every view takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    team: Code | None = Field(None, description="Team code; left out: all teams.")
    at: CivilDate | None = Field(None, description="As at the end of this day; left out: today in Europe/London.")
    known_at: Instant | None = Field(
        None, description="As known at this instant; left out: everything that has arrived, which is never final."
    )
    wait_for: str | None = Field(
        None, max_length=600, description="Token(s) of writes that the answer must contain, `store@stream:version`."
    )

    @property
    def scope(self) -> Scope:
        """As the metrics take it."""
        return Scope(at=self.at or civil_date(utc_now()), known_at=self.known_at, team=self.team)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """What to wait for. Raises `Problem` 400 `bad-wait-for`."""
        return parse_tokens(self.wait_for)


class AskedOfSome(Asked):
    """A question that may be about some cases only; filters that are given together hold together."""

    source: CaseCode | None = Field(None, description="Who referred.")
    concern: CaseCode | None = Field(None, description="A concern that the referral names.")
    tier: TierCode | None = Field(None, description="Tier at `at`.")
    priority: PriorityCode | None = Field(None, description="Clinical response priority.")
    locality: LocalityCode | None = Field(None, description="Locality (ONS code).")
    practitioner: UUID | None = Field(None, description="Who leads the work at `at`, by the opaque id.")
    age_band: AgeBand | None = Field(
        None, description="Completed months of any of the babies when the referral was received."
    )

    @property
    def scope(self) -> Scope:
        """As the metrics take it."""
        said = {name: getattr(self, name) for name in Filters.__dataclass_fields__}
        return replace(super().scope, filters=Filters(**said))


class AskedCaseload(AskedOfSome):
    """A caseload."""

    mode: Literal["standard", "nhse"] = Field(
        "standard", description="`nhse`: a referral that is rejected at any time counts at no date."
    )


class AskedPeriod(AskedOfSome):
    """Something that is counted over a period."""

    from_: CivilDate | None = Field(
        None, alias="from", description="First day of the period; left out: a year before its last."
    )
    to: CivilDate | None = Field(None, description="Last day of the period, not after `at`; left out: `at`.")

    def period(self, at: date) -> tuple[date, date]:
        """First and last day.

        Raises:
            Problem: 422 `period-ends-before-it-starts` or `period-after-date`.
        """
        last = self.to or at
        first = self.from_ or year_to(last)
        if first > last:
            raise Problem(422, "period-ends-before-it-starts", field="/from", within="query")
        if last > at:
            raise Problem(422, "period-after-date", "a period ends on or before `at`", field="/to", within="query")
        return first, last


class AskedTeamEvents(Asked):
    """The latest events of a team; the team is named in the path."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AskedCases(Asked):
    """A page of cases."""

    stage: Stage | None = Field(None, description="Only cases in this stage; left out: every open referral.")
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    after: str | None = Field(None, pattern=CURSOR, description="`next` of the page before.")

    @property
    def cursor(self) -> tuple[date, UUID] | None:
        """Where the page before ended."""
        return None if self.after is None else read_cursor(self.after)


def year_to(last: date) -> date:
    """First day of the year that ends on `last`: 31 March 2024 -> 1 April 2023."""
    leap_day = (last.month, last.day) == (2, 29)
    return last.replace(year=last.year - 1, day=28 if leap_day else last.day) + timedelta(days=1)


def write_cursor(received_on: date | None, case_id: UUID) -> str:
    """Opaque to clients: the key of the last case of a page."""
    return f"{(received_on or date.min).toordinal():06x}{case_id.hex}"


def read_cursor(text: str) -> tuple[date, UUID]:
    """The key in a cursor; every text of the right form is one."""
    ordinal = min(max(int(text[:6], 16), date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal), UUID(hex=text[6:])


async def said_once(request: Request) -> None:
    """Refuses a parameter that is given twice: which of the two was meant cannot be known.

    Raises:
        Problem: 422 `repeated-parameter`.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)):
        raise Problem(422, "repeated-parameter", "each parameter is given at most once", field="/", within="query")
