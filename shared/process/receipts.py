"""The receipt of a request: for a case, or for a stream of a team's own."""

from typing import Any
from uuid import UUID

from shared.process.aggregate import Aggregate
from shared.process.answers import Receipt, TeamReceipt
from shared.process.dossier import Dossier


def receipt_of(
    aggregate: Aggregate[Any, Any, Any, Any], dossier: Dossier[Any, Any, Any, Any], event_ids: tuple[UUID, ...]
) -> Receipt | TeamReceipt:
    """What a request recorded, with the token of the stream's version."""
    token = f"{aggregate.store}@{dossier.stream}:{dossier.version}"
    place: dict[str, Any] = {"stream": dossier.stream, "version": dossier.version}
    if aggregate.of_team:
        return TeamReceipt(team_id=dossier.team_id or "", **place, event_ids=event_ids, wait_for=token)
    return Receipt(case_id=dossier.case_id, **place, event_ids=event_ids, wait_for=token)
