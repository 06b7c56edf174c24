"""From a claimed letter to its text: reads the case and opens the vault, for this letter and this moment only."""

from collections.abc import Sequence
from datetime import datetime

from services.referral import family
from services.referral.aggregate import aggregate
from services.referral.outbox.holding import Background, held_back
from services.referral.outbox.message import Means, Message
from services.referral.outbox.queue import Claimed
from services.referral.outbox.reader import details, standing
from services.referral.outbox.rendering import Occasion, write
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.process.open import open_cases
from shared.vault.personal import referrer_of
from shared.vault.reading import held, read_streams
from shared.vault.vault import Vault


class HeldBack(Exception):
    """The letter must not, or need not, leave by itself; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unaddressed(Exception):
    """Nothing on record says how its reader is reached (any more)."""


async def draft(conn: Connection, vault: Vault, letter: Claimed, means: Sequence[Means], now: datetime) -> Message:
    """The letter as it is to leave now.

    Args:
        conn: as `dyad_writer`, in a READ COMMITTED transaction that sees every team and has locked no case.
        vault: of the referral service.
        letter: whose text is wanted.
        means: how it can go, best first.
        now: UTC instant.

    Raises:
        HeldBack, Unaddressed: there is none.
        UnknownEventType: a newer version of this service has recorded something of the case.
    """
    opened = await open_cases(conn, aggregate, [letter.case_id], Moment(now), lock=False)
    dossier = opened.dossiers[letter.case_id]
    streams = await read_streams(conn, aggregate.registry, aggregate.store, [dossier.stream])
    background = Background(
        known=dossier.known,
        history=dossier.history,
        heard=dossier.heard.get("intervention", ()),
        restored_to=dossier.restored_to,
    )
    reason = held_back(letter.kind, letter.event_id, dossier.state, background)
    if reason is not None:
        raise HeldBack(reason)
    [entries] = await held(conn, vault, list(streams.values()))
    who = standing(dossier.state.received[0].source)
    shown = details(entries, referrer_of(letter.case_id), family.infants(dossier.state), who)
    way = shown.reached_by(means)
    if way is None:
        raise Unaddressed
    occasion = Occasion(
        letter_id=letter.id,
        kind=letter.kind,
        case_id=letter.case_id,
        team_id=letter.team_id,
        state=dossier.state,
        known=dossier.known,
    )
    return write(occasion, shown, who, way)
