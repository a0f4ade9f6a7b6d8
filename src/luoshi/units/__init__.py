"""Units of government, their names over time, and what a printed name means at a date."""

from luoshi.units.directory import UnitDirectory
from luoshi.units.errors import DirectoryError, Problem
from luoshi.units.folding import fold
from luoshi.units.model import NameKind, Resolution, Unit, UnitName

__all__ = ["DirectoryError", "NameKind", "Problem", "Resolution", "Unit", "UnitDirectory", "UnitName", "fold"]
