"""Who reads which messages, and who may connect a robot."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from luoshi.apps.notices.models import Notice, Webhook
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import authority, units_of, within

#: A webhook sends what happens in a unit to an address outside: only those who look after the register may say so.
CONNECTORS = (Role.ADMINISTRATOR,)


def own_notices(user: Any) -> QuerySet[Notice]:
    """The messages to the person."""
    return Notice.objects.filter(recipient=user)


def may_connect(user: Any, unit: Unit) -> bool:
    """Whether the person may connect a robot to the unit."""
    return authority(user).covers(unit, *CONNECTORS)


def connectable_units(user: Any) -> QuerySet[Unit]:
    """The units to which the person may connect a robot."""
    return units_of(user, *CONNECTORS)


def visible_webhooks(user: Any) -> QuerySet[Webhook]:
    """The robots of units that the person administers."""
    return Webhook.objects.filter(within("unit__", authority(user).paths(*CONNECTORS)))
