"""What the clocks look at: the facts of one case, and of the other cases of the same babies. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from uuid import UUID

from services.reporting.additions import SEEN, SPOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One appointment: held, not held, or booked and not heard of since."""

    day: date
    """On which it was held, was to be held, or is booked for."""
    status: Literal["held", "not_held", "booked"]
    attend_status: str = ""
    """NHS attended-or-did-not-attend code: 5, 6 attended; 2 family, 4 provider cancelled; 3 no notice; 7 too late."""
    modality: str = ""
    """NHS consultation mechanism code."""
    is_treatment: bool = False
    indirect: bool = False
    """Nobody of the family was there, other professionals were: a consultation about the family."""
    cancelled_on: date | None = None
    rebook: bool = False
    """It was said together with the absence that another one will be offered."""
    booked_on: date | None = None
    """On which the booking was recorded; None: never booked, as far as is known."""

    @property
    def is_contact(self) -> bool:
        """An attended contact (domain 3.2): attendance 5 or 6; face to face, telephone, talk type or video."""
        return self.status == "held" and self.attend_status in SEEN and self.modality in SPOKEN

    @property
    def fell_through_on(self) -> date:
        """When it was clear that it would not be held: the day of its cancellation (2, 4) where known, else its own."""
        return (self.cancelled_on if self.attend_status in ("2", "4") else None) or self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One scored measure; a goal's first score and each rating are scores of GBO."""

    measure_code: str
    completed_on: date
    rater: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The work rests."""

    from_on: date
    until_on: date | None = None
    """First day on which it goes on; None: it rests still."""
    reason: str
    """`family`, `service` or `infant_hospital`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Watching rather than treating, by agreement."""

    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baby:
    """One baby of the case."""

    infant_id: UUID
    born_on: date | None = None
    due_on: date | None = None
    gestation_weeks: int | None = None
    """Completed weeks at birth, counted from the last menstrual period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """One case as it is believed; every day is a civil date, Europe/London."""

    case_id: UUID
    received_on: date | None = None
    self_referred: bool = False
    accepted_on: date | None = None
    closed_on: date | None = None
    closed_by: str | None = None
    """`declined`, `duplicate`, `withdrawn` or `discharged`."""
    first_contact_on: date | None = None
    assessed_on: date | None = None
    decided_on: date | None = None
    programmes: tuple[date, ...] = ()
    """On which programmes were assigned."""
    sessions: tuple[Session, ...] = ()
    scores: tuple[Score, ...] = ()
    care_plans: tuple[date, ...] = ()
    """On which a care plan was agreed."""
    procedures: tuple[date, ...] = ()
    """On which a procedure of the national psychological, psychosocial or medication lists was recorded."""
    monitoring: tuple[Monitoring, ...] = ()
    declined: tuple[date, ...] = ()
    """On which the family said no to the treatment that was offered."""
    pauses: tuple[Pause, ...] = ()
    babies: tuple[Baby, ...] = ()
    pregnancy_ended_on: date | None = None

    @property
    def treatments(self) -> tuple[date, ...]:
        """Days of held treatment sessions, in order."""
        return tuple(sorted(each.day for each in self.sessions if each.status == "held" and each.is_treatment))

    def next_booking(self, at: date) -> date | None:
        """The earliest day, from `at` on, for which a session is booked."""
        return min((each.day for each in self.sessions if each.status == "booked" and each.day >= at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFacts:
    """One case, the other cases of the same babies in the same team, and what the team has set."""

    case: CaseFacts
    others: tuple[CaseFacts, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    """The team's target days by name, those of its configuration in force."""
    targets_version: str = ""
    on_parents_record: bool = False
    """The team opens referrals on the parent's or carer's national record, not on the baby's (domain 3.4)."""


def as_at(case: CaseFacts, at: date) -> CaseFacts:
    """The case as at the end of a day: what happened later has not happened yet.

    A booking that was recorded by then stays, though the session itself lies ahead.
    """
    closed = case.closed_on is not None and case.closed_on <= at
    return replace(
        case,
        received_on=_by(case.received_on, at),
        accepted_on=_by(case.accepted_on, at),
        closed_on=case.closed_on if closed else None,
        closed_by=case.closed_by if closed else None,
        first_contact_on=_by(case.first_contact_on, at),
        assessed_on=_by(case.assessed_on, at),
        decided_on=_by(case.decided_on, at),
        programmes=_days(case.programmes, at),
        sessions=tuple(seen for each in case.sessions if (seen := _session(each, at)) is not None),
        scores=tuple(each for each in case.scores if each.completed_on <= at),
        care_plans=_days(case.care_plans, at),
        procedures=_days(case.procedures, at),
        monitoring=tuple(
            replace(each, ended_on=_by(each.ended_on, at)) for each in case.monitoring if each.started_on <= at
        ),
        declined=_days(case.declined, at),
        pauses=tuple(replace(each, until_on=_by(each.until_on, at)) for each in case.pauses if each.from_on <= at),
        babies=tuple(replace(each, born_on=_by(each.born_on, at)) for each in case.babies),
        pregnancy_ended_on=_by(case.pregnancy_ended_on, at),
    )


def _by(day: date | None, at: date) -> date | None:
    return day if day is not None and day <= at else None


def _days(days: tuple[date, ...], at: date) -> tuple[date, ...]:
    return tuple(day for day in days if day <= at)


def _session(session: Session, at: date) -> Session | None:
    """What is known of an appointment as at a day: over, booked, or nothing yet."""
    if session.status == "held" and session.day <= at:
        return session
    if session.status == "not_held" and session.fell_through_on <= at:
        return session
    booked = session.booked_on is not None and session.booked_on <= at
    return replace(session, status="booked", indirect=False) if booked else None
