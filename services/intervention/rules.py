"""What a programme or a session must fit: dates, people, the team's catalogue. Pure functions of values."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from services.intervention.codes import NotAttended, NotHeldBy
from services.intervention.course_codes import ProgrammeWarning
from services.intervention.family import Family
from services.intervention.known import Known
from services.intervention.session_commands import MissSession
from services.intervention.team.values import CatalogueItem
from services.intervention.team_settings import TeamSettings
from services.intervention.values import Component, Relationship
from shared.kernel.civil import birthday_months
from shared.kernel.errors import Rejected


def check_components(components: tuple[Component, ...], team: TeamSettings, field: str = "/components") -> None:
    """A team assigns only what it offers, as it offers it (statement S17).

    Raises:
        Rejected: `component-not-in-catalogue`, `kind-differs-from-catalogue`, `sessions-outside-catalogue`,
            `duplicate-component`.
    """
    for place, component in enumerate(components):
        here = f"{field}/{place}"
        item = team.catalogue.get(component.component_code)
        if item is None:
            raise _not_offered(f"{here}/component_code")
        if item.kind is not component.kind:
            raise Rejected("kind-differs-from-catalogue", "the catalogue says otherwise", field=f"{here}/kind")
        if not item.sessions_min <= component.planned_sessions <= item.sessions_max:
            raise Rejected(
                "sessions-outside-catalogue",
                "fewer or more sessions than the team's catalogue has",
                field=f"{here}/planned_sessions",
            )
    check_distinct([item.component_code for item in components], "duplicate-component", field)


def check_component(code: str, field: str, offered: Collection[str]) -> None:
    """Refuses a component that the team does not offer and the programme does not have."""
    if code not in offered:
        raise _not_offered(field)


def _not_offered(field: str) -> Rejected:
    return Rejected("component-not-in-catalogue", "the team does not offer this component", field=field)


def check_ages(
    components: tuple[Component, ...], infants: Collection[UUID], day: date, known: Known, field: str = "/components"
) -> None:
    """A component must fit at least one of the infants that the programme is about, born or unborn.

    An infant whose due date has passed, and of whose birth nothing was heard yet, fits everything.

    Raises:
        Rejected: `outside-component-age-window`.
    """
    for place, component in enumerate(components):
        item = known.team.catalogue[component.component_code]
        if infants and not any(_fits(item, infant, day, known.family) for infant in infants):
            raise Rejected(
                "outside-component-age-window",
                "no infant of the programme is of an age that this component is for",
                field=f"{field}/{place}/component_code",
            )


def _fits(item: CatalogueItem, infant: UUID, day: date, family: Family) -> bool:
    born_on = family.born_on.get(infant)
    if family.unborn_on(infant, day):
        return item.antenatal_ok
    if born_on is None:
        return True
    past = None if item.max_age_months is None else birthday_months(born_on, item.max_age_months + 1)
    return birthday_months(born_on, item.min_age_months or 0) <= day and (past is None or day < past)


def competency_warnings(
    components: tuple[Component, ...], lead: UUID, team: TeamSettings, field: str
) -> tuple[ProgrammeWarning, ...]:
    """Refuses a lead without the competency that a component needs (statement S45); a warning if nobody is registered.

    Raises:
        Rejected: `practitioner-unknown`, `competency-missing`.
    """
    needed = {team.catalogue[item.component_code].competency for item in components} - {None}
    if not needed:
        return ()
    if not team.practitioners:
        return (ProgrammeWarning.COMPETENCY_UNKNOWN,)
    member = team.practitioners.get(lead)
    if member is None:
        raise Rejected("practitioner-unknown", "the team's register has no such practitioner", field=field)
    if not needed <= member.competencies:
        raise Rejected("competency-missing", "the lead practitioner lacks what a component needs", field=field)
    return ()


def check_relationships(relationships: tuple[Relationship, ...], known: Known, day: date) -> None:
    """Refuses relationships between people who are not of the case on a civil date.

    Raises:
        Rejected: `unknown-infant`, `unknown-caregiver`, `duplicate-caregiver`.
    """
    infants, caregivers = known.family.infants_on(day), known.family.caregivers_on(day)
    for place, relationship in enumerate(relationships):
        field = f"/focus_relationships/{place}"
        check_members((relationship.infant_id,), infants, "unknown-infant", f"{field}/infant_id")
        check_distinct(list(relationship.caregiver_ids), "duplicate-caregiver", f"{field}/caregiver_ids")
        check_members(relationship.caregiver_ids, caregivers, "unknown-caregiver", f"{field}/caregiver_ids")


def check_members(present: Iterable[UUID], members: frozenset[UUID], code: str, field: str) -> None:
    """Refuses anybody who is not linked to the case."""
    if not members.issuperset(present):
        raise Rejected(code, "nobody of this case on that day", field=field)


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


def not_in_future(day: date, known: Known, field: str) -> None:
    """Refuses a civil date after today.

    Raises:
        Rejected: `in-the-future`.
    """
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)
