"""What this app makes known when the site starts."""

from __future__ import annotations

from luoshi.apps.organisations.choosing import offer
from luoshi.apps.projects import policies


def announce() -> None:
    """Name the units that may be chosen in this app's forms."""
    offer("projects.places", lambda user, of: policies.places_for(user))
    offer("projects.owners", lambda user, of: policies.import_owners(user))
