"""What a configuration must fit by itself. Pure functions of values."""

from collections.abc import Hashable, Iterable
from itertools import pairwise

from services.intervention.team.commands import ConfigureTeam
from services.intervention.team.measures import RANGES
from services.intervention.team.values import CatalogueItem, MeasureSettings
from shared.kernel.errors import Rejected


def check_configuration(command: ConfigureTeam) -> None:
    """Refuses a configuration that contradicts itself or the shipped registry of measures.

    Raises:
        Rejected: `duplicate-locality`, `duplicate-clock`, `duplicate-component`,
            `sessions-out-of-order`, `ages-out-of-order`, `duplicate-measure`, `unknown-measure`, `duplicate-band`,
            `band-out-of-order`, `band-out-of-range`, `bands-overlap`, `change-out-of-range`.
    """
    check_distinct(command.eligibility.localities, "duplicate-locality", "/eligibility/localities")
    check_distinct(command.clocks, "duplicate-clock", "/clocks")
    _check_catalogue(command.catalogue or ())
    check_distinct((item.measure_code for item in command.measures), "duplicate-measure", "/measures")
    for place, measure in enumerate(command.measures):
        _check_measure(measure, f"/measures/{place}")


def check_distinct(items: Iterable[Hashable], code: str, field: str) -> None:
    """Refuses a list that names one thing twice."""
    listed = list(items)
    if len(set(listed)) < len(listed):
        raise Rejected(code, "the same one is named twice", field=field)


def _check_catalogue(catalogue: tuple[CatalogueItem, ...]) -> None:
    check_distinct((item.component_code for item in catalogue), "duplicate-component", "/catalogue")
    for place, item in enumerate(catalogue):
        field = f"/catalogue/{place}"
        if not item.sessions_min <= item.sessions_default <= item.sessions_max:
            raise Rejected("sessions-out-of-order", "fewest, default and most, in this order", field=field)
        lowest, highest = item.min_age_months, item.max_age_months
        if lowest is not None and highest is not None and lowest > highest:
            raise Rejected("ages-out-of-order", "the lowest age lies above the highest", field=field)


def _check_measure(measure: MeasureSettings, field: str) -> None:
    bounds = RANGES.get(measure.measure_code)
    if bounds is None:
        raise Rejected("unknown-measure", "the registry of measures has no such code", field=f"{field}/measure_code")
    lowest, highest = bounds
    change = measure.reliable_change
    if change is not None and not 0 < change <= highest - lowest:
        raise Rejected("change-out-of-range", "above 0, within the range", field=f"{field}/reliable_change")
    check_distinct((band.code for band in measure.bands), "duplicate-band", f"{field}/bands")
    for place, band in enumerate(measure.bands):
        where = f"{field}/bands/{place}"
        if band.lowest > band.highest:
            raise Rejected("band-out-of-order", "the lowest total lies above the highest", field=where)
        if band.lowest < lowest or band.highest > highest:
            raise Rejected("band-out-of-range", f"the measure runs from {lowest} to {highest}", field=where)
    ordered = sorted(measure.bands, key=lambda band: band.lowest)
    if any(one.highest >= following.lowest for one, following in pairwise(ordered)):
        raise Rejected("bands-overlap", "a total lies in one band only", field=f"{field}/bands")
