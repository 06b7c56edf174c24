"""Histories of cases as the stores would keep them: documents, with recorded times of the test's choosing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from services.reporting.decoding import decode
from services.reporting.heard import Fact

SPACE = UUID("6f0f0c5e-5a0b-5c58-9a3e-1d1b9f0d4a12")
START = datetime(2025, 3, 1, 9, tzinfo=UTC)
STREAMS = {"referral": "referral", "assessment": "assessment", "intervention": "episode"}


def identity(*parts: object) -> UUID:
    return uuid5(SPACE, "/".join(map(str, parts)))


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class Document:
    """One stored event, and the columns beside it."""

    store: str
    stream: str
    version: int
    case_id: UUID
    event_id: UUID
    type: str
    recorded_at: datetime
    text: str

    @property
    def leaf_hash(self) -> bytes:
        return sha256(b"\x00" + self.text.encode()).digest()

    @property
    def fact(self) -> Fact:
        return decode(self.text.encode())


@dataclass
class History:
    """Says events one after another; each a minute after the one before unless told otherwise."""

    case: str = "a"
    team: str = "team-north"
    clock: datetime = START
    documents: list[Document] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    family: str = ""
    """Whose case it is: cases of one family have the same people. Empty: a family of its own."""

    @property
    def case_id(self) -> UUID:
        return identity("case", self.case)

    @property
    def facts(self) -> list[Fact]:
        return [document.fact for document in self.documents]

    def say(
        self, store: str, name: str, data: Mapping[str, Any], *, at: datetime | None = None, version: int = 1
    ) -> UUID:
        """Appends one event and gives its id."""
        self.clock = at or self.clock + timedelta(minutes=1)
        stream = f"{STREAMS[store]}-{self.case_id}"
        number = self.versions[stream] = self.versions.get(stream, 0) + 1
        event_id = identity(stream, number)
        text = json.dumps(
            {
                "streamversion": number,
                "recordedat": stamp(self.clock),
                "specversion": "1.0",
                "id": str(event_id),
                "source": f"/dyad/{store}",
                "type": f"dyad.{name}.v{version}",
                "subject": str(self.case_id),
                "time": stamp(self.clock),
                "datacontenttype": "application/json",
                "partitionkey": str(self.case_id),
                "stream": stream,
                "teamid": self.team,
                "actor": "local",
                "actorrole": "practitioner",
                "correlationid": str(event_id),
                "data": data,
            },
            separators=(",", ":"),
        )
        self.documents.append(
            Document(store, stream, number, self.case_id, event_id, f"dyad.{name}.v{version}", self.clock, text)
        )
        return event_id

    def baby(self, number: int = 1) -> str:
        return str(identity(self.family or self.case, "infant", number))

    def carer(self, number: int = 1) -> str:
        return str(identity(self.family or self.case, "caregiver", number))

    def session(self, name: object) -> str:
        return str(identity(self.case, "session", name))

    def focus(self, infants: int = 1, caregivers: int = 1) -> list[dict[str, Any]]:
        carers = [self.carer(each) for each in range(1, caregivers + 1)]
        return [{"infant_id": self.baby(each), "caregiver_ids": carers} for each in range(1, infants + 1)]

    def received(self, on: str, *, infants: int = 1, caregivers: int = 1, at: datetime | None = None) -> UUID:
        data = {
            "received_on": on,
            "source": "health_visitor",
            "subjects": [{"infant_id": self.baby(each), "unborn": False} for each in range(1, infants + 1)],
            "caregivers": [{"caregiver_id": self.carer(each)} for each in range(1, caregivers + 1)],
        }
        return self.say("referral", "ReferralReceived", data, at=at)

    def accepted(self, on: str, *, tier: str = "TARGETED", at: datetime | None = None) -> UUID:
        return self.say("referral", "ReferralAccepted", {"decided_on": on, "offer_tier": tier}, at=at)

    def declined(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("referral", "ReferralDeclined", {"decided_on": on, "reason": "capacity_closed"}, at=at)

    def withdrawn(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("referral", "ReferralWithdrawn", {"on": on, "by": "family"}, at=at)

    def started(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("assessment", "AssessmentStarted", {"on": on}, at=at)

    def completed(
        self, on: str, recommendation: str = "PROGRAMME", *, focus: list[dict[str, Any]] | None = None,
        complexity: Sequence[str] = (), at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        data = {
            "completed_on": on, "recommendation": recommendation, "focus_relationships": focus or [],
            "complexity": list(complexity),
        }  # fmt: skip
        return self.say("assessment", "AssessmentCompleted", data, at=at)

    def programme(
        self, on: str, *, tier: str = "SPECIALIST", focus: list[dict[str, Any]] | None = None,
        goals: Mapping[str, int | None] | None = None, at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        data = {
            "assigned_on": on, "tier": tier, "focus_relationships": focus or [], "goals": self.goals(goals or {}),
        }  # fmt: skip
        return self.say("intervention", "ProgrammeAssigned", data, at=at)

    def held(
        self, on: str, *, treatment: bool = True, kind: str = "therapy_dyadic", modality: str = "01",
        attend: str = "5", session: object = None, at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        data = {
            "session_id": self.session(session or len(self.documents)), "held_on": on, "kind": kind,
            "modality": modality, "attend_status": attend, "is_treatment": treatment,
        }  # fmt: skip
        return self.say("intervention", "SessionHeld", data, at=at)

    def goals(self, wanted: Mapping[str, int | None]) -> list[dict[str, Any]]:
        return [
            {"goal_id": str(identity(self.case, "goal", name)), "rater": "caregiver", "baseline": baseline}
            for name, baseline in wanted.items()
        ]

    def revised(self, on: str, *, goals: Mapping[str, int | None], at: datetime | None = None) -> UUID:
        data = {"on": on, "reason": "clinical_review", "goals_added": self.goals(goals)}
        return self.say("intervention", "ProgrammeRevised", data, at=at)

    def rated(self, on: str, goal: str, value: int, *, at: datetime | None = None) -> UUID:
        data = {"goal_id": str(identity(self.case, "goal", goal)), "on": on, "value": value}
        return self.say("intervention", "GoalRated", data, at=at)

    def measured(
        self, on: str, code: str, total: str, *, kind: str = "CAREGIVER", subject: str | None = "carer",
        relationship: Mapping[str, Any] | None = None, timepoint: str = "interim", at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        data = {
            "measure_code": code, "subject_kind": kind, "subject_ref": subject and self.carer(),
            "relationship_ref": relationship, "rater": "self", "completed_on": on, "total": total,
            "timepoint": timepoint,
        }  # fmt: skip
        return self.say("assessment", "MeasureRecorded", data, at=at)

    def booked(self, when: str, *, session: object, at: datetime | None = None) -> UUID:
        data = {
            "session_id": self.session(session), "at": when, "duration_min": 60, "kind": "therapy_dyadic",
            "modality": "01", "setting": "home",
        }  # fmt: skip
        return self.say("intervention", "SessionScheduled", data, at=at)

    def missed(self, on: str, *, attend: str = "3", session: object, at: datetime | None = None) -> UUID:
        data = {
            "session_id": self.session(session), "on": on, "attend_status": attend,
            "by": "provider" if attend == "4" else "family", "reason": "not_stated", "rebook": True,
        }  # fmt: skip
        return self.say("intervention", "SessionNotHeld", data, at=at)

    def opened(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "EpisodeOpened", {"on": on}, at=at)

    def discharged(self, on: str, reason: str = "planned_completed", *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "Discharged", {"discharged_on": on, "reason": reason}, at=at)

    def duplicate(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say(
            "referral", "ReferralLinkedDuplicate", {"of_case_id": str(identity("case", "z")), "on": on}, at=at
        )

    def linked(self, on: str, *, infant: int = 1, carer: int = 3, at: datetime | None = None) -> UUID:
        data = {
            "infant_id": self.baby(infant),
            "caregiver_id": self.carer(carer),
            "from_on": on,
            "role": "foster_carer",
        }
        return self.say("referral", "FamilyMemberLinked", data, at=at)

    def unlinked(self, on: str, *, infant: int = 1, carer: int = 1, at: datetime | None = None) -> UUID:
        data = {"infant_id": self.baby(infant), "caregiver_id": self.carer(carer), "to_on": on}
        return self.say("referral", "LinkEnded", data, at=at)

    def born(self, on: str, *, infant: int = 1, at: datetime | None = None) -> UUID:
        return self.say("referral", "InfantBorn", {"infant_id": self.baby(infant), "born_on": on}, at=at)

    def lost(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("referral", "PregnancyEnded", {"infant_id": self.baby(), "on": on}, at=at)

    def renamed(self, on: str, *, infant: int = 1, new: int = 9, at: datetime | None = None) -> UUID:
        data = {"infant_id": self.baby(infant), "new_infant_id": self.baby(new), "on": on}
        return self.say("referral", "InfantIdentityReplaced", data, at=at)

    def abandoned(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("assessment", "AssessmentAbandoned", {"on": on, "reason": "family_did_not_attend"}, at=at)

    def paused(self, on: str, reason: str = "family", *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "EpisodePaused", {"from_on": on, "reason": reason}, at=at)

    def resumed(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "EpisodeResumed", {"on": on}, at=at)

    def tier(self, on: str, to: str = "SPECIALIST", *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "TierChanged", {"on": on, "from_tier": "TARGETED", "to_tier": to}, at=at)

    def programme_done(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "ProgrammeCompleted", {"on": on}, at=at)

    def reopened(self, on: str, *, at: datetime | None = None) -> UUID:
        return self.say("intervention", "EpisodeReopened", {"on": on, "reason": "closed_in_error"}, at=at)

    def task(self, store: str = "intervention", *, at: datetime | None = None) -> UUID:
        return self.say(store, "TaskRaised", {"kind": "assign_programme", "due_on": "2025-04-01"}, at=at)

    def voided(self, store: str, event_id: UUID, *, at: datetime | None = None) -> UUID:
        data = {"corrects_event_id": str(event_id), "reason": "entered_in_error"}
        return self.say(store, "EventVoided", data, at=at)

    def corrected(
        self, store: str, name: str, event_id: UUID, data: Mapping[str, Any], *, at: datetime | None = None
    ) -> UUID:
        corrected = {"corrects_event_id": str(event_id), "reason": "entered_in_error", "data": data}
        return self.say(store, f"{name}Corrected", corrected, at=at)


def whole_way(case: str = "a", team: str = "team-north", clock: datetime = START) -> History:
    """A dyad from referral to discharge: 10 March to 1 September 2025."""
    history = History(case=case, team=team, clock=clock)
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.started("2025-04-07")
    history.completed("2025-04-21", focus=history.focus())
    history.programme("2025-05-05", focus=history.focus())
    history.held("2025-05-19")
    history.held("2025-06-02")
    history.discharged("2025-09-01")
    return history
