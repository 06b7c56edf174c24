"""Runs the intervention service: `python -m services.intervention.main --role all|api|relay|consumer`."""

from services.intervention.aggregate import aggregate
from services.intervention.api import routes
from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from shared.web.deciding import deciding_service
from shared.web.serve import Service, run_service

service: Service = deciding_service(aggregate, title="Dyad: intervention service", routes=routes, also=(team, work))

if __name__ == "__main__":
    run_service(service)
