"""Letters in words: plain text from templates. Pure but for the templates, which are read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.referral.codes import OfferTier
from services.referral.events import Decision, ReferralAccepted, ReferralDeclined
from services.referral.heard import Known
from services.referral.outbox.message import Means, Message
from services.referral.outbox.reader import Details, Standing
from services.referral.outbox.wording import DECLINED, DISCHARGED, SIGNPOSTS
from services.referral.state import State

SUBJECTS: Mapping[str, str] = {
    "acknowledgement": "Your referral has reached us",
    "decision": "Your referral to the parent-infant team",
    "discharge_summary": "Summary from the parent-infant team",
}
"""Subject lines by kind of letter: what stands there is read by everybody on the way."""

_TEMPLATES = Environment(
    loader=PackageLoader("services.referral.outbox"),
    autoescape=False,  # noqa: S701  plain text
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a letter is about."""

    letter_id: UUID
    kind: str
    """One of `SUBJECTS`."""
    case_id: UUID
    team_id: str
    state: State
    """With a receipt."""
    known: Known


def write(occasion: Occasion, details: Details, who: Standing, means: Means) -> Message:
    """The letter as its reader may have it.

    Args:
        occasion: what it is about.
        details: what of the vault may stand in it.
        who: what the reader is to the family.
        means: how it goes.
    """
    paper = means is Means.ADDRESS
    text = _TEMPLATES.get_template(f"{occasion.kind}.jinja").render(
        who=str(who),
        details=details,
        paper=paper,
        case_id=occasion.case_id,
        team_id=occasion.team_id,
        today=_day(occasion.known.moment.today),
        received_on=_day(occasion.state.received[0].received_on),
        **_facts(occasion),
    )
    return Message(
        letter_id=occasion.letter_id,
        to_name=details.name,
        to_email="" if paper else details.email,
        subject=SUBJECTS[occasion.kind],
        text=text,
        written_at=occasion.known.moment.now,
    )


def _facts(occasion: Occasion) -> dict[str, Any]:
    received = occasion.state.received[0]
    match occasion.kind:
        case "acknowledgement":
            day = received.received_on + timedelta(days=occasion.known.team.targets.decide_days)
            return {"decide_by": f"by {_day(day)}" if day >= occasion.known.moment.today else "as soon as we can"}
        case "decision":
            return _decision(occasion.state.decision)
        case "discharge_summary" if occasion.known.discharged is not None:
            discharged = occasion.known.discharged
            return {"discharged_on": _day(discharged.discharged_on), "reason": DISCHARGED.get(discharged.reason, "")}
    raise ValueError("nothing to write about")


def _decision(decision: Decision | None) -> dict[str, Any]:
    match decision:
        case ReferralAccepted(offer_tier=OfferTier.CONSULT):
            return {"decision": "consultation"}
        case ReferralAccepted():
            return {"decision": "accepted"}
        case ReferralDeclined():
            signposts = [SIGNPOSTS[place] for place in decision.signposted_to if place in SIGNPOSTS]
            return {"decision": "declined", "reason": DECLINED[decision.reason], "signposts": signposts}
    return {"decision": "duplicate"}


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
