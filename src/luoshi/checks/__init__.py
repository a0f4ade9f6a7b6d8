"""Checks on a plan (方案体检): where it contradicts itself."""
