"""What an episode's stream says around the pathway: who leads, what is planned, and steps up and down. Pure."""

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
    day: date
    assigned: bool
    added: tuple[tuple[str, int], ...]
    """Component and sessions planned of it."""
    removed: tuple[str, ...]


class Step(NamedTuple):
    """The work became more (`up`) or less intensive (`down`) on a day."""

    day: date
    version: int
    direction: str


TIERS = ("CONSULT", "TARGETED", "SPECIALIST")
"""From the least intensive to the most."""


def direction(from_tier: str, to_tier: str) -> str | None:
    """`up` or `down`; None where the tier stays the same or one of the two is not known."""
    if from_tier == to_tier or from_tier not in TIERS or to_tier not in TIERS:
        return None
    return "up" if TIERS.index(to_tier) > TIERS.index(from_tier) else "down"


class CourseView(NamedTuple):
    """The columns of a case row that say it, see `CaseRow`."""

    lead_days: tuple[date, ...] | None
    lead_steps: tuple[UUID, ...] | None
    lead_reasons: tuple[str, ...] | None
    planned_sessions: int
    plan_days: tuple[date, ...] | None
    plan_components: tuple[str, ...] | None
    plan_sessions: tuple[int | None, ...] | None
    step_days: tuple[date, ...] | None
    step_directions: tuple[str, ...] | None


class Course:
    """What was said of the work itself. Every addition commutes with every other."""

    __slots__ = ("_leads", "_revisions", "_steps", "_view")

    def __init__(self) -> None:
        self._leads: set[Lead] = set()
        self._revisions: set[Revision] = set()
        self._steps: set[Step] = set()
        self._view: CourseView | None = None

    def led(self, lead: Lead) -> None:
        """Somebody leads."""
        self._leads.add(lead)
        self._view = None

    def revised(
        self, version: int, day: date | None, added: Iterable[Component], removed: tuple[str, ...] = (), *,
        assigned: bool = False,
    ) -> None:  # fmt: skip
        """The programme was assigned, or components were taken out and put in; without a day it counts on every day."""
        planned = tuple((each.component_code, each.planned_sessions) for each in added)
        self._revisions.add(Revision(version, day or date.min, assigned, planned, removed))
        self._view = None

    def stepped(self, step: Step) -> None:
        """The tier changed."""
        self._steps.add(step)
        self._view = None

    def view(self) -> CourseView:
        """The columns, kept until something is added."""
        if self._view is None:
            leads, steps, plan = sorted(self._leads), sorted(self._steps), self._plan()
            self._view = CourseView(
                lead_days=tuple(each.day for each in leads) or None,
                lead_steps=tuple(each.practitioner for each in leads) or None,
                lead_reasons=tuple(each.reason for each in leads) or None,
                planned_sessions=self._planned(),
                plan_days=tuple(day for day, _, _ in plan) or None,
                plan_components=tuple(code for _, code, _ in plan) or None,
                plan_sessions=tuple(sessions for _, _, sessions in plan) or None,
                step_days=tuple(each.day for each in steps) or None,
                step_directions=tuple(each.direction for each in steps) or None,
            )
        return self._view

    def _plan(self) -> list[tuple[date, str, int | None]]:
        """Each word about a component, in order of the stream: from which day, and how many sessions; None: none."""
        said: list[tuple[date, str, int | None]] = []
        for each in sorted(self._revisions):
            said += [(each.day, code, None) for code in each.removed]
            said += [(each.day, code, sessions) for code, sessions in each.added]
        return said

    def _planned(self) -> int:
        components: dict[str, int] = {}
        for each in sorted(self._revisions):
            if each.assigned:
                components = {}
            for code in each.removed:
                components.pop(code, None)
            components.update(each.added)
        return sum(components.values())
