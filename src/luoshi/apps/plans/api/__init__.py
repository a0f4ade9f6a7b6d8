"""The part of the HTTP API that reads plans."""

from luoshi.apps.plans.api.routers import deadlines, documents, measures, plans, responsibilities, targets

__all__ = ["deadlines", "documents", "measures", "plans", "responsibilities", "targets"]
