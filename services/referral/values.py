"""Parts that the referral's commands and events share."""

from typing import Annotated
from uuid import UUID

from services.referral.codes import CaregiverRole, ConcernCode, EthnicGroup, ParentalResponsibility, RiskStatus
from services.referral.triage_codes import IndicatorDomain
from shared.kernel.fields import CivilDate, Interval, LanguageCode, Matching
from shared.kernel.values import value

GestationWeeks = Annotated[int, Interval(ge=20, le=44)]
"""Completed weeks of gestation at birth."""
BirthOrder = Annotated[int, Interval(ge=1, le=6)]
Decile = Annotated[int, Interval(ge=1, le=10)]
"""Deprivation decile, 1 the most deprived tenth."""
AgeDays = Annotated[int, Interval(ge=-300, le=3660)]
"""Days since birth; negative before it: minus the days still to go until the expected date."""
OnsetMonths = Annotated[int, Interval(ge=0, le=120)]
"""Months for which the difficulty has lasted at referral (statement S43)."""
IndicatorCount = Annotated[int, Interval(ge=0, le=50)]
"""How many indicators of one domain were seen."""
DiagnosisCode = Annotated[str, Matching(r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$")]
"""ICD-10 category: optional, and read by no rule (statement S30). Its form has no room for a person's number."""
ActorId = Annotated[str, Matching(r"^[A-Za-z0-9._:-]{1,64}$")]
"""Opaque id of somebody who may act, as the access token names them (`sub`)."""


@value
class InfantReferred:
    """One infant as the sender describes it: born (`born_on`) or unborn (`edd`)."""

    infant_id: UUID
    unborn: bool
    born_on: CivilDate | None = None
    edd: CivilDate | None = None
    gestation_weeks_at_birth: GestationWeeks | None = None
    multiple_birth_order: BirthOrder | None = None
    ethnic_group: EthnicGroup | None = None
    deprivation_decile: Decile | None = None
    interpreter_language: LanguageCode | None = None


@value
class Subject:
    """One infant of the case as the record has it; `age_days` at `received_on` is computed."""

    infant_id: UUID
    unborn: bool
    born_on: CivilDate | None = None
    edd: CivilDate | None = None
    age_days: AgeDays
    gestation_weeks_at_birth: GestationWeeks | None = None
    multiple_birth_order: BirthOrder | None = None
    ethnic_group: EthnicGroup | None = None
    deprivation_decile: Decile | None = None
    interpreter_language: LanguageCode | None = None


@value
class Caregiver:
    """One parent or carer of the case."""

    caregiver_id: UUID
    role: CaregiverRole
    has_pr: ParentalResponsibility
    primary: bool
    ethnic_group: EthnicGroup | None = None
    deprivation_decile: Decile | None = None
    interpreter_language: LanguageCode | None = None


@value
class Concern:
    """One concern about the relationship."""

    code: ConcernCode
    risk_status: RiskStatus


@value
class Indicator:
    """How much of one domain of an observational indicator set was seen (k-of-n rules, R7)."""

    domain: IndicatorDomain
    count: IndicatorCount
