"""What holds for every clock, whatever happens in whatever order: cases that hypothesis makes up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.clocks.catalogue import DEFINITIONS, readings
from services.reporting.clocks.facts import Baby, CaseFacts, ClockFacts, Monitoring, Pause, Score, Session
from services.reporting.clocks.listed import LISTED
from services.reporting.clocks.reading import ClockReading, State
from tests.unit.reporting.clocks.kit import BABY_ID, case, d, facts, met, scored, treated

FIRST = date(2025, 1, 1)
LAST = FIRST + timedelta(days=400)
DAYS = st.integers(0, 400).map(lambda number: FIRST + timedelta(days=number))
MEASURES = st.sampled_from(["EPDS", "PIIOS", *sorted(LISTED)])


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    status: Literal["held", "not_held", "booked"] = draw(st.sampled_from(["held", "not_held", "booked"]))
    codes = {"held": ["5", "6"], "not_held": ["2", "3", "4", "7"], "booked": [""]}[status]
    day = draw(DAYS)
    return Session(
        day=day,
        status=status,
        attend_status=draw(st.sampled_from(codes)),
        modality=draw(st.sampled_from(["01", "02", "05"])),
        is_treatment=status == "held" and draw(st.booleans()),
        indirect=status == "held" and draw(st.booleans()),
        cancelled_on=draw(st.none() | DAYS.map(lambda on: min(on, day))) if status == "not_held" else None,
        rebook=draw(st.booleans()),
        booked_on=draw(st.none() | DAYS) if status != "booked" else draw(DAYS),
    )


@st.composite
def cases(draw: st.DrawFn, number: int = 1) -> CaseFacts:
    watched = draw(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 60)), max_size=2))
    rested = draw(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 60)), max_size=3))
    closed_on = draw(st.none() | DAYS)
    how = ["declined", "duplicate", "withdrawn", "discharged"]
    return CaseFacts(
        case_id=UUID(int=number),
        received_on=draw(DAYS),
        self_referred=draw(st.booleans()),
        accepted_on=draw(st.none() | DAYS),
        closed_on=closed_on,
        closed_by=draw(st.sampled_from(how)) if closed_on else None,
        assessed_on=draw(st.none() | DAYS),
        decided_on=draw(st.none() | DAYS),
        programmes=tuple(draw(st.lists(DAYS, max_size=2))),
        sessions=tuple(draw(st.lists(sessions(), max_size=6))),
        scores=tuple(Score(measure_code=draw(MEASURES), completed_on=day) for day in draw(st.lists(DAYS, max_size=3))),
        care_plans=tuple(draw(st.lists(DAYS, max_size=2))),
        monitoring=tuple(
            Monitoring(started_on=day, ended_on=None if long is None else day + timedelta(days=long))
            for day, long in watched
        ),
        declined=tuple(draw(st.lists(DAYS, max_size=1))),
        pauses=tuple(
            Pause(
                from_on=day, until_on=None if long is None else day + timedelta(days=long),
                reason=draw(st.sampled_from(["family", "service", "infant_hospital"])),
            )
            for day, long in rested
        ),
        babies=(Baby(infant_id=BABY_ID, born_on=draw(st.none() | DAYS), due_on=draw(st.none() | DAYS)),),
    )  # fmt: skip


HAPPENED = st.tuples(cases(1), cases(2)).map(lambda both: facts(both[0], replace(both[1], babies=both[0].babies)))
"""Two referrals of one baby, of whose birth both say the same: else a later day might find another one a child's."""


def happened_by(known: CaseFacts, at: date) -> CaseFacts:
    """As somebody would have written the case down on that day: what came later is not in it at all."""
    return CaseFacts(
        case_id=known.case_id,
        received_on=_by(known.received_on, at),
        self_referred=known.self_referred,
        accepted_on=_by(known.accepted_on, at),
        closed_on=_by(known.closed_on, at),
        closed_by=known.closed_by if _by(known.closed_on, at) else None,
        assessed_on=_by(known.assessed_on, at),
        decided_on=_by(known.decided_on, at),
        programmes=tuple(day for day in known.programmes if day <= at),
        sessions=tuple(each for each in (_so_far(session, at) for session in known.sessions) if each is not None),
        scores=tuple(each for each in known.scores if each.completed_on <= at),
        care_plans=tuple(day for day in known.care_plans if day <= at),
        monitoring=tuple(
            Monitoring(started_on=each.started_on, ended_on=_by(each.ended_on, at))
            for each in known.monitoring
            if each.started_on <= at
        ),
        declined=tuple(day for day in known.declined if day <= at),
        pauses=tuple(
            Pause(from_on=each.from_on, until_on=_by(each.until_on, at), reason=each.reason)
            for each in known.pauses
            if each.from_on <= at
        ),
        babies=tuple(replace(each, born_on=_by(each.born_on, at)) for each in known.babies),
    )


def _by(day: date | None, at: date) -> date | None:
    return None if day is None or day > at else day


def _so_far(session: Session, at: date) -> Session | None:
    over = {"held": session.day, "not_held": session.cancelled_on or session.day, "booked": date.max}[session.status]
    if over <= at:
        return session
    if session.booked_on is None or session.booked_on > at:
        return None
    return Session(
        day=session.day, status="booked", attend_status=session.attend_status, modality=session.modality,
        is_treatment=session.is_treatment, indirect=session.indirect, cancelled_on=session.cancelled_on,
        rebook=session.rebook, booked_on=session.booked_on,
    )  # fmt: skip


@given(HAPPENED, DAYS)
def test_what_happened_after_the_date_changes_no_reading(known: ClockFacts, at: date) -> None:
    by_then = replace(known, case=happened_by(known.case, at), others=tuple(happened_by(c, at) for c in known.others))
    assert readings(known, at) == readings(by_then, at)


@given(HAPPENED, DAYS, DAYS)
def test_a_stop_that_stood_is_never_moved_by_a_later_event(known: ClockFacts, one: date, other: date) -> None:
    """A later day may find a new clock of the case (active monitoring over), never another stop of the old one."""
    at, later = min(one, other), max(one, other)
    for before, since in zip(readings(known, at), readings(known, later), strict=True):
        if before.state is State.STOPPED and since.state is not State.NOT_APPLICABLE:
            assert since.start is not None
            assert before.stop is not None
            if since.start <= before.stop and before.start == since.start:
                assert (since.stop, since.days, since.within) == (before.stop, before.days, before.within)
            else:
                assert before.stop in [part.on for part in since.parts], "the old clock stands among the parts"


def shuffled(known: CaseFacts, order: Sequence[int]) -> CaseFacts:
    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        ranked = sorted(range(len(items)), key=lambda index: order[index % len(order)])
        return tuple(items[index] for index in ranked)

    names = ("programmes", "sessions", "scores", "care_plans", "monitoring", "declined", "pauses")
    return replace(known, **{name: mixed(getattr(known, name)) for name in names})  # type: ignore[arg-type]


@given(HAPPENED, DAYS, st.permutations(range(8)))
def test_no_reading_depends_on_the_order_in_which_things_are_told(
    known: ClockFacts, at: date, order: list[int]
) -> None:
    told = replace(known, case=shuffled(known.case, order), others=tuple(shuffled(c, order) for c in known.others))
    assert readings(told, at) == readings(known, at)


@given(HAPPENED, DAYS)
def test_every_reading_is_whole(known: ClockFacts, at: date) -> None:
    codes = {each.code for each in DEFINITIONS}
    for found in readings(known, at):
        assert found.code in codes
        assert (found.stop is not None) == (found.state in (State.STOPPED, State.NULLIFIED))
        assert (found.days is not None) == (found.state in (State.STOPPED, State.RUNNING))
        assert (found.why_not_stopped is None) == (found.state is State.STOPPED)
        assert (found.nearest_stop is not None) == (found.state in (State.RUNNING, State.NULLIFIED))
        for sentence in filter(None, (found.why_not_stopped, found.nearest_stop)):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
        assert found.days is None or 0 <= found.days <= (LAST - FIRST).days
        assert found.share is None or 0 <= found.share <= 1


def test_the_clocks_of_one_family_stand_side_by_side_and_differ_as_their_definitions_do() -> None:
    family = case(
        sessions=(met("2025-03-17"), treated("2025-04-07")), scores=(scored("EPDS", "2025-03-24"),),
        care_plans=(d("2025-03-31"),), assessed_on=d("2025-03-24"), programmes=(d("2025-03-31"),),
    )  # fmt: skip
    found = {each.code: (each.state, each.days) for each in readings(facts(family), d("2025-05-01"))}
    assert found == {
        "local_first_treatment": (State.STOPPED, 35),
        "team_targets": (State.STOPPED, 35),
        "first_1001_days": (State.STOPPED, 35),
        "england_cyp_4_weeks": (State.RUNNING, 59),
        "england_cyp_4_weeks_dashboard": (State.RUNNING, 59),
        "england_rtt_18_weeks": (State.STOPPED, 35),
        "scotland_camhs_18_weeks": (State.STOPPED, 35),
        "scotland_pt_18_weeks": (State.STOPPED, 35),
    }


def test_both_clock_changes_of_the_year_leave_every_clock_as_it_is() -> None:
    def days(received: str, treated_on: str) -> set[int | None]:
        family = case(
            received=received, sessions=(treated(treated_on),), scores=(scored("GBO", treated_on),),
            care_plans=(d(treated_on),), programmes=(d(received),),
        )  # fmt: skip
        return {each.days for each in readings(facts(family), d("2025-12-31"))}

    assert days("2025-03-29", "2025-03-31") == {2}
    assert days("2025-10-25", "2025-10-27") == {2}


def named(found: ClockReading) -> tuple[str, str, str]:
    return found.code, found.version, found.title


def test_every_reading_carries_the_name_and_version_of_its_definition() -> None:
    found = {named(each)[0]: named(each)[1:] for each in readings(facts(), d("2025-05-01"))}
    assert set(found) == {each.code for each in DEFINITIONS}
    assert all(version and title for version, title in found.values())
