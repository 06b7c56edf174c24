"""Who may not read the case, to whom it was opened, what may not be sent, what was traced and erased. Pure."""

from datetime import datetime
from uuid import UUID

from services.referral import family
from services.referral.codes import Flag
from services.referral.events import (
    AccessDenied,
    BreakGlassOpened,
    ConsentWithdrawn,
    InfantIdentityReplaced,
    SubjectErased,
)
from services.referral.family_codes import ConsentScope, IdentifierQuality, IdentifierStatus
from services.referral.state import State

_GOOD = frozenset({IdentifierQuality.VALID, IdentifierQuality.TEST_RANGE})
_WITH_OTHERS = frozenset({ConsentScope.MESSAGES, ConsentScope.SHARE_WITH_SERVICES})


def denials(state: State) -> frozenset[tuple[UUID, str]]:
    """(person, actor) of every denial that holds: of what was said of the two the last word counts, as it was recorded.

    Not by its day: whoever denies or lifts means it from now on, and every service must come to the same answer.
    """
    said = [item for item in state.access if not isinstance(item, BreakGlassOpened)]
    word = {(item.subject_ref, item.actor_id): item for item in said}
    return frozenset(pair for pair, item in word.items() if isinstance(item, AccessDenied))


def denied(state: State) -> frozenset[str]:
    """Actors who may not read the case: denied for any person of it, for nobody's record in it stands alone."""
    return frozenset(actor for _, actor in denials(state))


def glass(state: State) -> tuple[tuple[str, datetime], ...]:
    """Who opened the case without a part in it, each with the UTC instant until which it stays open to them."""
    return tuple((item.actor_id, item.until) for item in state.access if isinstance(item, BreakGlassOpened))


def withdrawn_consents(state: State) -> frozenset[ConsentScope]:
    """Scopes to which somebody of the family does not agree (any more): one no outweighs another's yes."""
    word = {(item.scope, item.caregiver_id): item for item in sorted(state.consents, key=lambda item: item.on)}
    return frozenset(scope for (scope, _), item in word.items() if isinstance(item, ConsentWithdrawn))


def erased(state: State) -> frozenset[UUID]:
    """People whose details are unreadable for good."""
    return frozenset(item.subject_ref for item in state.erasures if isinstance(item, SubjectErased))


def suppressed(state: State) -> str | None:
    """Why no automated letter may go out about the case, as a code; None if it may. A person may still write one.

    A loss comes first: a letter about a baby who did not live must never leave by itself. After an adoption a letter to
    the former referrer would tie the old identity to the new one.
    """
    if state.losses:
        return "pregnancy_ended"
    if not state.received:
        return "not_received"
    if Flag.DVA in family.flags(state):
        return "dva"
    if any(isinstance(tie, InfantIdentityReplaced) for tie in state.ties):
        return "identity_replaced"
    if withdrawn_consents(state) & _WITH_OTHERS:
        return "consent_withdrawn"
    return "erased" if erased(state) else None


def traced(state: State, infant_id: UUID) -> bool:
    """Whether a national number of this infant is on record that passes its check, or was verified."""
    said = [item for item in state.identifiers if item.subject_ref == infant_id]
    number = [item.quality for item in said if item.quality is not IdentifierQuality.NONE]
    status = [item.status for item in said if item.status is not None]
    return bool(number and number[-1] in _GOOD) or bool(status and status[-1] is IdentifierStatus.VERIFIED)
