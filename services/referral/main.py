"""Runs the referral service: `python -m services.referral.main --role all|api|relay|consumer|timers|erasure|outbox`."""

from dataclasses import replace

from services.referral.aggregate import aggregate
from services.referral.api import routes
from services.referral.erasure_executor import ErasureExecutor
from services.referral.outbox.runner import Outbox
from shared.web.deciding import deciding_service
from shared.web.serve import Service, run_service

_decides = deciding_service(aggregate, title="Dyad: referral service", routes=routes)
service: Service = replace(_decides, runners={**_decides.runners, "erasure": ErasureExecutor, "outbox": Outbox})

if __name__ == "__main__":
    run_service(service)
