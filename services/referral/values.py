"""Parts that the referral's commands and events share."""

from typing import Annotated
from uuid import UUID

from services.referral.codes import CaregiverRole, ConcernCode, EthnicGroup, ParentalResponsibility, RiskStatus
from shared.kernel.fields import CivilDate, Interval, LanguageCode
from shared.kernel.values import value

GestationWeeks = Annotated[int, Interval(ge=20, le=44)]
"""Completed weeks of gestation at birth."""
BirthOrder = Annotated[int, Interval(ge=1, le=6)]
Decile = Annotated[int, Interval(ge=1, le=10)]
"""Deprivation decile, 1 the most deprived tenth."""
AgeDays = Annotated[int, Interval(ge=-300, le=3660)]
"""Days since birth; negative before it: minus the days still to go until the expected date."""


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


@value
class Caregiver:
    """One parent or carer of the case."""

    caregiver_id: UUID
    role: CaregiverRole
    has_pr: ParentalResponsibility
    primary: bool
    ethnic_group: EthnicGroup | None = None
    interpreter_language: LanguageCode | None = None


@value
class Concern:
    """One concern about the relationship."""

    code: ConcernCode
    risk_status: RiskStatus
