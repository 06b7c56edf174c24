"""What an episode's stream says around the pathway: who leads, and how much is planned. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.reporting.heard_intervention import Component

ASSIGNED = "assigned"
"""Reason of the first lead: it came with the programme."""


class Lead(NamedTuple):
    """From a day on somebody leads the work."""

    day: date
    version: int
    practitioner: UUID
    reason: str


class Revision(NamedTuple):
    """What the programme consists of from here on: `assigned` anew, or components out and in."""

    version: int
    assigned: bool
    added: tuple[tuple[str, int], ...]
    """Component and sessions planned of it."""
    removed: tuple[str, ...]


class CourseView(NamedTuple):
    """The columns of a case row that say it, see `CaseRow`."""

    lead_days: tuple[date, ...] | None
    lead_steps: tuple[UUID, ...] | None
    lead_reasons: tuple[str, ...] | None
    planned_sessions: int


class Course:
    """What was said of the work itself. Every addition commutes with every other."""

    __slots__ = ("_leads", "_revisions", "_view")

    def __init__(self) -> None:
        self._leads: set[Lead] = set()
        self._revisions: set[Revision] = set()
        self._view: CourseView | None = None

    def led(self, lead: Lead) -> None:
        """Somebody leads."""
        self._leads.add(lead)
        self._view = None

    def revised(
        self, version: int, added: Iterable[Component], removed: tuple[str, ...] = (), *, assigned: bool = False
    ) -> None:
        """The programme was assigned, or components were taken out and put in."""
        planned = tuple((each.component_code, each.planned_sessions) for each in added)
        self._revisions.add(Revision(version, assigned, planned, removed))
        self._view = None

    def view(self) -> CourseView:
        """The columns, kept until something is added."""
        if self._view is None:
            leads = sorted(self._leads)
            self._view = CourseView(
                lead_days=tuple(each.day for each in leads) or None,
                lead_steps=tuple(each.practitioner for each in leads) or None,
                lead_reasons=tuple(each.reason for each in leads) or None,
                planned_sessions=self._planned(),
            )
        return self._view

    def _planned(self) -> int:
        components: dict[str, int] = {}
        for each in sorted(self._revisions):
            if each.assigned:
                components = {}
            for code in each.removed:
                components.pop(code, None)
            components.update(each.added)
        return sum(components.values())
