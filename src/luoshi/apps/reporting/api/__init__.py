"""The HTTP API of this app."""

from luoshi.apps.reporting.api.forms import forms
from luoshi.apps.reporting.api.returns import returns

__all__ = ["forms", "returns"]
