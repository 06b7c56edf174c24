"""One family's story as its clinical system tells it, step by step."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e import says
from tests.e2e.clinic import STRUCTURED, Clinic, Document, Family, cloud_event

LEFT_OUT = frozenset({"CaseReferenceLinked", "TaskRaised", "TaskDone"})
"""Of the timelines that are looked at here."""


@dataclass(slots=True)
class Story:
    """A family, who belongs to it, and what has been said of it. The steps give the days of one plain family."""

    clinic: Clinic
    family: Family
    baby: Document = field(default_factory=says.infant)
    mother: Document = field(default_factory=says.caregiver)

    @property
    def dyad(self) -> list[Document]:
        """The baby with the mother."""
        return [says.relationship(self.baby, self.mother)]

    def say(self, store: str, name: str, data: Document, **attributes: Any) -> Document:
        """One event by the case's id (by reference before there is one); gives its receipt."""
        return self.clinic.post(store, self.family, self.event(name, data, **attributes))

    def of_team(self, name: str, data: Document) -> None:
        """One event of the team itself, which has no case."""
        event = cloud_event(self.family, name, data, by_reference=False, teamid=self.family.team)
        del event["subject"]
        answer = self.clinic.send("intervention", "/events", event, {"content-type": STRUCTURED})
        assert answer.status_code == httpx.codes.CREATED, answer.text

    def event(self, name: str, data: Document, **attributes: Any) -> Document:
        """The event, not yet said."""
        return cloud_event(self.family, name, data, by_reference=not self.family.case_id, **attributes)

    def refer(self, **changes: Any) -> None:
        """Received on 3 March 2025."""
        self.say("referral", "ReferralReceived", says.referral([self.baby], [self.mother], **changes))

    def accept(self, decided_on: str = "2025-03-05") -> None:
        """Accepted on 5 March; the episode is open and an assessment asked for before anything else is said."""
        self.say("referral", "ReferralAccepted", says.acceptance(decided_on))
        self.heard()

    def complete(self, **changes: Any) -> None:
        """Assessed on 14 April, by default for a programme."""
        self.say("assessment", "AssessmentCompleted", says.completion("2025-04-14", self.dyad, **changes))
        self.heard()

    def assign(self, **changes: Any) -> None:
        """A programme of 22 April."""
        self.say("intervention", "ProgrammeAssigned", says.programme("2025-04-22", self.dyad, **changes))

    def hold(self, held_on: str = "2025-04-29", *, infants: int = 1, **changes: Any) -> None:
        """A session of treatment, with the baby unless there shall be no infant."""
        held = says.session(held_on, [self.baby][:infants], [self.mother], **changes)
        self.say("intervention", "SessionHeld", held)

    def miss(self, on: str, status: str = "3") -> None:
        """Nobody came, or they cancelled."""
        self.say("intervention", "SessionNotHeld", says.missed(on, attend_status=status, by="family"))

    def discharge(self, discharged_on: str = "2025-08-19", **changes: Any) -> None:
        """Discharged; the referral service has heard it."""
        self.say("intervention", "Discharged", says.discharge(discharged_on, **changes))
        self.heard()

    def told(self) -> list[str]:
        """The timeline that reporting shows, everything heard, in its own words; tasks and what is linked left out."""
        self.heard()
        timeline = self.clinic.view(f"/cases/{self.family.case_id}", self.family)["timeline"]
        return [each["text"] for each in timeline if each["event"] not in LEFT_OUT]

    def case(self, **query: str) -> Document:
        """What reporting says of the case, at the end of 2025 unless asked otherwise."""
        path = f"/cases/{self.family.case_id}"
        answer: Document = self.clinic.view(path, self.family, **{"at": "2025-12-31", **query})["case"]
        return answer

    def units(self, at: str) -> list[int]:
        """M2 of the team, which is this family: cases, infants, caregivers, relationships."""
        load = self.clinic.view("/caseload", self.family, at=at)["open_caseload"]
        return [load[name] for name in ("cases", "infants", "caregivers", "relationships")]

    def stage(self, at: str) -> list[str]:
        """M1 of the team, which is this family: its stage on a day."""
        stages = self.clinic.view("/caseload", self.family, at=at)["by_stage"]
        return [stage for stage, number in stages.items() if number]

    def tasks(self, store: str) -> dict[str, bool]:
        """Kind of each task that was raised in one service to whether it is done."""
        said = self.clinic.case_in(store, self.family)
        done = {each["data"]["task_id"] for each in said if each["type"] == "dyad.TaskDone.v1"}
        return {
            each["data"]["kind"]: each["data"]["task_id"] in done
            for each in said
            if each["type"] == "dyad.TaskRaised.v1"
        }

    def heard(self) -> None:
        """Returns once the rules of all three services have followed what was said."""
        for store in ("assessment", "intervention", "referral"):
            if store in self.family.tokens or "ReferralAccepted" in self.family.events:
                self.clinic.case_in(store, self.family)


def begun(clinic: Clinic, **people: Document) -> Story:
    """A family in a team of its own, of which nothing was said yet."""
    return Story(clinic, Family(team=f"team-{says.new_id()[:8]}"), **people)
