"""The HTTP API of this app."""

from luoshi.apps.assessment.api.schemes import adoptions, install_problems, schemes

__all__ = ["adoptions", "install_problems", "schemes"]
