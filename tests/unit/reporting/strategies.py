"""Histories that hypothesis makes up: legal or not, reporting must give one answer for each."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from tests.unit.reporting.histories import START, History, identity
from tests.unit.reporting.told import TOLD, Say

DAYS = st.integers(0, 200).map(lambda number: (date(2025, 3, 1) + timedelta(days=number)).isoformat())
PAUSES = st.sampled_from([0, 0, 1, 60])
"""Minutes between two recordings: none at all is common, one transaction has one recorded_at."""


@st.composite
def generated_histories(draw: st.DrawFn, case: str = "a", team: str = "team-north", longest: int = 14) -> History:
    """One case: events in any order of happening, back-dated at will, some voided or corrected."""
    history = History(case=case, team=team)
    now = START
    said: list[tuple[str, UUID, str]] = []
    for _ in range(draw(st.integers(1, longest))):
        now += timedelta(minutes=draw(PAUSES))
        step = draw(st.sampled_from([*STEPS, "void", "correct"]))
        if step in STEPS:
            store, name, say = STEPS[step]
            said.append((store, say(history, draw(DAYS), now, draw), name))
        elif said:
            store, event_id, name = draw(st.sampled_from(said))
            if step == "void" or name not in CORRECTIONS:
                said.append((store, history.voided(store, event_id, at=now), "EventVoided"))
            else:
                data = CORRECTIONS[name](draw(DAYS))
                said.append((store, history.corrected(store, name, event_id, data, at=now), name))
    if not history.documents:
        history.received("2025-03-10", at=now)
    return history


STEPS: dict[str, tuple[str, str, Say]] = {
    "received": ("referral", "ReferralReceived", lambda h, day, at, draw: h.received(
        day, infants=draw(st.integers(1, 2)), caregivers=draw(st.integers(0, 2)), at=at)),
    "accepted": ("referral", "ReferralAccepted", lambda h, day, at, draw: h.accepted(
        day, tier=draw(st.sampled_from(["TARGETED", "SPECIALIST"])), at=at)),
    "declined": ("referral", "ReferralDeclined", lambda h, day, at, _: h.declined(day, at=at)),
    "withdrawn": ("referral", "ReferralWithdrawn", lambda h, day, at, _: h.withdrawn(day, at=at)),
    "started": ("assessment", "AssessmentStarted", lambda h, day, at, _: h.started(day, at=at)),
    "completed": ("assessment", "AssessmentCompleted", lambda h, day, at, draw: h.completed(
        day, draw(st.sampled_from(["PROGRAMME", "SIGNPOST"])), focus=h.focus(draw(st.integers(1, 2))),
        complexity=["caregiver_trauma", "other"][: draw(st.integers(0, 2))], at=at)),
    "programme": ("intervention", "ProgrammeAssigned", lambda h, day, at, _: h.programme(day, at=at)),
    "held": ("intervention", "SessionHeld", lambda h, day, at, draw: h.held(
        day, treatment=draw(st.booleans()), modality=draw(st.sampled_from(["01", "05"])), at=at)),
    "opened": ("intervention", "EpisodeOpened", lambda h, day, at, _: h.opened(day, at=at)),
    "discharged": ("intervention", "Discharged", lambda h, day, at, _: h.discharged(day, at=at)),
    "closed_in_error": ("intervention", "Discharged", lambda h, day, at, _: h.discharged(
        day, "administrative_error", at=at)),
    "duplicate": ("referral", "ReferralLinkedDuplicate", lambda h, day, at, _: h.duplicate(day, at=at)),
    "linked": ("referral", "FamilyMemberLinked", lambda h, day, at, draw: h.linked(
        day, infant=draw(st.integers(1, 2)), carer=draw(st.integers(1, 3)), at=at)),
    "unlinked": ("referral", "LinkEnded", lambda h, day, at, draw: h.unlinked(
        day, infant=draw(st.integers(1, 2)), carer=draw(st.integers(1, 3)), at=at)),
    "born": ("referral", "InfantBorn", lambda h, day, at, draw: h.born(day, infant=draw(st.integers(1, 2)), at=at)),
    "lost": ("referral", "PregnancyEnded", lambda h, day, at, _: h.lost(day, at=at)),
    "renamed": ("referral", "InfantIdentityReplaced", lambda h, day, at, draw: h.renamed(
        day, infant=draw(st.integers(1, 2)), new=draw(st.integers(8, 9)), at=at)),
    "abandoned": ("assessment", "AssessmentAbandoned", lambda h, day, at, _: h.abandoned(day, at=at)),
    "seen": ("intervention", "SessionHeld", lambda h, day, at, _: h.held(
        day, treatment=False, kind="assessment", at=at)),
    "paused": ("intervention", "EpisodePaused", lambda h, day, at, draw: h.paused(
        day, draw(st.sampled_from(["family", "service", "infant_hospital"])), at=at)),
    "resumed": ("intervention", "EpisodeResumed", lambda h, day, at, _: h.resumed(day, at=at)),
    "tier": ("intervention", "TierChanged", lambda h, day, at, draw: h.tier(
        day, draw(st.sampled_from(["TARGETED", "SPECIALIST"])), at=at)),
    "programme_done": ("intervention", "ProgrammeCompleted", lambda h, day, at, _: h.programme_done(day, at=at)),
    "reopened": ("intervention", "EpisodeReopened", lambda h, day, at, _: h.reopened(day, at=at)),
    "task": ("intervention", "TaskRaised", lambda h, _day, at, _: h.task(at=at)),
    **TOLD,
}  # fmt: skip

CORRECTIONS: dict[str, Callable[[str], dict[str, object]]] = {
    "ReferralReceived": lambda day: {"received_on": day, "subjects": [], "caregivers": []},
    "ReferralAccepted": lambda day: {"decided_on": day, "offer_tier": "TARGETED"},
    "AssessmentCompleted": lambda day: {"completed_on": day, "recommendation": "PROGRAMME"},
    "ProgrammeAssigned": lambda day: {"assigned_on": day, "tier": "TARGETED"},
    "SessionHeld": lambda day: {
        "session_id": str(identity("corrected")), "held_on": day, "kind": "therapy_dyadic", "modality": "01",
        "attend_status": "6", "is_treatment": True,
    },
    "EpisodeOpened": lambda day: {"on": day},
    "EpisodeResumed": lambda day: {"on": day},
    "EpisodePaused": lambda day: {"from_on": day, "reason": "family"},
    "AssessmentAbandoned": lambda day: {"on": day},
    "Discharged": lambda day: {"discharged_on": day, "reason": "moved_area"},
}  # fmt: skip
