"""Looking at progress the way a rule asks: what is to be warned of now, and how what was warned of stands since."""

from luoshi.apps.dispatch.watching.looking import Finding, Look, Looker, lookers

__all__ = ["Finding", "Look", "Looker", "lookers"]
