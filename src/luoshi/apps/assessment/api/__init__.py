"""The HTTP API of this app."""

from luoshi.apps.assessment.api.runs import assessments
from luoshi.apps.assessment.api.schemes import adoptions, install_problems, schemes
from luoshi.apps.assessment.api.scoring import scoring

__all__ = ["adoptions", "assessments", "install_problems", "schemes", "scoring"]
