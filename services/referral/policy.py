"""What the referral service asks of itself when it hears the intervention service (rule P11). Pure."""

from typing import Any

from services.referral.commands import AskForCorrection, AskForSummary, Command, TakeBackSummary
from services.referral.heard import Known
from shared.kernel.civil import civil_date
from shared.kernel.history import EventVoided, Recorded
from shared.kernel.rule import Rule

_ERROR = "administrative_error"


def send_summary(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P11: a discharge is summarised for the referrer; a case that was closed in error has nothing to tell."""
    if known.discharged is None or known.discharged.reason == _ERROR:
        return ()
    return (AskForSummary(discharge=cause.event_id),)


def correct_summary(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P11: a discharge was corrected; a summary that was sent is put right by a person."""
    if known.discharged is None or known.discharged.reason == _ERROR:
        return ()
    return (AskForCorrection(cause=cause.event_id),)


def take_back_summary(cause: Recorded[Any], known: Known) -> tuple[Command, ...]:
    """P11: a discharge was taken back or the case reopened; its summary is not sent, or put right by a person.

    Anything else that was taken back there changes nothing here.
    """
    discharge = cause.event.corrects_event_id if isinstance(cause.event, EventVoided) else None
    if known.discharged is not None:
        return ()
    return (TakeBackSummary(discharge=discharge, on=civil_date(cause.recorded_at)),)


RULES: tuple[Rule[Command, Known], ...] = (
    Rule("P11", frozenset({"Discharged"}), send_summary),
    Rule("P11-corrected", frozenset({"DischargedCorrected"}), correct_summary),
    Rule("P11-taken-back", frozenset({"EventVoided", "EpisodeReopened"}), take_back_summary),
)
