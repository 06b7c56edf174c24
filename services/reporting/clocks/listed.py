"""Which measures NHS England counts as a baseline outcome: data, with its source. Pure."""

LISTED = frozenset({"BPSES", "CORE-10", "GAD-7", "GBO", "PHQ-9", "SDQ-2-4", "SWEMWBS"})
"""Of the measures that the registry knows, those on the list of outcome tools of the four-week metric.

Source: NHS England, monthly mental health statistics, the 53 tools of the MHSDS outcome list (docs/measures.md, column
"Counted", R17, R26). None of EPDS, MORS, ASQ:SE-2, PIIOS, KIPS, CARE-Index, PIR-GAS and HADS is on it: a team that uses
only those never stops the national clock. A contract test holds this list to the registry's.
"""
