"""Supervision orders until they are closed, the ladder of what follows, and counted duties."""
