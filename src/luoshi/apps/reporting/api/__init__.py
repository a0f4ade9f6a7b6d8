"""The HTTP API of this app."""

from luoshi.apps.reporting.api.forms import forms
from luoshi.apps.reporting.api.returns import install_problems, returns

__all__ = ["forms", "install_problems", "returns"]
