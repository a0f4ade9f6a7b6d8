"""Checks on a plan (方案体检): where it contradicts itself."""

from luoshi.checks.check import CHECKS, check
from luoshi.checks.kinds import FAMILY_NAMES, KINDS, Family, Kind
from luoshi.checks.model import Finding, Place, Severity
from luoshi.checks.options import Options

__all__ = ["CHECKS", "FAMILY_NAMES", "KINDS", "Family", "Finding", "Kind", "Options", "Place", "Severity", "check"]
