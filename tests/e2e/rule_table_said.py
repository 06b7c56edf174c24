"""Every process rule that follows at once from what is said to a service: its cause, and exactly what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.e2e import says
from tests.e2e.clinic import Document
from tests.e2e.story import Story


@dataclass(frozen=True, slots=True)
class Said:
    """A cause and what must follow it in the same service, in the same transaction."""

    sentence: str
    store: str
    before: Callable[[Story], None]
    """What is said up to the cause."""
    cause: Callable[[Story], tuple[str, Document]]
    """Name and data of the cause."""
    follows: Sequence[tuple[str, Document]] = ()
    """Name of each event and some of its data."""


def _treated(story: Story) -> None:
    story.refer()
    story.accept()
    story.complete()
    story.assign()
    story.hold()


def _missed(*absences: tuple[str, str]) -> Callable[[Story], None]:
    def before(story: Story) -> None:
        _treated(story)
        for on, status in absences:
            story.miss(on, status)

    return before


def _not_brought(on: str, status: str = "3") -> Callable[[Story], tuple[str, Document]]:
    return lambda _: ("SessionNotHeld", says.missed(on, attend_status=status, by="family"))


def _came_between(story: Story) -> None:
    _missed(("2025-05-06", "3"))(story)
    story.hold("2025-05-13")


def _without_infant(story: Story) -> None:
    story.refer()
    story.accept()
    story.complete()
    story.assign()
    for held_on in ("2025-04-29", "2025-05-06", "2025-05-13"):
        story.hold(held_on, infants=0)


def _alone(story: Story) -> tuple[str, Document]:
    return "SessionHeld", says.session("2025-05-20", [], [story.mother])


def _unborn(story: Story) -> None:
    story.baby.clear()
    story.baby.update(says.unborn("2025-06-01"))
    story.refer()


def _born(story: Story) -> None:
    _unborn(story)
    story.say("referral", *_birth(story))


def _birth(story: Story) -> tuple[str, Document]:
    born = {"born_on": "2025-05-20", "gestation_weeks": 38, "source": "staff"}
    return "InfantBorn", {"infant_id": story.baby["infant_id"], **born}


def _traced(story: Story) -> tuple[str, Document]:
    number = {"kind": "nhs", "status": "01", "quality": "valid"}
    return "IdentifierRecorded", {"subject_ref": story.baby["infant_id"], **number}


def _loss(story: Story) -> tuple[str, Document]:
    return "PregnancyEnded", {"infant_id": story.baby["infant_id"], "on": "2025-04-02"}


def _lost(story: Story) -> None:
    _unborn(story)
    story.say("referral", *_loss(story))


def _lost_in_care(story: Story) -> None:
    _unborn(story)
    story.accept()
    story.say("referral", *_loss(story))
    story.heard()


def _adoption(story: Story) -> tuple[str, Document]:
    return "InfantIdentityReplaced", {
        "infant_id": story.baby["infant_id"],
        "new_infant_id": says.new_id(),
        "on": "2025-06-02",
    }


def _assessed(story: Story) -> None:
    story.refer()
    story.accept()
    story.complete()


def _ended(story: Story) -> None:
    _treated(story)
    story.discharge()


def _declined(_story: Story) -> tuple[str, Document]:
    return "ReferralDeclined", {"decided_on": "2025-04-09", "reason": "needs_other_specialist"}


_REVIEW = (("TaskRaised", {"kind": "review_was_not_brought"}),)

TABLE: tuple[Said, ...] = (
    Said(
        "P5: not brought twice in a row is a review",
        "intervention",
        _missed(("2025-05-06", "3")),
        _not_brought("2025-05-13", "7"),
        _REVIEW,
    ),
    Said(
        "P5: a cancellation between neither counts nor breaks the row",
        "intervention",
        _missed(("2025-05-06", "3"), ("2025-05-13", "2")),
        _not_brought("2025-05-20"),
        _REVIEW,
    ),
    Said("P5: a session between breaks the row", "intervention", _came_between, _not_brought("2025-05-20")),
    Said(
        "P5: a third absence in a row asks for no second review",
        "intervention",
        _missed(("2025-05-06", "3"), ("2025-05-13", "3")),
        _not_brought("2025-05-20"),
    ),
    Said(
        "P5: absences are a row by their days, whenever they are recorded",
        "intervention",
        _missed(("2025-05-20", "3")),
        _not_brought("2025-05-13"),
        _REVIEW,
    ),
    Said(
        "S27: a programme without the infant is a review",
        "intervention",
        _without_infant,
        _alone,
        (("TaskRaised", {"kind": "review_infant_absent"}),),
    ),
    Said(
        "P3: a programme does its task",
        "intervention",
        _assessed,
        lambda story: ("ProgrammeAssigned", says.programme("2025-04-22", story.dyad)),
        (("TaskDone", {"on": "2025-04-22"}),),
    ),
    Said(
        "P7: a discharge does the task to decide about it",
        "intervention",
        _lost_in_care,
        lambda _: ("Discharged", says.discharge("2025-04-16", reason="infant_died")),
        (("TaskDone", {"on": "2025-04-16"}),),
    ),
    Said(
        "P6: a birth has the NHS number traced and the record moved to the infant",
        "referral",
        _unborn,
        _birth,
        (
            ("TaskRaised", {"kind": "trace_nhs_number", "due_on": "2025-07-01", "owner_role": "administrator"}),
            ("TaskRaised", {"kind": "repoint_mhsds_subject"}),
        ),
    ),
    Said("P6: a traced number does its task", "referral", _born, _traced, (("TaskDone", {}),)),
    Said(
        "P7: a loss before the decision offers to close",
        "referral",
        _unborn,
        _loss,
        (("TaskRaised", {"kind": "offer_closing", "owner_role": "triage_clinician"}),),
    ),
    Said(
        "P7: any decision does the task to offer closing",
        "referral",
        _lost,
        _declined,
        (("TaskDone", {"on": "2025-04-09"}),),
    ),
    Said(
        "P10: an adoption has the disclosure reviewed by the data protection officer",
        "referral",
        lambda story: story.refer(),
        _adoption,
        (("TaskRaised", {"kind": "review_disclosure", "owner_role": "dpo"}),),
    ),
    Said(
        "P11: a summary that was sent does its task",
        "referral",
        _ended,
        lambda _: ("DischargeSummarySent", {"to": "referrer", "on": "2025-08-20"}),
        (("TaskDone", {"on": "2025-08-20"}),),
    ),
)
