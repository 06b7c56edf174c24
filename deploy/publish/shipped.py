"""What is shipped as data, as tables: the registry of measures, and the toolkit of components."""

from collections.abc import Iterator

from services.assessment.measures import REGISTRY
from services.assessment.registry.model import Measure
from services.intervention.team.defaults import CATALOGUE


def measures() -> Iterator[str]:
    """Rows of the table, in the order of the registry."""
    for each in REGISTRY.values():
        cells = (f"`{each.code}`", each.name, _subject(each), _range(each), each.total.better, _rest(each))
        yield f"| {' | '.join(cells)} |"


def components() -> Iterator[str]:
    """Rows of the table, in the order of the toolkit."""
    for each in CATALOGUE:
        given = f"{each.format}{', also before birth' if each.antenatal_ok else ''}"
        yield f"| `{each.component_code}` | {each.kind} | {each.sessions_default} | {given} |"


def _subject(each: Measure) -> str:
    return f"{each.subject}, {' or '.join(each.raters)}"


def _range(each: Measure) -> str:
    step = "" if each.total.step == 1 else f" by {each.total.step}"
    return f"{each.total.lowest} to {each.total.highest}{step}"


def _rest(each: Measure) -> str:
    said = [f"licence {each.licence}"]
    if each.reliable_change is not None:
        said.append(f"reliable change {each.reliable_change}")
    if each.bands:
        said.append("bands from " + ", ".join(f"{lowest} {band}" for lowest, band in each.bands))
    if each.safety_item is not None:
        said.append(f"item {each.safety_item} above 0 needs a safety response")
    if each.nationally_counted:
        said.append("nationally counted")
    return "; ".join(said)
