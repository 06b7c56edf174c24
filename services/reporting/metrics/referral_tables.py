"""M7 as tables. Pure."""

from collections.abc import Mapping

from services.reporting.metrics.ages import AGE_BANDS
from services.reporting.metrics.referrals import DECISIONS, ByDecision, Referrals
from services.reporting.metrics.session_tables import counts
from services.reporting.tables import Balance, Column, Kind, Table
from services.reporting.words import worded

_AGES = {band: f"{band.replace('-', ' to ')} months" for band in AGE_BANDS[1:-1]}
AGE_TITLES: Mapping[str, str] = {"antenatal": "Before birth", **_AGES, "36-plus": "36 months or older"}
"""Bands of age in words."""


def of_referrals(found: Referrals) -> tuple[Table, ...]:
    """Referrals by source, concern and age with what was decided; reasons; where families were sent; consultations."""
    ages = {AGE_TITLES[band]: each for band, each in found.by_age.items()}
    return (
        _by_decision("sources", "Referrals by source", "Source", found.by_source, total=found.decided),
        _by_decision("concerns", "Referrals by concern, once under each that they name", "Concern", found.by_concern),
        _by_decision(
            "ages", "Babies by age when the referral was received", "Age", ages, unit="Babies", total=_sum(ages)
        ),
        counts(
            "weeks",
            "Unborn babies by completed week of pregnancy when the referral was received",
            "week",
            "Week",
            {f"{week} weeks": number for week, number in found.antenatal_weeks.items()},
            unit="Babies",
        ),
        counts("decline_reasons", "Declined, by reason", "reason", "Reason", found.decline_reasons, unit="Referrals"),
        _unmet(found),
        Table(
            "signposted_to",
            "Where declined families were sent, once under each place",
            (Column("place", "Sent to", Kind.TEXT), Column("number", "Referrals", Kind.COUNT)),
            tuple((worded(place), number) for place, number in found.signposted_to.items()),
        ),
        Table(
            "conversion",
            "Consultations that became a referral",
            (
                Column("consultations", "Consultations given", Kind.COUNT),
                Column("became", "Became a referral", Kind.COUNT),
                Column("share", "Share", Kind.SHARE, of="became", out_of="consultations"),
            ),
            ((found.consultations, found.became_referral, found.conversion_rate),),
        ),
    )


def _unmet(found: Referrals) -> Table:
    declined = found.decided["declined"] + found.decided["signposted"]
    return Table(
        "unmet",
        "Unmet need: declined because the team was full",
        (
            Column("received", "Received", Kind.COUNT),
            Column("declined", "Declined or signposted", Kind.COUNT),
            Column("capacity_closed", "Because the team was full", Kind.COUNT),
        ),
        ((sum(found.decided.values()), declined, found.capacity_closed),),
    )


def _sum(found: Mapping[str, ByDecision]) -> ByDecision:
    return {decision: sum(each[decision] for each in found.values()) for decision in DECISIONS}


def _by_decision(
    name: str,
    title: str,
    heading: str,
    found: Mapping[str, ByDecision],
    *,
    unit: str = "Referrals",
    total: ByDecision | None = None,
) -> Table:
    """One row for each code, what was decided across; a total where rows add up to it."""
    columns = (
        Column("code", heading, Kind.TEXT),
        Column("received", unit, Kind.COUNT),
        *(Column(decision, worded(decision), Kind.COUNT) for decision in DECISIONS),
    )
    rows = [_row(worded(code), each) for code, each in found.items()]
    if total is not None:
        rows.append(_row("All", total))
    return Table(
        name, title, columns, tuple(rows), total=total is not None, balances=(Balance(DECISIONS, ("received",)),)
    )


def _row(title: str, found: ByDecision) -> tuple[str | int, ...]:
    return (title, sum(found.values()), *(found[decision] for decision in DECISIONS))
