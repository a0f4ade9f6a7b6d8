"""What can be wrong with what is handed over; the message is meant for the user."""

from __future__ import annotations


class InvalidPublication(ValueError):
    """A publication that cannot be stored as it is."""
