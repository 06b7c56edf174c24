"""What the referral's stream says around the pathway: who referred and why, and what is known of the people. Pure."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.reporting.heard_referral import Caregiver, FamilyMemberLinked, Infant, ReferralReceived

SAFEGUARDING = ("cin", "cp_plan", "lac")
"""Flags that reporting keeps; any other says more of a family than a count needs."""

FAILING = frozenset({"check_digit_failed", "malformed", "repeated_digits"})
"""What checking a national number found when it cannot be a real one (domain 4.3)."""


class Receipt(NamedTuple):
    """A referral that stands; the earliest counts."""

    received_on: date
    team_id: str
    version: int
    recorded_on: date
    event: ReferralReceived


class CircumstancesView(NamedTuple):
    """The columns of a case row that say it, see `CaseRow`."""

    source: str | None
    channel: str | None
    priority: str | None
    locality: str | None
    concerns: tuple[str, ...]
    risk_current: bool
    consultation_id: UUID | None
    prior_case_id: UUID | None
    caregiver_roles: tuple[str, ...]
    ethnic_groups: tuple[str, ...]
    deprivation_decile: int | None
    interpreter_language: str | None
    received_recorded_on: date | None
    flags: tuple[str, ...]
    identifier_failing: bool


class Circumstances:
    """What was said of a case's circumstances. Every addition commutes with every other."""

    __slots__ = (
        "_carer_groups",
        "_flags",
        "_infant_deciles",
        "_infant_groups",
        "_languages",
        "_numbers",
        "_primary_deciles",
        "_priority",
        "_roles",
        "_view",
        "receipt",
    )  # fmt: skip

    def __init__(self) -> None:
        self.receipt: Receipt | None = None
        self._priority: tuple[int, str] = (0, "")
        self._flags: tuple[int, tuple[str, ...]] = (0, ())
        self._numbers: dict[tuple[UUID | None, str], tuple[int, str]] = {}
        self._roles: set[str] = set()
        self._infant_groups: set[str] = set()
        self._carer_groups: set[str] = set()
        self._infant_deciles: set[int] = set()
        self._primary_deciles: set[int] = set()
        self._languages: set[str] = set()
        self._view: CircumstancesView | None = None

    def received(self, receipt: Receipt) -> None:
        """A referral; several should not be, and of those the earliest counts."""
        self.receipt = min(self.receipt or receipt, receipt)
        event = receipt.event
        for infant in event.subjects:
            self._infant(infant)
        for caregiver in event.caregivers:
            self.carer(caregiver)
        self.flagged(receipt.version, event.flags)
        self.prioritised(receipt.version, event.priority)

    def prioritised(self, version: int, priority: str) -> None:
        """How urgent the referral is; what the stream says last counts."""
        if priority:
            self._priority = max(self._priority, (version, priority))
            self._view = None

    def flagged(self, version: int, flags: tuple[str, ...]) -> None:
        """All circumstances that the team must know of; what the stream says last counts."""
        self._flags = max(self._flags, (version, tuple(sorted(set(flags).intersection(SAFEGUARDING)))))
        self._view = None

    def numbered(self, version: int, person: UUID | None, kind: str, quality: str) -> None:
        """What checking a person's national number found; of each number the last word counts."""
        said = (version, quality)
        self._numbers[person, kind] = max(self._numbers.get((person, kind), said), said)
        self._view = None

    def carer(self, said: Caregiver | FamilyMemberLinked) -> None:
        """Somebody who cares for a baby of the case."""
        self._noted(self._roles, said.role)
        self._noted(self._carer_groups, said.ethnic_group)
        self._noted(self._languages, said.interpreter_language)
        if said.primary and said.deprivation_decile is not None:
            self._primary_deciles.add(said.deprivation_decile)
        self._view = None

    def _infant(self, said: Infant) -> None:
        self._noted(self._infant_groups, said.ethnic_group)
        self._noted(self._languages, said.interpreter_language)
        if said.deprivation_decile is not None:
            self._infant_deciles.add(said.deprivation_decile)

    def _noted(self, said: set[str], code: str | None) -> None:
        if code:
            said.add(code)

    def view(self) -> CircumstancesView:
        """The columns, kept until something is added."""
        if self._view is None:
            self._view = self._columns()
        return self._view

    def _columns(self) -> CircumstancesView:
        receipt = self.receipt
        event = None if receipt is None else receipt.event
        return CircumstancesView(
            source=(event.source or None) if event else None,
            channel=(event.channel or None) if event else None,
            priority=self._priority[1] or None,
            locality=event.locality if event else None,
            concerns=tuple(sorted({each.code for each in event.concerns})) if event else (),
            risk_current=any(each.risk_status == "CURRENT" for each in event.concerns) if event else False,
            consultation_id=event.consultation_id if event else None,
            prior_case_id=event.prior_case_id if event else None,
            caregiver_roles=tuple(sorted(self._roles)),
            ethnic_groups=tuple(sorted(self._infant_groups or self._carer_groups)),
            deprivation_decile=min(self._infant_deciles or self._primary_deciles, default=None),
            interpreter_language=min(self._languages, default=None),
            received_recorded_on=None if receipt is None else receipt.recorded_on,
            flags=self._flags[1],
            identifier_failing=any(quality in FAILING for _, quality in self._numbers.values()),
        )
