"""The rule of legitimate relationships, with a clock that the test sets."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.kernel.oversight import Oversight
from shared.process.relationship import AccessDenied, NoRelationship, Right, Seeker, Ties, right_by

ANNA, BEN, CARA = UUID(int=1), UUID(int=2), UUID(int=3)
UNTIL = datetime(2026, 3, 1, 22, tzinfo=UTC)


def seeker(practitioner: UUID | None = ANNA, *, needs: bool = True) -> Seeker:
    return Seeker(actor_id="a-1", practitioner_id=practitioner, needs_relationship=needs)


def ties(
    *carers: UUID, supervisors: dict[UUID, UUID] | None = None, rota: frozenset[UUID] = frozenset(),
    denied: frozenset[str] = frozenset(), glass: tuple[tuple[str, datetime], ...] = (),
) -> Ties:  # fmt: skip
    oversight = Oversight(supervisor_of=supervisors or {}, triage_rota=rota)
    return Ties(carers=frozenset(carers), oversight=oversight, denied=denied, glass=glass)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (ties(ANNA), Right.ASSIGNED),
        (ties(BEN, supervisors={BEN: ANNA}), Right.SUPERVISOR),
        (ties(rota=frozenset({ANNA})), Right.TRIAGE_ROTA),
        (ties(BEN, glass=(("a-1", UNTIL),)), Right.BREAK_GLASS),
    ],
)
def test_each_relationship_is_a_right_of_its_own(found: Ties, right: Right) -> None:
    assert right_by(found, seeker(), UNTIL - timedelta(hours=1)) is right


@pytest.mark.parametrize(
    "found",
    [
        ties(),
        ties(BEN),
        ties(BEN, supervisors={CARA: ANNA}),
        ties(BEN, supervisors={ANNA: BEN}),
        ties(BEN, rota=frozenset({ANNA})),
        ties(BEN, glass=(("a-2", UNTIL),)),
    ],
)
def test_nothing_else_is_one(found: Ties) -> None:
    with pytest.raises(NoRelationship):
        right_by(found, seeker(), UNTIL - timedelta(hours=1))


def test_broken_glass_ends_at_the_instant_that_was_said() -> None:
    broken = ties(BEN, glass=(("a-1", UNTIL),))
    assert right_by(broken, seeker(), UNTIL - timedelta(microseconds=1)) is Right.BREAK_GLASS
    with pytest.raises(NoRelationship):
        right_by(broken, seeker(), UNTIL)


def test_without_a_practitioner_id_nobody_is_assigned() -> None:
    with pytest.raises(NoRelationship):
        right_by(ties(ANNA), seeker(None), UNTIL)


def test_a_role_that_works_for_the_team_needs_no_relationship() -> None:
    assert right_by(ties(), seeker(needs=False), UNTIL) is Right.ROLE


@pytest.mark.parametrize("needs", [True, False])
def test_whom_a_family_denies_has_no_right_whatever_else_he_is(needs: bool) -> None:
    found = ties(ANNA, denied=frozenset({"a-1"}), glass=(("a-1", UNTIL),))
    with pytest.raises(AccessDenied):
        right_by(found, seeker(needs=needs), UNTIL - timedelta(hours=1))
