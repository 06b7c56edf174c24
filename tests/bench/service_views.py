"""What operations staff wait for: the views of a whole network, loaded once for all rows about reporting."""

from services.reporting.pages import site
from shared.testing.services import running
from tests.bench.asking import asking
from tests.bench.history import Loaded, load
from tests.bench.material import Material
from tests.bench.painting import painting
from tests.bench.rebuilding import rebuilding
from tests.bench.rows import Row
from tests.bench.work import Bench


async def service_views(bench: Bench, _made: Material) -> list[Row]:
    """The rows about rebuilding, pages and metrics, on a network of its own: 50 teams."""
    loaded = await load(bench)
    rows = [*_loading(loaded), *await rebuilding(bench, loaded)]
    with running(bench.settings, bench.environment, ["reporting"], role="api"):
        rows += await asking(bench, loaded)
        rows += await painting(bench, site.PAGES[0])
    return rows


def _loading(loaded: Loaded) -> list[Row]:
    return [
        Row(
            name=f"network of {loaded.cases:,} cases, {loaded.events:,} events: simulated in",
            value=loaded.simulated_s,
            unit="s",
        ),
        Row(name="the same on its topics in", value=loaded.sent_s, unit="s"),
        Row(name="the same in the views, by the live path, in", value=loaded.heard_s, unit="s"),
    ]
