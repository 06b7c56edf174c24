"""Equity (M10): one number at a time by group of families, so that groups can be told apart at a glance."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from services.reporting.metrics.equity import UNKNOWN
from services.reporting.pages.figures import Measured, barred, measured
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.form import Field
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, section
from services.reporting.tables import Table
from services.reporting.words import worded
from shared.eventstore.store import Connection

_RECEIVED = "received"
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    _RECEIVED: (),
    "open_referrals": (),
    "caseload": (),
    "declined_share": ("declined", _RECEIVED),
    "w1_median": ("w1_n",),
    "w2_median": ("w2_n",),
    "w3_median": ("w3_n",),
    "w4_median": ("w4_n",),
    "w5_median": ("w5_n",),
    "w6_median": ("w6_n",),
    "dna_rate": ("not_attended", "booked"),
    "improved_share": ("improved", "measured"),
}
"""Column that is shown to the counts that it rests on."""
_TITLES = {
    _RECEIVED: "Referrals received",
    "open_referrals": "Open referrals",
    "caseload": "Open caseload",
    "declined_share": "Declined, of those received",
    "w1_median": "Median days from referral to decision (W1)",
    "w2_median": "Median days from referral to first contact (W2)",
    "w3_median": "Median days from referral to assessment completed (W3)",
    "w4_median": "Median days from assessment to programme (W4)",
    "w5_median": "Median days from programme to first session (W5)",
    "w6_median": "Median days from referral to first treatment (W6)",
    "dna_rate": "Sessions not attended (DNA rate)",
    "improved_share": "Improved, of those measured",
}
_NUMBER = Field(
    name="number",
    label="Number shown",
    kind="select",
    takes=TypeAdapter(str),
    message="Choose from the list: number shown",
    choices=[("", _TITLES[_RECEIVED]), *((name, _TITLES[name]) for name in [*_TITLES][1:])],
)
"""One of `_NUMBERS`."""


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found = await measured(conn, asked, "equity")
    shown = asked.form.values.get("number", _RECEIVED)
    return await answer(conn, asked, [None if found is None else _equity(found, shown)])


def _equity(found: Measured, number: str) -> Section:
    figures = [
        barred(f"equity-{name}".replace("_", "-"), one_number(table, number), number)
        for name, table in found.tables.items()
    ]
    return section(found, figures, title=f"{_TITLES[number]}, by group of families")


def one_number(table: Table, number: str) -> Table:
    """One number of the groups with the counts that it rests on; every number is in the files."""
    places = [0, *(table.index(name) for name in (*_NUMBERS[number], number))]
    rows = (tuple(row[place] for place in places) for row in table.rows)
    return replace(
        table,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple((_group(table.name, row[0]), *row[1:]) for row in rows),
    )


def _group(dimension: str, code: object) -> str:
    if code == UNKNOWN:
        return "Not known"
    return f"Decile {code}" if dimension == "deprivation" and str(code).isdecimal() else worded(str(code))


PAGE = Page(
    path="/pages/equity",
    title="Equity",
    template="sections.jinja",
    ask=_ask,
    fields=(*WITH_FILTERS[:5], _NUMBER, *WITH_FILTERS[5:]),
)
