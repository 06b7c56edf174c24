"""What the timers show of themselves to Prometheus; ids of cases and streams never become labels."""

from prometheus_client import Counter, Gauge

OVERDUE = Gauge("dyad_timers_overdue", "Deadlines that have passed and were not decided yet", ["service"])
REFUSED = Gauge("dyad_timers_refused", "Those of them that were tried in vain, and are tried again later", ["service"])
RECHECKS = Gauge("dyad_rechecks_waiting", "Streams whose deadlines are to be computed again", ["service"])
LOOKED_AT = Counter("dyad_timers_looked_at", "Streams that were looked at because time had passed", ["service"])
