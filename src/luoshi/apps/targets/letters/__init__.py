"""目标责任书: what it says, and the Word file that says it."""

from luoshi.apps.targets.letters.content import contents
from luoshi.apps.targets.letters.document import write_letter

__all__ = ("contents", "write_letter")
