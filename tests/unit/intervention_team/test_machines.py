"""Random commands, voids and corrections: what is taken and what is refused agrees with the rules written plainly."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.intervention.codes import Discipline
from services.intervention.task_events import TaskDone, TaskRaised
from services.intervention.team.aggregate import aggregate as team
from services.intervention.team.codes import PSYCHOLOGICAL, TeamRole
from services.intervention.team.commands import ChangePractitioner, JoinTeam, LeaveTeam, NoteAbsence, NoteReturn
from services.intervention.team.events import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
    TeamConfigured,
)
from services.intervention.work.aggregate import aggregate as work
from services.intervention.work.codes import ActivityKind, Outcome
from services.intervention.work.commands import DeclareCapacity, DeclareReach, LinkReferral, PlanSupervision
from services.intervention.work.events import (
    CapacityDeclared,
    ConsultationBecameReferral,
    LocalityReachDeclared,
    SupervisionPlanned,
    SystemActivityRecorded,
)
from tests.unit.intervention_team.build import ANNA, BEN, CARA, DAY, TODAY, configure, team_known, work_known
from tests.unit.intervention_team.machine import AggregateMachine
from tests.unit.intervention_team.test_work import capacity, consult, reach

PEOPLE = st.sampled_from([ANNA, BEN, CARA])
DAYS = st.integers(-5, 1).map(lambda number: TODAY + number * DAY)
EVERY_DAY = [TODAY + number * DAY for number in range(-5, 2)]
DISCIPLINES = st.sampled_from([Discipline.ADULT_PSYCHOTHERAPIST, Discipline.HEALTH_VISITOR])
FEW = st.integers(1, 2)


def changed(command: Any, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A command with some members drawn."""
    kept = {name: st.just(getattr(command, name)) for name in command.__slots__ if name not in members}
    return st.builds(type(command), **kept, **members)


class TeamMachine(AggregateMachine):
    """A team of up to three, in a week."""

    aggregate = team
    known = team_known
    asks = st.one_of(
        changed(configure, config_version=st.sampled_from("123"), effective_on=DAYS, commissioners=FEW),
        st.builds(
            JoinTeam,
            practitioner_id=PEOPLE,
            joined_on=DAYS,
            discipline=DISCIPLINES,
            role=st.just(TeamRole.PRACTITIONER),
            wte=st.just(Decimal(1)),
            supervisor_id=st.none() | PEOPLE,
        ),
        st.builds(
            ChangePractitioner,
            practitioner_id=PEOPLE,
            on=DAYS,
            discipline=st.none() | DISCIPLINES,
            supervisor_id=st.none() | PEOPLE,
        ),
        st.builds(NoteAbsence, practitioner_id=PEOPLE, from_on=DAYS, until_on=st.none() | DAYS),
        st.builds(NoteReturn, practitioner_id=PEOPLE, on=DAYS),
        st.builds(LeaveTeam, practitioner_id=PEOPLE, left_on=DAYS),
    )

    def valid(self, events: Sequence[Any]) -> bool:
        configurations = [event for event in events if isinstance(event, TeamConfigured)]
        raised = [event.task_id for event in events if isinstance(event, TaskRaised)]
        done = [event.task_id for event in events if isinstance(event, TaskDone)]
        about = [event for event in events if hasattr(event, "practitioner_id")]
        return (
            len({event.config_version for event in configurations}) == len(configurations)
            and all(one.effective_on <= other.effective_on for one, other in pairwise(configurations))
            and len(set(raised)) == len(raised)
            and len(set(done)) == len(done)
            and set(done) <= set(raised)
            and all(self._coherent(who, about) for who in {event.practitioner_id for event in about})
        )

    def _coherent(self, who: UUID, about: Sequence[Any]) -> bool:
        """What was noted of one practitioner fits together, walked through day by day."""
        joined = [event for event in about if isinstance(event, PractitionerJoined)]
        here = {event.practitioner_id for event in joined}
        own = [event for event in about if event.practitioner_id == who]
        supervisors = {getattr(event, "supervisor_id", None) for event in own} - {None}
        arrivals = [event.joined_on for event in joined if event.practitioner_id == who]
        leavings = [event.left_on for event in own if isinstance(event, PractitionerLeft)]
        if len(arrivals) != 1 or len(leavings) > 1 or who in supervisors or not supervisors <= here:
            return False
        days: dict[type, list[date]] = {}
        for event in own:
            day = next(
                getattr(event, name) for name in ("joined_on", "on", "from_on", "left_on") if hasattr(event, name)
            )
            days.setdefault(type(event), []).append(day)
            if day < arrivals[0] or (leavings and day > leavings[0]):
                return False
        if any(len(set(found)) < len(found) for found in days.values()):
            return False
        return _walk([event for event in own if isinstance(event, PractitionerAbsent)], days)

    def followed(self, before: Sequence[Any], command: Any) -> None:
        now, open_tasks = psychologists(self.events), self.state.open_tasks
        assert self.state.psychological == now
        if now:
            assert not open_tasks
        elif any(hasattr(event, "practitioner_id") for event in self.events):
            raised, done = (
                {item.task_id for item in before if isinstance(item, kind)} for kind in (TaskRaised, TaskDone)
            )
            assert len(open_tasks) == max(1, len(raised - done)), "told once; more only by a void that was taken back"


def _walk(absent: Sequence[PractitionerAbsent], days: dict[type, list[date]]) -> bool:
    current: PractitionerAbsent | None = None
    returned = True
    for day in EVERY_DAY:
        for absence in absent:
            if absence.from_on == day:
                away = current is not None and not returned and (current.until_on is None or current.until_on >= day)
                if away:
                    return False
                current, returned = absence, False
        if day in days.get(PractitionerReturned, ()):
            if returned:
                return False
            returned = True
    return True


def psychologists(events: Sequence[Any]) -> frozenset[UUID]:
    """Who is one and has not left, from the plain list."""
    found: dict[UUID, Any] = {}
    for event in events:
        if isinstance(event, PractitionerJoined):
            found[event.practitioner_id] = event.discipline
    changes = [event for event in events if isinstance(event, PractitionerChanged)]
    for event in sorted(changes, key=lambda item: item.on):
        found[event.practitioner_id] = event.discipline or found[event.practitioner_id]
    for event in events:
        if isinstance(event, PractitionerLeft):
            del found[event.practitioner_id]
    return frozenset(who for who, discipline in found.items() if discipline in PSYCHOLOGICAL)


IDS = FEW.map(lambda number: UUID(int=number))
KINDS = st.sampled_from([ActivityKind.CONSULTATION, ActivityKind.SUPERVISION])


class WorkMachine(AggregateMachine):
    """Few activities, series, weeks and years, so that they meet."""

    aggregate = work
    known = work_known
    asks = st.one_of(
        changed(
            consult,
            activity_id=IDS,
            kind=KINDS,
            on=DAYS,
            question=st.none(),
            outcome=st.none() | st.sampled_from(Outcome),
            series_id=st.none() | IDS,
        ),
        st.builds(LinkReferral, activity_id=IDS, case_id=IDS, on=DAYS),
        st.builds(
            PlanSupervision,
            series_id=IDS,
            practitioner_id=PEOPLE,
            minutes=st.just(60),
            every_days=st.just(7),
            from_on=DAYS,
            to_on=st.none() | DAYS,
        ),
        st.builds(
            DeclareCapacity,
            week=st.integers(0, 2).map(lambda number: capacity.week + timedelta(days=7 * number)),
            new_case_slots=FEW,
        ),
        st.builds(
            DeclareReach,
            locality=st.sampled_from([reach.locality, "E08000035"]),
            year=st.integers(TODAY.year - 1, TODAY.year + 1),
            births=FEW,
        ),
    )

    def valid(self, events: Sequence[Any]) -> bool:
        activities = {event.activity_id: event for event in events if isinstance(event, SystemActivityRecorded)}
        planned = {event.series_id for event in events if isinstance(event, SupervisionPlanned)}
        links = [event for event in events if isinstance(event, ConsultationBecameReferral)]
        keys = [(type(event), *(getattr(event, name) for name in KEYS[type(event)])) for event in events]
        return (
            len(set(keys)) == len(keys)
            and all(event.series_id is None or event.series_id in planned for event in activities.values())
            and all(
                (about := activities.get(link.activity_id)) is not None
                and about.kind is ActivityKind.CONSULTATION
                and about.on <= link.on
                for link in links
            )
        )


KEYS: dict[type, tuple[str, ...]] = {
    SystemActivityRecorded: ("activity_id",),
    ConsultationBecameReferral: ("activity_id",),
    SupervisionPlanned: ("series_id",),
    CapacityDeclared: ("week",),
    LocalityReachDeclared: ("locality", "year"),
}

TestTeam = TeamMachine.TestCase
TestWork = WorkMachine.TestCase
