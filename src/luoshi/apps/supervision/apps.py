"""Django's entry for this app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _install(sender: Any, using: str, **_: Any) -> None:
    from django.db import connections

    from luoshi.apps.supervision.models import Ladder
    from luoshi.apps.supervision.shipping import install_shipped

    # Migrating backwards ends here, too.
    if using == "default" and Ladder._meta.db_table in connections[using].introspection.table_names():
        install_shipped()


class SupervisionConfig(AppConfig):
    """Supervision orders until they are closed, the ladder of what follows, and counted duties."""

    name = "luoshi.apps.supervision"
    label = "supervision"
    verbose_name = "督办"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages and the choices of units; store what ships after each migration."""
        from luoshi.apps.notices import kinds
        from luoshi.apps.organisations.choosing import offer
        from luoshi.apps.supervision import policies
        from luoshi.apps.supervision.telling import LABELS

        for kind, label in LABELS.items():
            kinds.register(kind, label)
        offer("supervision.owners", lambda user, of: policies.assigning_units(user))
        offer("supervision.below", lambda user, of: policies.units_below(user, of))
        post_migrate.connect(_install, sender=self)
