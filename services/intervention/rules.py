"""The team's catalogue and targets, and what a programme or a session must fit. Pure functions of values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.intervention.codes import ComponentKind, NotAttended, NotHeldBy
from services.intervention.commands import MissSession
from services.intervention.heard import Known
from services.intervention.values import Component, Relationship
from shared.kernel.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What a team offers and aims at; targets in days."""

    version: str
    catalogue: dict[str, ComponentKind]
    programme_days: int
    """From the assessment's end to the programme."""
    task_days: int
    """To look at anything else."""


_PRACTICE, _EVIDENCE = ComponentKind.PROFESSIONAL_PRACTICE, ComponentKind.EVIDENCE_BASED

DEFAULTS = Team(
    version="default-1",
    catalogue={
        "PIP": _EVIDENCE,
        "VIG": _EVIDENCE,
        "VIPP-SD": _EVIDENCE,
        "WWW": _EVIDENCE,
        "COS-P": _EVIDENCE,
        "MELLOW-BABIES": _EVIDENCE,
        "MELLOW-BUMPS": _EVIDENCE,
        "NBO": _EVIDENCE,
        "INFANT-MASSAGE": _PRACTICE,
        "SOLIHULL": _EVIDENCE,
        "TRIPLE-P-BABY": _EVIDENCE,
        "MINDING-THE-BABY": _EVIDENCE,
        "MBT-LIGHTHOUSE": _EVIDENCE,
        "EMDR": _EVIDENCE,
        "COUPLE": _PRACTICE,
        "NEONATAL-SUPPORT": _PRACTICE,
        "NETWORK-CONSULTATION": _PRACTICE,
    },
    programme_days=14,
    task_days=7,
)
"""For a team that configured nothing: the toolkit of domain 2.3 [B]."""


def programme_due_on(completed_on: date, team: Team = DEFAULTS) -> date:
    """The civil date by which a programme should be assigned (rule P3)."""
    return completed_on + timedelta(days=team.programme_days)


def task_due_on(day: date, team: Team = DEFAULTS) -> date:
    """The civil date by which a person should have looked at a task raised on `day`."""
    return day + timedelta(days=team.task_days)


def check_components(components: tuple[Component, ...], team: Team = DEFAULTS) -> None:
    """A team cannot assign what it does not offer (statement S17).

    Raises:
        Rejected: `component-not-in-catalogue`, `kind-differs-from-catalogue`, `duplicate-component`.
    """
    for place, component in enumerate(components):
        field = f"/components/{place}"
        check_component(component.component_code, f"{field}/component_code", team)
        if team.catalogue[component.component_code] is not component.kind:
            raise Rejected("kind-differs-from-catalogue", "the catalogue says otherwise", field=f"{field}/kind")
    check_distinct([item.component_code for item in components], "duplicate-component", "/components")


def check_component(code: str, field: str, team: Team = DEFAULTS) -> None:
    """Refuses a component that the team does not offer."""
    if code not in team.catalogue:
        raise Rejected("component-not-in-catalogue", "the team does not offer this component", field=field)


def check_relationships(relationships: tuple[Relationship, ...], known: Known) -> None:
    """Refuses relationships between people who are not of the case.

    Raises:
        Rejected: `unknown-infant`, `unknown-caregiver`, `duplicate-caregiver`.
    """
    for place, relationship in enumerate(relationships):
        field = f"/focus_relationships/{place}"
        check_members((relationship.infant_id,), known.infants, "unknown-infant", f"{field}/infant_id")
        check_distinct(list(relationship.caregiver_ids), "duplicate-caregiver", f"{field}/caregiver_ids")
        check_members(relationship.caregiver_ids, known.caregivers, "unknown-caregiver", f"{field}/caregiver_ids")


def check_members(present: Iterable[UUID], members: frozenset[UUID], code: str, field: str) -> None:
    """Refuses anybody who is not linked to the case."""
    if not members.issuperset(present):
        raise Rejected(code, "nobody of this case", field=field)


def check_distinct(items: list[UUID] | list[str], code: str, field: str) -> None:
    """Refuses a list that names one thing twice."""
    if len(set(items)) != len(items):
        raise Rejected(code, "the same one is named twice", field=field)


def check_not_held(command: MissSession, today: date) -> None:
    """Refuses an absence that contradicts its own attendance code.

    Raises:
        Rejected: `by-differs-from-attend-status`, `cancelled-in-the-future`, `cancelled-after-session`,
            `in-the-future` (only a cancelled session may lie ahead).
    """
    provider = command.attend_status is NotAttended.CANCELLED_BY_PROVIDER
    if (command.by is NotHeldBy.PROVIDER) is not provider:
        raise Rejected(
            "by-differs-from-attend-status", "code 4 is the provider's, 2, 3 and 7 the family's", field="/by"
        )
    cancelled = command.attend_status in {NotAttended.CANCELLED_BY_FAMILY, NotAttended.CANCELLED_BY_PROVIDER}
    if not cancelled and command.on > today:
        raise Rejected("in-the-future", "nobody has missed it yet", field="/on")
    if command.cancelled_on is not None and command.cancelled_on > today:
        raise Rejected("cancelled-in-the-future", "the date lies in the future", field="/cancelled_on")
    if command.cancelled_on is not None and command.cancelled_on > command.on:
        raise Rejected("cancelled-after-session", "later than the session itself", field="/cancelled_on")
