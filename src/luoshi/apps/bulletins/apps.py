"""Django's entry for this app."""

from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    """Official documents drawn from frozen figures: every number can be traced and produced again."""

    name = "luoshi.apps.bulletins"
    label = "bulletins"
    verbose_name = "通报"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of messages and the choices of units."""
        from luoshi.apps.bulletins import policies
        from luoshi.apps.bulletins.telling import KINDS
        from luoshi.apps.notices import kinds
        from luoshi.apps.organisations.choosing import offer

        for kind, label in KINDS.items():
            kinds.register(kind, label)
        offer("bulletins.owners", lambda user, of: policies.drawing_units(user))
        offer("bulletins.template-owners", lambda user, of: policies.template_units(user))
