"""Histories of teams as the intervention store keeps them: configuration, people, work with other professionals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.reporting.heard import Fact
from shared.kernel.ids import team_key
from tests.unit.reporting.histories import START, Document, identity, stamp


@dataclass
class TeamHistory:
    """Says events of one team one after another, each a minute after the one before unless told otherwise."""

    team: str = "team-north"
    clock: datetime = START
    documents: list[Document] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> list[Fact]:
        return [document.fact for document in self.documents]

    def say(self, category: str, name: str, data: Mapping[str, Any], *, at: datetime | None = None) -> UUID:
        """Appends one event to `team-<id>` or `work-<id>` and gives its id."""
        self.clock = at or self.clock + timedelta(minutes=1)
        stream = f"{category}-{self.team}"
        number = self.versions[stream] = self.versions.get(stream, 0) + 1
        event_id = identity(stream, number)
        members = {
            "streamversion": number,
            "recordedat": stamp(self.clock),
            "specversion": "1.0",
            "id": str(event_id),
            "source": "/dyad/intervention",
            "type": f"dyad.{name}.v1",
            "subject": self.team,
            "time": stamp(self.clock),
            "partitionkey": self.team,
            "stream": stream,
            "teamid": self.team,
            "data": data,
        }
        text = json.dumps(members, separators=(",", ":"))
        kept = Document(
            "intervention", stream, number, team_key(self.team), event_id, f"dyad.{name}.v1", self.clock, text
        )
        self.documents.append(kept)
        return event_id

    def configured(
        self, version: str, effective_on: str, *, at: datetime | None = None, targets: Mapping[str, int] | None = None,
        weights: Mapping[str, str] | None = None,
    ) -> UUID:  # fmt: skip
        data = {
            "config_version": version, "effective_on": effective_on, "targets": targets or {}, "weights": weights or {},
        }  # fmt: skip
        return self.say("team", "TeamConfigured", data, at=at)

    def joined(self, on: str, number: int = 1) -> UUID:
        data = {
            "practitioner_id": str(identity("practitioner", number)), "joined_on": on,
            "discipline": "clinical_psychologist", "role": "lead", "wte": "0.8",
        }  # fmt: skip
        return self.say("team", "PractitionerJoined", data)

    def activity(self, on: str, kind: str = "consultation", minutes: int = 60, *, name: object = None) -> UUID:
        activity = str(identity(self.team, "activity", name or len(self.documents)))
        data = {"activity_id": activity, "kind": kind, "on": on, "minutes": minutes}
        return self.say("work", "SystemActivityRecorded", data)

    def became(self, on: str, *, name: object, case: str = "a") -> UUID:
        activity = str(identity(self.team, "activity", name))
        data = {"activity_id": activity, "case_id": str(identity("case", case)), "on": on}
        return self.say("work", "ConsultationBecameReferral", data)

    def voided(self, event_id: UUID, *, category: str = "team", at: datetime | None = None) -> UUID:
        data = {"corrects_event_id": str(event_id), "reason": "entered_in_error"}
        return self.say(category, "EventVoided", data, at=at)
