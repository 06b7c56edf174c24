"""Reporting counts as a national baseline exactly the measures that the registry says are counted."""

from services.assessment.measures import REGISTRY
from services.reporting.clocks.listed import LISTED


def test_the_listed_measures_are_those_that_the_registry_counts_nationally() -> None:
    assert {str(code) for code, measure in REGISTRY.items() if measure.nationally_counted} == LISTED
