"""The registry of measures: versioned data (domain 2.4), and what it says of one result. `docs/measures.md` shows it.

Cut-offs that are licensed or unsettled are not shipped; a team loads its own (`TeamConfigured.measures`).
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from services.assessment.measure_codes import MeasureCode, MeasureWarning, Subscale
from services.assessment.registry import caregiver, infant, relationship
from services.assessment.registry.model import Measure, Scale
from services.assessment.team_settings import BandRange, TeamSettings
from shared.kernel.errors import Rejected

VERSION = "registry-1"
"""Of the data as shipped. Any change to a range, band, threshold or age window is a new version."""

REGISTRY: Mapping[MeasureCode, Measure] = {
    measure.code: measure for measure in (*caregiver.MEASURES, *relationship.MEASURES, *infant.MEASURES)
}


def version_of(code: MeasureCode, team: TeamSettings) -> str:
    """Which definition a result is read with: the team's configuration if it has its own, else the registry."""
    return team.version if _own_bands(code, team) else VERSION


def band_of(code: MeasureCode, total: Decimal, team: TeamSettings) -> str | None:
    """The band that a total lies in; None for a measure without bands, or outside the team's."""
    own = _own_bands(code, team)
    if own:
        return next((band.code for band in own if band.lowest <= total <= band.highest), None)
    found: str | None = None
    for lowest, band in REGISTRY[code].bands:
        if total >= lowest:
            found = band
    return found


def check_total(code: MeasureCode, total: Decimal, field: str) -> None:
    """Refuses a total that the measure cannot give.

    Raises:
        Rejected: `total-out-of-range`, `total-not-on-scale`.
    """
    _check_scale(REGISTRY[code].total, total, f"{code}", "total", field)


def check_subscales(code: MeasureCode, scores: Mapping[str, Decimal], field: str) -> None:
    """Refuses scores of parts that the measure does not have or cannot give.

    Raises:
        Rejected: `unknown-subscale`, `subscale-out-of-range`, `subscale-not-on-scale`.
    """
    known = REGISTRY[code].subscales
    for name, score in scores.items():
        part = known.get(Subscale(name))
        if part is None:
            raise Rejected("unknown-subscale", f"{code} has no such subscale", field=f"{field}/{name}")
        _check_scale(part, score, f"{code} {name}", "subscale", f"{field}/{name}")


def _check_scale(scale: Scale, score: Decimal, name: str, what: str, field: str) -> None:
    if not scale.lowest <= score <= scale.highest:
        raise Rejected(f"{what}-out-of-range", f"{name} runs from {scale.lowest} to {scale.highest}", field=field)
    if (score - scale.lowest) % scale.step:
        raise Rejected(f"{what}-not-on-scale", f"{name} moves in steps of {scale.step}", field=field)


def warnings_of(code: MeasureCode, births: Collection[date | None], on: date) -> tuple[MeasureWarning, ...]:
    """What is odd about a measure taken on a day (domain 6.4: the age window is checked, and warned of).

    Args:
        code: the measure.
        births: civil dates of birth of the infants whom it may be about; None for one that is not known.
        on: civil date on which it was completed.
    """
    ages = REGISTRY[code].ages
    if ages is None or not births or any(born_on is None or ages.holds(born_on, on) for born_on in births):
        return ()
    return (MeasureWarning.OUTSIDE_AGE_WINDOW,)


def _own_bands(code: MeasureCode, team: TeamSettings) -> tuple[BandRange, ...]:
    own = team.measures.get(code)
    return own.bands if own is not None else ()
