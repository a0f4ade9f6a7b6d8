"""What this app makes known when the site starts."""

from __future__ import annotations

from luoshi.apps.dispatch import policies
from luoshi.apps.dispatch.telling import LABELS
from luoshi.apps.notices import kinds
from luoshi.apps.organisations.choosing import offer


def announce() -> None:
    """Name the kinds of messages, and the units that may be chosen in this app's forms."""
    for kind, label in LABELS.items():
        kinds.register(kind, label)
    offer("dispatch.owners", lambda user, of: policies.convened_owners(user))
    offer("dispatch.raisers", lambda user, of: policies.may_raise_for(user))
