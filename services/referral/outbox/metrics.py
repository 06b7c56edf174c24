"""What the outbox shows of itself to Prometheus; ids never become labels."""

from prometheus_client import Counter, Gauge

QUEUED = Gauge("dyad_letters_queued", "Letters that wait for their (next) attempt")
FAILED = Gauge("dyad_letters_failed", "Letters that did not leave and wait for a person")
ATTEMPTS = Counter("dyad_letters_attempts", "Attempts to send a letter, by what came of them", ["outcome"])
