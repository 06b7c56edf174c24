"""docs/process-rules.md names every rule, deadline, task, letter and reason for silence of the referral service."""

from pathlib import Path

import pytest

from services.referral.access import suppressed
from services.referral.case import decider
from services.referral.deadlines import deadlines
from services.referral.events import Event, SubjectErased
from services.referral.policy import RULES
from services.referral.task_codes import TargetCode, TaskKind
from tests.unit.referral.build import MOTHER, known, received, received_unborn
from tests.unit.referral.test_births import ended, flagged, objected
from tests.unit.referral.test_enquiries import asked
from tests.unit.referral.test_links import adopted

PAGE = (Path(__file__).parents[3] / "docs" / "process-rules.md").read_text()
SECTION = PAGE.partition("## Referral\n")[2].partition("\n## ")[0]
RINGING = deadlines(decider.fold([received, asked]), known)
REASONS = ("pregnancy_ended", "not_received", "dva", "identity_replaced", "consent_withdrawn", "erased")
CAUSES: tuple[Event, ...] = (flagged, adopted, objected, SubjectErased(subject_ref=MOTHER))
"""Of the last four."""


@pytest.mark.parametrize("name", [*(rule.name for rule in RULES), *(deadline.name for deadline in RINGING)])
def test_every_rule_and_deadline_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in SECTION


@pytest.mark.parametrize("kind", TaskKind)
def test_every_kind_of_task_is_explained(kind: TaskKind) -> None:
    assert f"`{kind}`" in SECTION


@pytest.mark.parametrize("code", TargetCode)
def test_every_target_is_named(code: TargetCode) -> None:
    assert f"`TargetBreached` {code} " in SECTION
    assert len(RINGING) == len(TargetCode)


def test_every_reason_for_silence_is_named_in_the_order_in_which_it_counts() -> None:
    listed = SECTION.partition("reasons in this order:")[2].partition("\n\n")[0]
    assert sorted(REASONS, key=lambda reason: listed.index(f"`{reason}`")) == list(REASONS)
    assert suppressed(decider.fold((received_unborn, *CAUSES, ended))) == REASONS[0]
    assert suppressed(decider.fold(CAUSES)) == REASONS[1]
    for place, reason in enumerate(REASONS[2:]):
        assert suppressed(decider.fold((received, *CAUSES[place:]))) == reason
