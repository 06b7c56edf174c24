"""Runs the referral service: `python -m services.referral.main --role all|api|relay|consumer`."""

from services.referral.aggregate import aggregate
from services.referral.api import routes
from shared.web.deciding import deciding_service
from shared.web.serve import Service, run_service

service: Service = deciding_service(aggregate, title="Dyad: referral service", routes=routes)

if __name__ == "__main__":
    run_service(service)
