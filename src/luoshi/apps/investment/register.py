"""What this app makes known when the site starts."""

from __future__ import annotations

from luoshi.apps.investment import policies
from luoshi.apps.investment.prefilling import READERS
from luoshi.apps.investment.telling import LABELS
from luoshi.apps.notices import kinds
from luoshi.apps.organisations.choosing import offer
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.reporting import prefilling

_PLACES = (*policies.TERRITORIES, UnitKind.PREFECTURE)
_GROUPS = (UnitKind.INVESTMENT_GROUP, UnitKind.ENTERPRISE, UnitKind.LEADING_GROUP, UnitKind.DEPARTMENT)


def announce() -> None:
    """Name the kinds of messages, the units that forms offer, the forms that are filled from here."""
    for kind, label in LABELS.items():
        kinds.register(kind, label)
    offer("investment.units", lambda user, of: policies.working_units(user))
    offer("investment.claiming", lambda user, of: policies.claiming_units(user))
    offer("investment.places", lambda user, of: Unit.objects.filter(kind__in=_PLACES))
    offer("investment.groups", lambda user, of: Unit.objects.filter(kind__in=_GROUPS))
    for key, reader in READERS.items():
        prefilling.register(key, reader)
