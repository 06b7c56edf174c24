"""Parts of a team's configuration. What a team leaves out is as in the defaults of `docs/teams.md`."""

from decimal import Decimal
from typing import Annotated

from services.intervention.codes import ComponentKind
from services.intervention.team.codes import AgeLimit, Format
from services.intervention.values import ComponentCode
from shared.kernel.fields import Code, Interval, Len, Matching, Number, OnsCode
from shared.kernel.values import value

MeasureName = Annotated[str, Matching(r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
"""Code of a measure; only those of the shipped registry are ever recorded."""
BandCode = Annotated[str, Matching(r"^[a-z][a-z0-9_]{0,39}$")]
AgeMonths = Annotated[int, Interval(ge=0, le=83)]
"""Completed months of life."""
Days = Annotated[int, Interval(ge=1, le=366)]
Sessions = Annotated[int, Interval(ge=1, le=100)]
Weight = Annotated[Decimal, Number(0, 100)]
Points = Annotated[Decimal, Number(-1000, 1000)]
Wte = Annotated[Decimal, Number(Decimal("0.1"), Decimal("1.5"))]
"""Whole-time equivalent: 1 is full time."""


@value
class IndicatorRule:
    """At least `indicators` signs of an observational indicator set in each of at least `domains` of its areas (R7)."""

    indicators: Annotated[int, Interval(ge=1, le=100)]
    domains: Annotated[int, Interval(ge=1, le=20)]


@value
class Eligibility:
    """Whom the team takes (statements S18, S31 to S33). No rule knows of any diagnosis (S30)."""

    max_age_months_exclusive: AgeLimit = AgeLimit.THIRD_BIRTHDAY
    """Age on the day of receipt: below this many completed months."""
    accepts_antenatal: bool = True
    localities: Annotated[tuple[OnsCode, ...], Len(0, 400)] = ()
    """Where the family may live; empty: anywhere."""
    indicator_rules: Annotated[tuple[IndicatorRule, ...], Len(0, 10)] = ()
    """Any one of them suffices; empty: none is asked for."""


@value
class CatalogueItem:
    """One component that the team offers (statements S17, S24; domain 2.3)."""

    component_code: ComponentCode
    kind: ComponentKind
    format: Format = Format.INDIVIDUAL
    min_age_months: AgeMonths | None = None
    """From so many completed months of the infant's life; None: from birth."""
    max_age_months: AgeMonths | None = None
    """Up to and including so many completed months; None: no limit."""
    antenatal_ok: bool = False
    competency: Code | None = None
    """What a practitioner who gives it must have in the register (statement S45)."""
    infant_presence_expected: bool = True
    sessions_default: Sessions
    sessions_min: Sessions
    sessions_max: Sessions


@value
class BandRange:
    """The totals of a measure, both ends included, that the team calls by one code."""

    code: BandCode
    lowest: Points
    highest: Points


@value
class MeasureSettings:
    """The team's own cut-offs and threshold of one measure: licensed ones are never shipped (domain 2.4)."""

    measure_code: MeasureName
    bands: Annotated[tuple[BandRange, ...], Len(0, 20)] = ()
    reliable_change: Points | None = None
    """Points by which a total must move to count; None: as shipped."""


@value
class Targets:
    """What the team aims at: days, by the calendar unless named otherwise. All [B]; see `docs/teams.md`."""

    acknowledge_working_days: Annotated[int, Interval(ge=1, le=60)] = 1
    """Referral received to its acknowledgement (rule P1)."""
    decide_days: Days = 14
    """Referral received to the decision (P9)."""
    info_days: Days = 14
    """More information asked for to its arrival."""
    offer_days: Days = 28
    """Acceptance to the offered assessment (P2)."""
    contact_days: Days = 28
    """Acceptance to the first contact (P9)."""
    assess_days: Days = 42
    """Acceptance to the end of the assessment."""
    programme_days: Days = 14
    """End of the assessment to the programme (P3)."""
    first_session_days: Days = 28
    """Programme to the first treatment session: the hidden wait W5."""
    silence_days: Days = 28
    """Longest time between sessions (P9)."""
    ending_days: Days = 28
    """Programme completed to the discharge, with an ending session between (P9)."""
    task_days: Days = 7
    """To look at any other task."""
    absence_days: Days = 14
    """How long a lead practitioner may be absent before the case is reassigned (P8)."""
    trace_days: Days = 42
    """Birth to the request for an NHS number trace (P6)."""


@value
class Weights:
    """What a case weighs in a caseload (domain 3.5): tier times phase, plus `complexity` for each flagged one."""

    targeted: Weight = Decimal(1)
    specialist: Weight = Decimal(2)
    waiting: Weight = Decimal("0.25")
    assessment: Weight = Decimal(1)
    active: Weight = Decimal(1)
    ending: Weight = Decimal("0.5")
    complexity: Weight = Decimal("0.5")


@value
class Capacity:
    """How many new cases a week the team can begin when nothing else is declared (M13)."""

    slots_per_week: Annotated[int, Interval(ge=0, le=100)]


Catalogue = Annotated[tuple[CatalogueItem, ...], Len(1, 100)]
MeasureTable = Annotated[tuple[MeasureSettings, ...], Len(0, 40)]
Competencies = Annotated[tuple[Code, ...], Len(0, 40)]
YearsUnderTwo = Annotated[int, Interval(ge=0, le=60)]
"""Whole years of experience with children under two: below three, an hour's supervision a week (domain 2.1, M18)."""
