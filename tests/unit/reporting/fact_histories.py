"""Histories of sessions, measures, goals and work that hypothesis makes up; the same few things again and again."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from tests.unit.reporting.histories import START, History
from tests.unit.reporting.strategies import DAYS, PAUSES
from tests.unit.reporting.team_histories import TeamHistory

FEW = st.sampled_from("xyz")
"""Names of sessions, goals, activities."""
STEPS = ["booked", "held", "missed", "measured", "programme", "revised", "rated", "task", "void", "correct"]


@st.composite
def fact_histories(draw: st.DrawFn, case: str = "a", longest: int = 14) -> History:
    """One case: legal or not, some of it voided, corrected, or corrected to another session."""
    history = History(case=case)
    now = START
    said: list[tuple[str, UUID, str]] = []
    for _ in range(draw(st.integers(1, longest))):
        now += timedelta(minutes=draw(PAUSES))
        history.clock = now - timedelta(minutes=1)
        step = draw(st.sampled_from(STEPS))
        if step == "void" and said:
            store, event_id, _name = draw(st.sampled_from(said))
            said.append((store, history.voided(store, event_id), "EventVoided"))
        elif step == "correct" and (held := [each for each in said if each[2] == "SessionHeld"]):
            store, event_id, name = draw(st.sampled_from(held))
            data = {
                "session_id": history.session(draw(FEW)), "held_on": draw(DAYS), "kind": "review", "modality": "11",
                "attend_status": "6", "is_treatment": True,
            }  # fmt: skip
            said.append((store, history.corrected(store, name, event_id, data), name))
        else:
            said.append(_said(history, step, draw))
    return history


def _said(history: History, step: str, draw: st.DrawFn) -> tuple[str, UUID, str]:
    day = draw(DAYS)
    match step:
        case "booked":
            return "intervention", history.booked(f"{day}T23:30:00Z", session=draw(FEW)), "SessionScheduled"
        case "held":
            return "intervention", history.held(day, session=draw(FEW)), "SessionHeld"
        case "missed":
            attend = draw(st.sampled_from("2347"))
            return "intervention", history.missed(day, attend=attend, session=draw(FEW)), "SessionNotHeld"
        case "measured":
            total = str(draw(st.integers(0, 40)))
            return "assessment", history.measured(day, draw(st.sampled_from(["EPDS", "NEW"])), total), "MeasureRecorded"
        case "programme":
            return "intervention", history.programme(day, goals=_goals(draw)), "ProgrammeAssigned"
        case "revised":
            return "intervention", history.revised(day, goals=_goals(draw)), "ProgrammeRevised"
        case "rated":
            return "intervention", history.rated(day, draw(FEW), draw(st.integers(0, 10))), "GoalRated"
        case _:
            return "intervention", history.task(), "TaskRaised"


def _goals(draw: st.DrawFn) -> dict[str, int | None]:
    return draw(st.dictionaries(FEW, st.one_of(st.none(), st.integers(0, 10)), max_size=2))


@st.composite
def work_histories(draw: st.DrawFn, team: str = "team-north", longest: int = 10) -> TeamHistory:
    """A team's work: consultations, what became of them, some of it taken back."""
    history = TeamHistory(team=team)
    now = START
    said: list[UUID] = []
    for _ in range(draw(st.integers(1, longest))):
        now += timedelta(minutes=draw(PAUSES))
        history.clock = now - timedelta(minutes=1)
        step = draw(st.sampled_from(["given", "given", "became", "void"]))
        if step == "void" and said:
            said.append(history.voided(draw(st.sampled_from(said)), category="work"))
        elif step == "became":
            said.append(history.became(draw(DAYS), name=draw(FEW), case=draw(FEW)))
        else:
            said.append(history.activity(draw(DAYS), minutes=draw(st.integers(1, 90)), name=draw(FEW)))
    return history
