"""The second saying, continued: what holds on which day, asked day by day. No code in common with the fold."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from services.reporting import heard_assessment, heard_intervention, heard_referral
from services.reporting.family import relationship_key

E = TypeVar("E")
Stretches = tuple[tuple[date | None, date | None], ...]


def _of(standing: Sequence[Any], cls: type[E]) -> list[tuple[int, E]]:
    """Version and event, in order of version."""
    return sorted(
        ((fact.version, fact.event) for fact in standing if isinstance(fact.event, cls)), key=lambda each: each[0]
    )


def _every_day(standing: Sequence[Any]) -> list[date]:
    """Long before everything, and each day that any event names: in between nothing changes."""
    named = set()
    for fact in standing:
        for name in fact.event.__dataclass_fields__:
            value = getattr(fact.event, name)
            if isinstance(value, date):
                named.add(value)
    return [date.min, *sorted(named)]


def _stretches(holds: Callable[[date], bool], days: Sequence[date]) -> Stretches:
    found: list[list[date | None]] = []
    before = False
    for day in days:
        now = holds(day)
        if now and not before:
            found.append([None if day == date.min else day, None])
        if before and not now:
            found[-1][1] = day
        before = now
    return tuple((start, end) for start, end in found)


def dated_columns(standing: Sequence[Any]) -> dict[str, Any]:
    """Pauses, abandoned assessments, steps of tier and complexity."""
    days = _every_day(standing)
    resumed = _of(standing, heard_intervention.EpisodeResumed)
    pauses = _of(standing, heard_intervention.EpisodePaused)
    starts = _of(standing, heard_assessment.AssessmentStarted)
    abandoned = _of(standing, heard_assessment.AssessmentAbandoned)
    seen = [
        each.held_on for _, each in _of(standing, heard_intervention.SessionHeld)
        if each.attend_status in "56" and each.modality in ("01", "02", "04", "11") and each.kind == "assessment"
    ]  # fmt: skip

    def paused(day: date, reasons: Iterable[str] | None) -> bool:
        for version, pause in pauses:
            later = [each.on for at, each in resumed if at > version]
            if pause.from_on <= day and not (later and later[0] <= day) and (not reasons or pause.reason in reasons):
                return True
        return False

    def waiting_again(day: date) -> bool:
        for version, each in abandoned:
            later = [start.on for at, start in starts if at > version]
            if each.on <= day and not (later and later[0] <= day) and not any(each.on < on <= day for on in seen):
                return True
        return False

    tiers = sorted(
        [(each.on, at, each.to_tier) for at, each in _of(standing, heard_intervention.TierChanged)]
        + [(each.assigned_on, at, each.tier) for at, each in _of(standing, heard_intervention.ProgrammeAssigned)]
    )
    flagged = sorted(
        (each.completed_on, at, len(each.complexity))
        for at, each in _of(standing, heard_assessment.AssessmentCompleted)
    )
    return {
        "tier_days": tuple(on for on, _, _ in tiers) or None,
        "tier_steps": tuple(tier for _, _, tier in tiers) or None,
        "complexity_days": tuple(on for on, _, _ in flagged) or None,
        "complexity_steps": tuple(count for _, _, count in flagged) or None,
        "pauses": _stretches(lambda day: paused(day, None), days) or None,
        "family_pauses": _stretches(lambda day: paused(day, ["family"]), days) or None,
        "abandoned": _stretches(waiting_again, days) or None,
    }


def family_columns(standing: Sequence[Any]) -> dict[str, Any]:
    """Babies, parents and carers, relationships, and when each counts."""
    received = [each for _, each in _of(standing, heard_referral.ReferralReceived)]
    subjects = [subject for each in received for subject in each.subjects]
    replaced = _of(standing, heard_referral.InfantIdentityReplaced)

    def name(infant: UUID) -> UUID:
        for _, each in replaced:
            if each.infant_id == infant:
                infant = each.new_infant_id
        return infant

    births = [(s.infant_id, s.born_on) for s in subjects if s.born_on] + [
        (each.infant_id, each.born_on) for _, each in _of(standing, heard_referral.InfantBorn)
    ]
    expected = [(s.infant_id, s.edd) for s in subjects if s.edd]
    infants = sorted({name(subject.infant_id) for subject in subjects})
    assessed = _of(standing, heard_assessment.AssessmentCompleted)
    assigned = _of(standing, heard_intervention.ProgrammeAssigned)
    stated = {
        (on, name(focus.infant_id), frozenset(focus.caregiver_ids))
        for on, named in [(each.completed_on, each.focus_relationships) for _, each in assessed]
        + [(each.assigned_on, each.focus_relationships) for _, each in assigned]
        for focus in named
    }
    care = _Care(standing, name, {subject.infant_id for subject in subjects}, received)

    def relationships(day: date) -> set[UUID]:
        here = {
            (infant, carers) for on, infant, carers in stated
            if on <= day and all(care.cares(day, infant, each) or not care.linked(infant, each) for each in carers)
        }  # fmt: skip
        if not here:
            here = {(infant, frozenset(care.carers(day, infant))) for infant in infants}
        return {relationship_key(infant, tuple(carers)) for infant, carers in here if carers}

    days = sorted({*_every_day(standing), *(each + timedelta(days=1) for each in _every_day(standing))})
    caregivers = _listed(lambda day: {each for _, each in care.pairs if care.cares_for_anybody(day, each)}, days)
    related = _listed(relationships, days)
    return {
        "infants": tuple(infants),
        "born_on": tuple(min((on for who, on in births if name(who) == infant), default=None) for infant in infants),
        "due_on": tuple(min((on for who, on in expected if name(who) == infant), default=None) for infant in infants),
        "caregivers": tuple(member for member, _ in caregivers),
        "caregiver_days": _days(caregivers),
        "relationships": tuple(member for member, _ in related),
        "relationship_days": _days(related),
    }


class _Care:
    """Who cares for whom on a day: at first everybody for every baby, then as the stream says, sentence by sentence."""

    def __init__(
        self, standing: Sequence[Any], name: Callable[[UUID], UUID], infants: set[UUID], received: Sequence[Any]
    ) -> None:
        self._name = name
        carers = {caregiver.caregiver_id for each in received for caregiver in each.caregivers}
        self._first = {(name(infant), carer) for infant in infants or {UUID(int=0)} for carer in carers}
        kinds = (
            heard_referral.FamilyMemberLinked, heard_referral.LinkEnded, heard_referral.InfantIdentityReplaced,
        )  # fmt: skip
        self._said = sorted((f for f in standing if isinstance(f.event, kinds)), key=lambda fact: fact.version)
        self.pairs = self._first | {
            (name(fact.event.infant_id), fact.event.caregiver_id)
            for fact in self._said
            if not isinstance(fact.event, heard_referral.InfantIdentityReplaced)
        }

    def linked(self, infant: UUID, carer: UUID) -> bool:
        return (infant, carer) in self.pairs

    def cares(self, day: date, infant: UUID, carer: UUID) -> bool:
        so = (infant, carer) in self._first
        for fact in self._said:
            event = fact.event
            if isinstance(event, heard_referral.InfantIdentityReplaced):
                so = so and not (self._name(event.new_infant_id) == infant and day >= event.on)
            elif (self._name(event.infant_id), event.caregiver_id) == (infant, carer):
                begins = isinstance(event, heard_referral.FamilyMemberLinked)
                if day >= (event.from_on if begins else event.to_on):
                    so = begins
        return so

    def carers(self, day: date, infant: UUID) -> set[UUID]:
        return {carer for each, carer in self.pairs if each == infant and self.cares(day, infant, carer)}

    def cares_for_anybody(self, day: date, carer: UUID) -> bool:
        return any(self.cares(day, infant, each) for infant, each in self.pairs if each == carer)


def _listed(members: Callable[[date], set[UUID]], days: Sequence[date]) -> list[tuple[UUID, Any]]:
    everybody = sorted({member for day in days for member in members(day)})
    return [
        (member, stretch)
        for member in everybody
        for stretch in _stretches(lambda day, member=member: member in members(day), days)  # type: ignore[misc]
    ]


def _days(listed: list[tuple[UUID, Any]]) -> Stretches | None:
    days = tuple(stretch for _, stretch in listed)
    return days if any(stretch != (None, None) for stretch in days) else None
