"""Sharing a total out over units and periods so that nothing is lost."""
