"""Runs the assessment service: `python -m services.assessment.main --role all|api|relay|consumer`."""

from services.assessment.aggregate import aggregate
from services.assessment.api import routes
from shared.web.deciding import deciding_service
from shared.web.serve import Service, run_service

service: Service = deciding_service(aggregate, title="Dyad: assessment service", routes=routes)

if __name__ == "__main__":
    run_service(service)
