"""What a person decides about something parked: the body of every route that retries or discards."""

from typing import Annotated

from fastapi import Path

from shared.kernel.fields import ReasonCode
from shared.kernel.values import value
from shared.web.body import request_body, shape


@value
class Decision:
    """Why something is retried or discarded: a short code, never a person."""

    reason: ReasonCode


DECISION = shape(Decision)
DECISION_BODY = request_body(DECISION.schema, {"reason": "mended-in-release-0-1-1"})
"""`openapi_extra` of such a route."""
ItemId = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""Id of a held event, as the list of parked events gives it."""
