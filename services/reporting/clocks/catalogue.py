"""Every clock, side by side: in one place, so that page, answer and documentation show the same. Pure."""

from datetime import date

from services.reporting.clocks.england_four_weeks import DASHBOARD, MEASURE, four_weeks
from services.reporting.clocks.england_rtt import RTT, england_rtt
from services.reporting.clocks.facts import ClockFacts
from services.reporting.clocks.local import LOCAL, local_first_treatment
from services.reporting.clocks.reading import ClockReading, Definition
from services.reporting.clocks.scotland import CAMHS, PSYCHOLOGICAL_THERAPIES, scotland_camhs, scotland_therapies
from services.reporting.clocks.team_targets import TEAM_TARGETS, team_targets
from services.reporting.clocks.window import BABY, babys_clock

DEFINITIONS: tuple[Definition, ...] = (
    LOCAL,
    TEAM_TARGETS,
    BABY,
    MEASURE,
    DASHBOARD,
    RTT,
    CAMHS,
    PSYCHOLOGICAL_THERAPIES,
)
"""In the order in which they are shown."""

EVERY_CLOCK = frozenset(each.clock for each in DEFINITIONS if each.clock)
"""What a team may name in its configuration; a team that has configured nothing is shown all."""

_CLOCK = {each.code: each.clock for each in DEFINITIONS}


def readings(facts: ClockFacts, at: date) -> tuple[ClockReading, ...]:
    """Every clock of a case as at a civil date, in the order of `DEFINITIONS`; the baby's clock once for each baby."""
    return (
        local_first_treatment(facts, at),
        team_targets(facts, at),
        *babys_clock(facts, at),
        *four_weeks(facts, at),
        england_rtt(facts, at),
        scotland_camhs(facts, at),
        scotland_therapies(facts, at),
    )


def is_shown(code: str, named: frozenset[str]) -> bool:
    """Whether a team is held to a clock: it names it in its configuration, or the clock is every team's.

    Args:
        code: of a definition.
        named: codes of the configuration (`TeamConfigured.clocks`).
    """
    clock = _CLOCK[code]
    return not clock or clock in named
