"""The events of one case, and its milestones: domain 6.6, "Milestones, precisely"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.documents import Event

CONTACT_MODALITIES = {"01", "02", "04", "11"}
ATTENDED = {"5", "6"}


@dataclass(frozen=True)
class Case:
    """Everything believed about one case: events by stream, each stream by version."""

    id: str
    team: str
    events: tuple[Event, ...]

    def said(self, *names: str) -> list[Event]:
        """Its events of these kinds."""
        return [event for event in self.events if event.name in names]

    def first(self, name: str, field: str) -> date | None:
        """The earliest date that events of one kind give."""
        return earliest(event.day(field) for event in self.said(name))

    def up_to(self, at: date, name: str, field: str) -> list[Event]:
        """Events of one kind dated by t, by date and then version."""
        known = [event for event in self.said(name) if event.day(field) <= at]
        return sorted(known, key=lambda event: (event.day(field), event.version))

    def referral(self, field: str) -> Any:
        """What the referral says of itself; None when it is not known or silent."""
        received = self.said("ReferralReceived")
        return received[0].asked(field) if received else None

    @property
    def received_on(self) -> date | None:
        return self.first("ReferralReceived", "received_on")

    @property
    def accepted_on(self) -> date | None:
        return self.first("ReferralAccepted", "decided_on")

    @property
    def declined_on(self) -> date | None:
        return self.first("ReferralDeclined", "decided_on")

    @property
    def duplicate_on(self) -> date | None:
        return self.first("ReferralLinkedDuplicate", "on")

    @property
    def withdrawn_on(self) -> date | None:
        return self.first("ReferralWithdrawn", "on")

    @property
    def decided_on(self) -> date | None:
        return earliest([self.accepted_on, self.declined_on, self.duplicate_on])

    @property
    def decision(self) -> str | None:
        """What was decided: a terminal decision is taken once (6.4), so the first one says it."""
        ways = {"accepted": self.accepted_on, "declined": self.declined_on, "duplicate": self.duplicate_on}
        return next((way for way, day in ways.items() if day is not None and day == self.decided_on), None)

    def accepted_by(self, at: date) -> bool:
        return self.decision == "accepted" and by_then(self.decided_on, at)

    @property
    def discharge(self) -> Event | None:
        """The discharge that stands: a reopening takes back those said before it.

        So does an episode opened anew, for a discharge as administrative error (the event's own contract).
        """
        standing: list[Event] = []
        for event in self.said("Discharged", "EpisodeReopened", "EpisodeOpened"):
            if event.name == "Discharged":
                standing.append(event)
            elif event.name == "EpisodeReopened":
                standing = []
            else:
                standing = [one for one in standing if one.data["reason"] != "administrative_error"]
        return min(standing, key=lambda event: event.day("discharged_on"), default=None)

    @property
    def discharged_on(self) -> date | None:
        return None if self.discharge is None else self.discharge.day("discharged_on")

    @property
    def closings(self) -> dict[str, date]:
        """Each way in which it was closed, and when."""
        ways = {
            "declined": self.declined_on,
            "duplicate": self.duplicate_on,
            "withdrawn": self.withdrawn_on,
            "discharged": self.discharged_on,
        }
        return {way: day for way, day in ways.items() if day is not None}

    @property
    def closed_on(self) -> date | None:
        return earliest(self.closings.values())

    @property
    def contacts(self) -> list[date]:
        """Days of attended contacts (5/6 by 01, 02, 04 or 11), each day once."""
        return sorted({session.day("held_on") for session in self.said("SessionHeld") if is_contact(session)})

    @property
    def first_contact_on(self) -> date | None:
        return earliest([*self.contacts, self.first("AssessmentStarted", "on")])

    @property
    def assessment_contacts(self) -> list[date]:
        """Days of attended contacts that were assessment appointments."""
        sessions = [session for session in self.said("SessionHeld") if session.data["kind"] == "assessment"]
        return sorted({session.day("held_on") for session in sessions if is_contact(session)})

    @property
    def assessed_on(self) -> date | None:
        return self.first("AssessmentCompleted", "completed_on")

    @property
    def programme_recommended_on(self) -> date | None:
        return earliest(
            event.day("completed_on")
            for event in self.said("AssessmentCompleted")
            if event.data["recommendation"] == "PROGRAMME"
        )

    @property
    def programme_on(self) -> date | None:
        return self.first("ProgrammeAssigned", "assigned_on")

    @property
    def treatments(self) -> list[date]:
        return sorted(session.day("held_on") for session in self.said("SessionHeld") if session.data["is_treatment"])

    @property
    def first_treatment_on(self) -> date | None:
        return earliest(self.treatments)

    @property
    def first_programme_treatment_on(self) -> date | None:
        """The first treatment on or after the programme was assigned (W5)."""
        start = self.programme_on
        return None if start is None else earliest(day for day in self.treatments if day >= start)


def is_contact(session: Event) -> bool:
    return session.data["attend_status"] in ATTENDED and session.data["modality"] in CONTACT_MODALITIES


def earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def cases_of(events: Iterable[Event], team: str | None = None) -> list[Case]:
    """The cases of a team, or of all; orphans too."""
    by_case: dict[str, list[Event]] = {}
    for event in events:
        if event.subject != event.team and team in (None, event.team):
            by_case.setdefault(event.subject, []).append(event)
    return [Case(id=case, team=said[0].team, events=tuple(said)) for case, said in sorted(by_case.items())]


def referred(cases: Iterable[Case]) -> list[Case]:
    """Without orphans: what came without its referral is in no number but the count of orphans."""
    return [case for case in cases if case.received_on is not None]


def is_open(case: Case, at: date) -> bool:
    """M1: received by t, and nothing closed it by t."""
    if case.received_on is None or case.received_on > at:
        return False
    return case.closed_on is None or case.closed_on > at


def by_then(day: date | None, at: date) -> bool:
    return day is not None and day <= at
