"""What became of a letter, on record: the event, the tasks and the letter's row in one transaction."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from services.referral.aggregate import aggregate
from services.referral.commands import AcknowledgeReferral, Command, FinishTask, RecordSummarySent, ReportLetter
from services.referral.outbox.queue import Claimed, LetterState, Outcome, settle_letter
from services.referral.state import State
from services.referral.task_codes import TaskKind
from services.referral.triage_codes import SummaryTo
from shared.eventstore.envelope import Provenance
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.errors import Refusal
from shared.kernel.ids import new_id
from shared.process.deadlines import changes
from shared.process.dossier import Dossier
from shared.process.open import open_cases
from shared.process.settle import look_again, settle
from shared.telemetry.logs import logger

_log = logger(__name__)
NO_ADDRESS = "no-address"
RULE = "outbox"
"""Rule in the provenance of what the outbox says."""
NOT_RECORDED = "not-recorded"
"""The letter left, and the record refuses to say so: it must not leave again for that."""


async def record(conn: Connection, letter: Claimed, outcome: Outcome, now: datetime) -> Outcome:
    """Writes what became of a letter, unless another attempt has sent it meanwhile; gives it as it was written.

    Args:
        conn: as `dyad_writer`, in a READ COMMITTED transaction that sees every team and has locked no case.
        letter: the one.
        outcome: what became of it.
        now: UTC instant.
    """
    opened = await open_cases(conn, aggregate, [letter.case_id], Moment(now))
    dossier = opened.dossiers[letter.case_id]
    unsaid = _say(dossier, letter, outcome)
    if unsaid is not None:
        outcome = outcome._replace(code=f"{NOT_RECORDED}: {unsaid}")
    if await settle_letter(conn, letter.id, outcome.state, outcome.code):
        timers, broken = changes([dossier])
        await look_again(conn, broken)
        await settle(conn, [dossier], timers=timers)
    return outcome


def _commands(letter: Claimed, outcome: Outcome, state: State, today: date) -> Iterator[Command]:
    referral = state.received[0].referral_id
    if outcome.state is LetterState.FAILED:
        yield ReportLetter(about=referral if outcome.code == NO_ADDRESS else letter.id)
    if outcome.state is not LetterState.SENT or outcome.channel is None:
        return
    if letter.kind == "acknowledgement":
        yield AcknowledgeReferral(on=today, channel=outcome.channel)
    if letter.kind == "discharge_summary":
        yield RecordSummarySent(to=SummaryTo.REFERRER, on=today)
    for task in state.open_tasks(TaskKind.LETTER_FAILED):
        if task.about in {letter.id, referral}:
            yield FinishTask(task_id=task.task_id, on=today)


def _say(dossier: Dossier[Any, Any, Any, Any], letter: Claimed, outcome: Outcome) -> str | None:
    """Puts behind the history what an outcome causes; a code if that was refused or broke."""
    provenance = Provenance(actor="dyad", actor_role="system", correlation_id=new_id(), rule=RULE)
    try:
        if dossier.readable and not dossier.state.received:
            return None  # taken back: nothing is left to say anything about
        commands = tuple(_commands(letter, outcome, dossier.state, dossier.moment.today))
        dossier.record(dossier.decide(commands), provenance)
    except Exception as error:  # noqa: BLE001 - shown with the letter; one that left must not leave again for this
        code = error.code if isinstance(error, Refusal) else type(error).__name__
        _log.error("letter_not_recorded", stream=dossier.stream, code=code)
        dossier.forget(dossier.stored_version)
        return code
    return None
