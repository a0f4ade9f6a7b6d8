"""The HTTP API of this app."""

from luoshi.apps.supervision.api.clocks import clocks
from luoshi.apps.supervision.api.duties import duties
from luoshi.apps.supervision.api.escalations import escalations
from luoshi.apps.supervision.api.orders import install_problems, orders

__all__ = ["clocks", "duties", "escalations", "install_problems", "orders"]
