"""Runs the intervention service: `python -m services.intervention.main --role all|api|relay|consumer`."""

from services.intervention.aggregate import aggregate
from services.intervention.api import routes
from shared.web.deciding import deciding_service
from shared.web.serve import Service, run_service

service: Service = deciding_service(aggregate, title="Dyad: intervention service", routes=routes)

if __name__ == "__main__":
    run_service(service)
