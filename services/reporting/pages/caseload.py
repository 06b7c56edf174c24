"""Caseload and waits: open referrals by stage, the open caseload by unit, and the waits of a team."""

from collections.abc import Mapping
from typing import Any

from services.reporting import presenters
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.waits import waits
from services.reporting.pages.form import WITH_PERIOD
from services.reporting.pages.frame import Asked, Page
from services.reporting.words import STAGE_TITLES
from shared.eventstore.store import Connection


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    scope, (first, last) = asked.form.scope, asked.form.period
    counted = presenters.caseload_answer(scope, asked.fresh, await caseload(conn, scope), nhse=False)
    found = await waits(conn, scope, first=first, last=last)
    return {
        "caseload": counted,
        "stages": STAGE_TITLES,
        "waits": presenters.waits_answer(scope, asked.fresh, (first, last), found),
    }


PAGE = Page(path="/pages/caseload", title="Caseload and waits", template="caseload.jinja", ask=_ask, fields=WITH_PERIOD)
