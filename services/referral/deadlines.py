"""By when something must have happened (rules P1 and P9), and what is said when it has not. Pure."""

from datetime import date

from services.referral import family
from services.referral.commands import BreachTarget, Command
from services.referral.events import ReferralLinkedDuplicate, ReferralReceived, ReferralWithdrawn, TargetBreached
from services.referral.heard import Known
from services.referral.state import State
from services.referral.task_codes import OwnerRole, TargetCode
from shared.kernel.civil import end_of, working_days_after
from shared.kernel.deadlines import due_on
from shared.kernel.requests import event_of
from shared.kernel.rule import Deadline


def deadlines(state: State, known: Known) -> tuple[Deadline[Command], ...]:
    """All deadlines of the referral that were neither met nor recorded as breached."""
    wanted = [
        target
        for received in state.received[:1]
        for target in (_acknowledge(state, received, known), _decide(state, received, known), _information(state))
        if target is not None
    ]
    missed = {(breach.target_code, breach.due_on) for breach in state.breaches}
    return tuple(
        Deadline(name=_RULES[target.target_code], due_at=end_of(target.due_on), command=target)
        for target in wanted
        if (target.target_code, target.due_on) not in missed
    )


_RULES = {TargetCode.ACKNOWLEDGE: "P1", TargetCode.DECIDE: "P9-decide", TargetCode.INFORMATION: "P9-information"}


def breach(state: State, command: BreachTarget, known: Known) -> tuple[TargetBreached, ...]:
    """The target as missed, if it still stands and its day is over; else nothing: it was met in the last moment."""
    due = [item.command for item in deadlines(state, known) if item.due_at <= known.moment.now]
    return (event_of(TargetBreached, command),) if command in due else ()


def _acknowledge(state: State, received: ReferralReceived, known: Known) -> BreachTarget | None:
    """P1: the referrer is told, whatever is decided; moot once the referral was withdrawn or goes on elsewhere."""
    moot = any(isinstance(item, ReferralWithdrawn | ReferralLinkedDuplicate) for item in state.outcomes)
    if state.acknowledgements or moot:
        return None
    due = working_days_after(received.received_on, known.team.targets.acknowledge_working_days)
    return BreachTarget(target_code=TargetCode.ACKNOWLEDGE, due_on=due, owner_role=OwnerRole.ADMINISTRATOR)


def _decide(state: State, received: ReferralReceived, known: Known) -> BreachTarget | None:
    """P9: a decision, whoever it waits for; the days of a referral that is held until birth begin with the birth."""
    if state.outcomes:
        return None
    due = due_on(_decidable_from(state, received), known.team.targets.decide_days)
    return BreachTarget(target_code=TargetCode.DECIDE, due_on=due, owner_role=OwnerRole.TRIAGE_CLINICIAN)


def _decidable_from(state: State, received: ReferralReceived) -> date:
    """The day of receipt; if the referral is held, the first birth, or until one is known the first expected date."""
    if not state.holds:
        return received.received_on
    born = [birth.born_on for birth in state.births]
    gone = family.lost(state)
    expected = [infant.edd for infant in received.subjects if infant.edd and infant.infant_id not in gone]
    return max(received.received_on, min(born or expected, default=received.received_on))


def _information(state: State) -> BreachTarget | None:
    """P9: what was asked for, while the referral still waits for a decision."""
    request = state.open_request
    if request is None or state.outcomes:
        return None
    return BreachTarget(target_code=TargetCode.INFORMATION, due_on=request.due_on, owner_role=OwnerRole.ADMINISTRATOR)
