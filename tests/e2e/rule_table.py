"""Every process rule that follows what another service says: its cause, and exactly what follows in which service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e import says
from tests.e2e.story import Story

Follows = tuple[str, str, str, dict[str, Any]]
"""(service, rule, name of the event, some of its data)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A cause and what must follow it."""

    sentence: str
    before: Callable[[Story], None]
    """What is said up to the cause."""
    cause: Callable[[Story], None]
    said: tuple[str, str]
    """Store and name of the cause."""
    follows: Sequence[Follows] = ()


def _accepted(story: Story) -> None:
    story.refer()
    story.accept()


def _with_programme(story: Story) -> None:
    _accepted(story)
    story.complete()
    story.assign()
    story.hold()


def _discharged(story: Story) -> None:
    _with_programme(story)
    story.discharge()


def _summarised(story: Story) -> None:
    _discharged(story)
    story.say("referral", "DischargeSummarySent", {"to": "referrer", "on": "2025-08-20"})


def _unborn(story: Story) -> None:
    story.baby.clear()
    story.baby.update(says.unborn("2025-06-01"))
    _accepted(story)


def _offered(story: Story) -> None:
    _accepted(story)
    story.say("assessment", "AssessmentOffered", {"offer_on": "2025-03-07", "appt_on": "2025-03-17"})


def _begun(story: Story) -> None:
    _accepted(story)
    story.say("assessment", "AssessmentStarted", {"on": "2025-03-17"})
    story.heard()


def _taken_back(story: Story) -> None:
    _accepted(story)
    _void(story, "ReferralAccepted")
    story.heard()


def _void(story: Story, name: str, store: str = "referral") -> None:
    void = {"corrects_event_id": story.family.events[name], "reason": "entered_in_error"}
    story.say(store, "EventVoided", void)


def _correct(story: Story, store: str, name: str, data: dict[str, Any]) -> None:
    corrected = {"corrects_event_id": story.family.events[name], "reason": "entered_in_error", "data": data}
    story.clinic.ask(store, story.family, "corrections", f"{name}Corrected", {"type": name, **corrected})


def _says(store: str, name: str, data: dict[str, Any]) -> Callable[[Story], None]:
    def cause(story: Story) -> None:
        story.say(store, name, data)

    return cause


def _accept(story: Story) -> None:
    story.say("referral", "ReferralAccepted", says.acceptance())


def _complete(recommendation: str) -> Callable[[Story], None]:
    def cause(story: Story) -> None:
        done = says.completion("2025-04-14", story.dyad, recommendation=recommendation)
        story.say("assessment", "AssessmentCompleted", done)

    return cause


def _accepted_and(then: Callable[[Story], None]) -> Callable[[Story], None]:
    def before(story: Story) -> None:
        _accepted(story)
        then(story)
        story.heard()

    return before


def _lose(story: Story) -> None:
    story.say("referral", "PregnancyEnded", {"infant_id": story.baby["infant_id"], "on": "2025-04-02"})


def _erase(story: Story) -> None:
    """The mother is erased: asked for, approved by a second person, executed."""
    story.clinic.erase(story.family, story.mother["caregiver_id"])


_ENDED = {"reason": "no_further_need_after_assessment", "stage_at_discharge": "ASSESSED", "planned": True}
_ERROR = {"reason": "administrative_error"}
_WITHDRAWAL = _says("referral", "ReferralWithdrawn", {"on": "2025-03-12", "by": "family", "reason": "help_elsewhere"})
_DUPLICATE = _says("referral", "ReferralLinkedDuplicate", {"of_case_id": says.new_id(), "on": "2025-03-12"})


def _task(kind: str) -> dict[str, Any]:
    return {"kind": kind}


TABLE: tuple[Heard, ...] = (
    Heard(
        "P2: an acceptance opens the episode and asks for an assessment",
        lambda story: story.refer(),
        _accept,
        ("referral", "ReferralAccepted"),
        (
            ("assessment", "P2", "AssessmentRequested", {"due_on": "2025-04-02"}),
            ("intervention", "P2", "EpisodeOpened", {"on": "2025-03-05"}),
        ),
    ),
    Heard(
        "P2: an acceptance corrected to an earlier day moves both",
        _accepted,
        lambda story: _correct(story, "referral", "ReferralAccepted", says.acceptance("2025-03-04")),
        ("referral", "ReferralAcceptedCorrected"),
        (
            ("assessment", "corrected-acceptance", "AssessmentRequested", {"due_on": "2025-04-01"}),
            ("intervention", "P2-corrected", "EpisodeOpened", {"on": "2025-03-04"}),
        ),
    ),
    Heard(
        "P2: a new acceptance reopens what the voided one had closed",
        _taken_back,
        _accept,
        ("referral", "ReferralAccepted"),
        (
            ("assessment", "P2", "AssessmentRequested", {"due_on": "2025-04-02"}),
            ("intervention", "P2", "EpisodeOpened", {"on": "2025-03-05"}),
        ),
    ),
    Heard(
        "P3: a recommended programme is a task",
        _accepted,
        _complete("PROGRAMME"),
        ("assessment", "AssessmentCompleted"),
        (("intervention", "P3", "TaskRaised", {"kind": "assign_programme", "due_on": "2025-04-28"}),),
    ),
    *(
        Heard(
            f"P3: {recommendation} discharges",
            _accepted,
            _complete(recommendation),
            ("assessment", "AssessmentCompleted"),
            (("intervention", "P3", "Discharged", {**_ENDED, "discharged_on": "2025-04-14"}),),
        )
        for recommendation in ("SIGNPOST", "NO_FURTHER", "CONSULTATION")
    ),
    Heard(
        "P4: a withdrawal after the acceptance discharges",
        _accepted,
        _WITHDRAWAL,
        ("referral", "ReferralWithdrawn"),
        (("intervention", "P4", "Discharged", {"reason": "family_withdrew", "discharged_on": "2025-03-12"}),),
    ),
    Heard(
        "P4: a withdrawal before any acceptance asks for nothing",
        lambda story: story.refer(),
        _WITHDRAWAL,
        ("referral", "ReferralWithdrawn"),
    ),
    Heard(
        "P4: a duplicate, whose acceptance must be taken back first, asks for nothing more",
        _taken_back,
        _DUPLICATE,
        ("referral", "ReferralLinkedDuplicate"),
    ),
    Heard(
        "P7: a loss after the acceptance is a question for a person",
        _unborn,
        _lose,
        ("referral", "PregnancyEnded"),
        (("intervention", "P7", "TaskRaised", _task("decide_closing")),),
    ),
    Heard(
        "P11: a discharge asks for its summary",
        _with_programme,
        _says("intervention", "Discharged", says.discharge("2025-08-19")),
        ("intervention", "Discharged"),
        (("referral", "P11", "TaskRaised", _task("send_discharge_summary")),),
    ),
    Heard(
        "P11: a discharge corrected after its summary left is put right by a person",
        _summarised,
        lambda story: _correct(story, "intervention", "Discharged", says.discharge("2025-08-18")),
        ("intervention", "DischargedCorrected"),
        (("referral", "P11-corrected", "TaskRaised", _task("correct_discharge_summary")),),
    ),
    Heard(
        "P11: a case that is reopened has no summary to send",
        _discharged,
        _says("intervention", "EpisodeReopened", {"on": "2025-08-21", "reason": "entered_in_error"}),
        ("intervention", "EpisodeReopened"),
        (("referral", "P11-taken-back", "TaskDone", {}),),
    ),
    Heard(
        "a voided acceptance closes what nobody had begun",
        _offered,
        lambda story: _void(story, "ReferralAccepted"),
        ("referral", "EventVoided"),
        (
            ("assessment", "voided-acceptance", "AssessmentAbandoned", _ERROR),
            ("intervention", "voided-acceptance", "Discharged", _ERROR),
        ),
    ),
    Heard(
        "a voided acceptance of a family that was met is a task in both services",
        _begun,
        lambda story: _void(story, "ReferralAccepted"),
        ("referral", "EventVoided"),
        (
            ("assessment", "voided-acceptance", "TaskRaised", _task("review_voided_acceptance")),
            ("intervention", "voided-acceptance", "TaskRaised", _task("review_voided_acceptance")),
        ),
    ),
    Heard(
        "a voided withdrawal that had closed the case is a task",
        _accepted_and(_WITHDRAWAL),
        lambda story: _void(story, "ReferralWithdrawn"),
        ("referral", "EventVoided"),
        (("intervention", "voided-acceptance", "TaskRaised", _task("review_voided_withdrawal")),),
    ),
    Heard(
        "a voided completion under a programme is a task",
        _with_programme,
        lambda story: _void(story, "AssessmentCompleted", "assessment"),
        ("assessment", "EventVoided"),
        (("intervention", "voided-acceptance", "TaskRaised", _task("review_assessment_result")),),
    ),
    Heard(
        "erasure: each service destroys its key and says so",
        _with_programme,
        _erase,
        ("referral", "SubjectErased"),
        (
            ("assessment", "erasure", "SubjectErasureAcknowledged", {"service": "assessment"}),
            ("intervention", "erasure", "SubjectErasureAcknowledged", {"service": "intervention"}),
        ),
    ),
)
