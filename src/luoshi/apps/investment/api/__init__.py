"""Investment promotion over HTTP; thin over ``actions`` and ``queries``."""

from luoshi.apps.investment.api import counts, leads
from luoshi.apps.investment.api.router import install_problems, investment

__all__ = ["counts", "install_problems", "investment", "leads"]
