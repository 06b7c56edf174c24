"""Documents for tests of the oracle itself, as a store would keep them: from the shape of the envelope alone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

STREAMS = {"referral": "referral", "assessment": "assessment", "intervention": "episode"}
STORES = {
    "Referral": "referral",
    "Family": "referral",
    "Link": "referral",
    "Infant": "referral",
    "Pregnancy": "referral",
    "Assessment": "assessment",
    "Measure": "assessment",
}
"""By how the name of an event begins; the rest is the intervention service's."""
START = datetime(2025, 1, 1, 9, tzinfo=UTC)


class Story:
    """Says what happened in one case, an hour after the last thing unless told otherwise."""

    def __init__(self, case: str = "case-a", team: str = "team-north") -> None:
        self.case, self.team = case, team
        self.documents: list[str] = []
        self._clock = START
        self._versions: dict[str, int] = {}

    def say(self, name: str, *, at: datetime | None = None, store: str | None = None, **data: Any) -> str:
        """Appends one event and gives its id."""
        self._clock = at or self._clock + timedelta(hours=1)
        store = store or next((each for start, each in STORES.items() if name.startswith(start)), "intervention")
        stream = f"{STREAMS[store]}-{self.case}"
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        self.documents.append(
            json.dumps(
                {
                    "streamversion": version,
                    "recordedat": self._clock.isoformat(),
                    "id": f"{stream}/{version}",
                    "type": f"dyad.{name}.v1",
                    "subject": self.case,
                    "stream": stream,
                    "teamid": self.team,
                    "data": data,
                }
            )
        )
        return f"{stream}/{version}"

    def received(self, on: str, *, infants: int = 1, carers: int = 1, **subject: Any) -> str:
        return self.say(
            "ReferralReceived", received_on=on, source="GP",
            subjects=[{"infant_id": f"baby-{each}", **subject} for each in range(infants)],
            caregivers=[{"caregiver_id": f"carer-{each}"} for each in range(carers)],
        )  # fmt: skip

    def accepted(self, on: str, tier: str = "TARGETED") -> str:
        return self.say("ReferralAccepted", decided_on=on, offer_tier=tier)

    def held(self, on: str, *, treatment: bool = False, attend: str = "5", modality: str = "01", **more: Any) -> str:
        return self.say(
            "SessionHeld", held_on=on, attend_status=attend, modality=modality, is_treatment=treatment,
            **{"kind": "therapy_dyadic", **more},
        )  # fmt: skip

    def not_held(self, on: str, attend: str) -> str:
        return self.say("SessionNotHeld", on=on, attend_status=attend, reason="not_stated")

    def measured(self, on: str, measure: str, total: int = 5, **more: Any) -> str:
        about: Mapping[str, Any] = {"subject_kind": "CAREGIVER", "subject_ref": "carer-0", "rater": "self"}
        return self.say("MeasureRecorded", completed_on=on, measure_code=measure, total=total, **{**about, **more})

    def discharged(self, on: str, *, at: datetime | None = None) -> str:
        return self.say("Discharged", at=at, discharged_on=on, reason="planned_completed")

    def voided(self, event_id: str, *, store: str = "intervention") -> str:
        return self.say("EventVoided", store=store, corrects_event_id=event_id)
