"""The part of the HTTP API that reads plans."""

from luoshi.apps.plans.api import rewards as _rewards  # its operations join those of plans
from luoshi.apps.plans.api.routers import deadlines, documents, measures, plans, responsibilities, targets

assert _rewards
__all__ = ["deadlines", "documents", "measures", "plans", "responsibilities", "targets"]
